package swarm.cli;

import java.util.ArrayList;

/// Lines that change in place on a terminal; elsewhere each change is a line of its own, and what
/// is only a bar is not told at all.
///
/// Departs: Docker's client repeats unchanged lines off a terminal, five times a second.
final class ProgressLines {
    private static final int STATE_WIDTH = 10;
    private static final int BAR_WIDTH = 30;
    private static final String UP = "\u001b[%A\u001b[2K\r";
    private static final String DOWN = "\r\u001b[%B";

    private final World world;
    private final boolean quiet;
    private final boolean terminal;
    /// The lines' names from the top, and in the same order what they say; grows with new names.
    private final ArrayList<String> names = new ArrayList<>();
    private final ArrayList<String> texts = new ArrayList<>();

    ProgressLines(World world, boolean quiet) {
        this.world = world;
        this.quiet = quiet;
        this.terminal = world.terminal();
    }

    void show(String name, String text, String bar) {
        String padded = bar.isEmpty() ? text
            : text + " ".repeat(Math.max(1, STATE_WIDTH - text.length())) + bar;
        String line = name + (text.isEmpty() ? "" : ": ") + padded;
        int at = names.indexOf(name);
        boolean changed = at < 0 || !texts.get(at).equals(line);
        if (quiet || !changed || !terminal && !bar.isEmpty()) {
            return;
        }
        if (!terminal) {
            world.print(line + "\n");
        }
        if (at < 0) {
            names.add(name);
            texts.add("");
            at = names.size() - 1;
            world.print(terminal ? "\n" : "");
        }
        texts.set(at, line);
        if (terminal) {
            String rows = Integer.toString(names.size() - at);
            world.print(UP.replace("%", rows) + line + DOWN.replace("%", rows));
        }
    }

    static String bar(int reached, int of) {
        int done = BAR_WIDTH * reached / of;
        return "[" + "=".repeat(done) + ">" + " ".repeat(BAR_WIDTH - done) + "]";
    }
}

package swarm.cli;

import java.util.List;

/// Help in the layout of Docker's: usage, purpose, commands or options in two columns, broken at
/// 80 characters.
final class Help {
    private static final int WIDTH = 80;
    private static final int NARROWEST = 24;

    private Help() {
    }

    /// Help for one command.
    static String of(Command command, List<Flag> flags) {
        StringBuilder out = new StringBuilder(command.usage());
        out.append('\n').append(command.purpose()).append('\n');
        int column = 0;
        for (Flag flag : flags) {
            if (!flag.kind().equals(Flag.REFUSED)) {
                column = Math.max(column, flag.usage().length() + 3);
            }
        }
        if (column > 0) {
            out.append("\nOptions:\n");
            options(out, flags, column);
        }
        return out.toString();
    }

    /// Help for a group of commands, whose list is lines of `name|purpose|arguments`.
    static String group(String path, String purpose, String commands, String afterwards) {
        StringBuilder out = new StringBuilder("Usage:  ").append(path).append(" COMMAND\n\n");
        out.append(purpose).append("\n\nCommands:\n").append(columns(commands));
        return out.append(afterwards).append("\nRun '").append(path)
            .append(" COMMAND --help' for more information on a command.\n").toString();
    }

    /// The names and purposes of such lines as two columns.
    private static String columns(String lines) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (int from = 0; from < lines.length(); from = lines.indexOf('\n', from) + 1) {
            column = Math.max(column, lines.indexOf('|', from) - from + 2);
        }
        for (int from = 0; from < lines.length(); from = lines.indexOf('\n', from) + 1) {
            int bar = lines.indexOf('|', from);
            out.append("  ").append(lines, from, bar)
                .repeat(' ', column - (bar - from))
                .append(lines, bar + 1, lines.indexOf('|', bar + 1)).append('\n');
        }
        return out.toString();
    }

    static void options(StringBuilder out, List<Flag> flags, int column) {
        for (Flag flag : flags) {
            if (flag.kind().equals(Flag.REFUSED)) {
                continue;
            }
            out.append(flag.usage()).repeat(' ', column - flag.usage().length());
            wrap(out, flag.text(), column);
        }
    }

    private static void wrap(StringBuilder out, String text, int column) {
        int room = Math.max(WIDTH - column, NARROWEST);
        String left = text;
        while (left.length() > room && left.lastIndexOf(' ', room) > 0) {
            int end = left.lastIndexOf(' ', room);
            out.append(left, 0, end).append('\n').repeat(' ', column);
            left = left.substring(end + 1);
        }
        out.append(left).append('\n');
    }
}

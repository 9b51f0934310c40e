package swarm.cli;

import java.util.ArrayList;
import java.util.List;

/// One flag of a command. Tables of flags are written as text, one flag a line, as help shows
/// them: `-q, --quiet|what it does` or `--env list|what it does|rule`. The word after the name is
/// the kind of its value (`Values`; `list:` is followed by the kind of an item); without one the
/// flag is a switch. The rule, of service flags only, says where the value goes in the request
/// (`ServiceFlags`).
record Flag(String letter, String name, String kind, String text, String rule) {
    static final String SWITCH = "";
    /// The kind of Docker's flags that swarm does not have: named in a refusal, not in help.
    static final String REFUSED = "refused";

    static List<Flag> table(String lines) {
        ArrayList<Flag> flags = new ArrayList<>();
        int from = 0;
        while (from < lines.length()) {
            int end = lines.indexOf('\n', from);
            flags.add(of(lines.substring(from, end)));
            from = end + 1;
        }
        return flags;
    }

    private static Flag of(String line) {
        int dashes = line.indexOf("--");
        int bar = line.indexOf('|');
        int rule = line.indexOf('|', bar + 1);
        int space = line.indexOf(' ', dashes);
        boolean valued = space >= 0 && space < bar;
        return new Flag(dashes == 0 ? "" : line.substring(1, 2),
            line.substring(dashes + 2, valued ? space : bar),
            valued ? line.substring(space + 1, bar) : SWITCH,
            line.substring(bar + 1, rule < 0 ? line.length() : rule),
            rule < 0 ? "" : line.substring(rule + 1));
    }

    /// As messages name it.
    String shown() {
        return letter.isEmpty() ? "--" + name : "-" + letter + ", --" + name;
    }

    /// As help names it, in a column under the others.
    String usage() {
        return (letter.isEmpty() ? "      --" : "  -" + letter + ", --") + name
            + (kind.isEmpty() ? "" : " " + (kind.startsWith("list") ? "list" : kind));
    }
}

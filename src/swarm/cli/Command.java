package swarm.cli;

import java.util.Optional;

/// One command as its help tells it: how it is called, what its arguments are and what it is for,
/// and the table of its flags (`Flag`). `path` is what the user typed before its own words.
///
/// Wrong usage is answered in Docker's words with Docker's exit codes.
record Command(String path, String arguments, String purpose, String flags) {
    /// In `arguments`: flags end at the first argument, what follows belongs to the container.
    private static final String TRAILING = "[ARG...]";

    /// The command of that name in a group, whose list has lines of `name|purpose|arguments`.
    static Optional<Command> in(String group, String path, String name, String flags) {
        int at = ("\n" + group).indexOf("\n" + name + "|");
        if (at < 0) {
            return Optional.empty();
        }
        int bar = group.indexOf('|', at);
        int second = group.indexOf('|', bar + 1);
        return Optional.of(new Command(path, group.substring(second + 1, group.indexOf('\n', at)),
            group.substring(bar + 1, second), flags));
    }

    boolean flagsEndAtArgument() {
        return arguments.endsWith(TRAILING);
    }

    String usage() {
        return "Usage:  " + path + (arguments.isEmpty() ? "" : " " + arguments) + "\n";
    }

    /// Refuses flags that cannot be read.
    Failure misused(String reason) {
        return Failure.badFlags(reason + "\n\n" + usage() + "\n" + hint("Run"));
    }

    /// Words in brackets may be left out, those with dots repeated.
    void checkCount(int count) throws Failure {
        boolean any = arguments.indexOf("...") >= 0;
        int least = 0;
        for (int from = 0; from < arguments.length(); ) {
            int space = arguments.indexOf(' ', from);
            least += arguments.charAt(from) == '[' ? 0 : 1;
            from = space < 0 ? arguments.length() : space + 1;
        }
        if (count < least || count > least && !any) {
            String wanted = least == 0 ? "accepts no arguments"
                : "requires " + (any ? "at least " : "") + least + " argument";
            throw Failure.of("swarm: '" + path + "' " + wanted + "\n\n" + usage() + "\n"
                + hint(any ? "See" : "Run"));
        }
    }

    private String hint(String verb) {
        return verb + " '" + path + " --help' for more information";
    }
}

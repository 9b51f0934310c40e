package swarm.cli;

/// One command as its help tells it: how it is called, what for, how many arguments it takes and
/// which flags. `path` is what the user typed before its own arguments.
///
/// Wrong usage is answered in Docker's words with Docker's exit codes.
record Command(String path, String arguments, String purpose, int least, int most, String flags) {
    static final int ANY = Integer.MAX_VALUE;
    /// In `arguments`: flags end at the first argument, what follows belongs to the container.
    private static final String TRAILING = "[ARG...]";

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

    void checkCount(int count) throws Failure {
        if (count >= least && count <= most) {
            return;
        }
        String wanted = most == 0 ? "accepts no arguments"
            : "requires " + (most == ANY ? "at least " : "") + least + " argument"
                + (least == 1 ? "" : "s");
        throw Failure.of("swarm: '" + path + "' " + wanted + "\n\n" + usage() + "\n"
            + hint(most == ANY ? "See" : "Run"));
    }

    private String hint(String verb) {
        return verb + " '" + path + " --help' for more information";
    }
}

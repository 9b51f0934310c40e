package swarm.cli;

import java.util.List;

/// One call of the program, read up to its group: the words after it, and what a command needs.
record Session(Global global, World world, Client client, String path, List<String> words) {
    Session(Global global, World world, String group, List<String> words) {
        this(global, world, new Client(world), group.isEmpty() ? "swarm" : "swarm " + group, words);
    }

    /// The name of the command within its group; "" if only the group was named.
    String name() {
        return words.isEmpty() || words.getFirst().startsWith("-") ? "" : words.getFirst();
    }

    /// Parses the words after the command's name; prints its help if that is asked for.
    Args args(Command command) throws Failure {
        Args args = new Args(command, global, world);
        args.parse(name().isEmpty() || path.equals(command.path()) ? words
            : words.subList(1, words.size()));
        if (args.helpWanted()) {
            world.print(Help.of(command, args.flags()));
        }
        return args;
    }

    /// What is no command of the group: its help, or a refusal.
    void noCommand(String purpose, String commands) throws Failure {
        String first = words.isEmpty() ? "--help" : words.getFirst();
        if (first.equals("--help") || first.equals("-h")) {
            world.print(Help.group(path, purpose, commands, ""));
            return;
        }
        String problem = first.startsWith("-") ? "unknown flag: " + first
            : "swarm: unknown command: " + path + " " + first;
        String message = problem + "\n\nUsage:  " + path + "\n\nRun '" + path
            + " --help' for more information";
        throw first.startsWith("-") ? Failure.badFlags(message) : Failure.of(message);
    }
}

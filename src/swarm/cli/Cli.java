package swarm.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The program that the user calls: finds the command, runs it, and turns its end into an exit
/// status. What Docker has under `swarm` is here at the top as well, so that
/// `swarm init` and `swarm swarm init` are one.
public final class Cli {
    private static final String VERSION = "swarm version 0.1\n";
    private static final String GROUPS = """
        daemon|Run the daemon in the foreground|
        node|Manage nodes|
        service|Manage services|
        swarm|Manage the swarm (its commands work without this word, too)|
        version|Show the version|
        """;
    private static final int OPTIONS_COLUMN = 26;

    private Cli() {
    }

    /// Halts rather than exits: nothing is left to do, and what `exit` does for its hooks and its
    /// log costs 10 ms.
    public static void main(String[] args) {
        if (args.length > 0 && !args[0].equals("daemon")) {
            new EarlySocket().start();
        }
        Global global = new Global();
        HostWorld world = new HostWorld(global);
        Runtime.getRuntime().halt(run(Arrays.asList(args), global, world));
    }

    static int run(List<String> words, Global global, World world) {
        try {
            command(afterOptions(words, global, world), global, world);
            return 0;
        } catch (Failure failure) {
            world.complain(failure.getMessage() + "\n");
            return failure.exit;
        }
    }

    /// Takes the options of the program that come before the command; the words that are left.
    private static List<String> afterOptions(List<String> words, Global global, World world)
            throws Failure {
        int at = 0;
        while (at < words.size() && words.get(at).startsWith("-")
            && !words.get(at).equals("--help") && !words.get(at).equals("--version")) {
            int end = at + (words.get(at).indexOf('=') > 0 ? 1 : 2);
            new Args(new Command("swarm", "[OPTIONS] COMMAND [ARG...]", "", ""), global, world)
                .parse(words.subList(at, Math.min(end, words.size())), false);
            at = Math.min(end, words.size());
        }
        return words.subList(at, words.size());
    }

    private static void command(List<String> words, Global global, World world) throws Failure {
        String first = words.isEmpty() ? "help" : words.getFirst();
        boolean grouped = first.equals("node") || first.equals("service") || first.equals("swarm");
        if (grouped) {
            inGroup(first, "swarm " + first, words.subList(1, words.size()), global, world);
        } else if (first.equals("version") || first.equals("--version")) {
            world.print(VERSION);
        } else if (first.equals("--help") || first.equals("help") && words.size() < 2) {
            world.print(help());
        } else if (first.equals("help")) {
            ArrayList<String> asked = new ArrayList<>(words.subList(1, words.size()));
            asked.add("--help");
            command(asked, global, world);
        } else if (first.equals("daemon")) {
            daemon(words.subList(1, words.size()), global, world);
        } else {
            inGroup("swarm", "swarm", words, global, world);
        }
    }

    private static void inGroup(String group, String path, List<String> words, Global global,
            World world) throws Failure {
        String typed = words.isEmpty() ? "--help" : words.getFirst();
        String name = typed.equals("list") ? "ls" : typed.equals("remove") ? "rm" : typed;
        String whole = path + " " + typed;
        Optional<Command> found = switch (group) {
            case "node" -> Command.in(Nodes.COMMANDS, whole, name, Nodes.flags(name));
            case "service" -> Command.in(Services.COMMANDS, whole, name, Services.flags(name));
            default -> Command.in(Swarms.COMMANDS, whole, name, Swarms.flags(name));
        };
        if (found.isEmpty()) {
            noCommand(group, path, name, world);
            return;
        }
        Args args = new Args(found.get(), global, world);
        if (!args.parse(words.subList(1, words.size()), true)) {
            world.print(Help.of(found.get(), args.flags()));
            return;
        }
        global.complete(world);
        Session session = new Session(args, world, new Client(world, args.on("stale")));
        switch (group) {
            case "node" -> Nodes.run(name, session);
            case "service" -> Services.run(name, session);
            default -> Swarms.run(name, session);
        }
    }

    /// What is no command of the group: its help, or a refusal.
    private static void noCommand(String group, String path, String name, World world)
            throws Failure {
        if (name.equals("--help")) {
            world.print(switch (group) {
                case "node" -> Help.group(path, "Manage nodes", Nodes.COMMANDS, "");
                case "service" -> Help.group(path, "Manage services", Services.COMMANDS, "");
                default -> Help.group(path, "Manage the swarm", Swarms.COMMANDS, "");
            });
            return;
        }
        boolean flag = name.startsWith("-");
        String message = (flag ? "unknown flag: " + name
            : "swarm: unknown command: " + path + " " + name) + "\n\nUsage:  " + path + "\n\nRun '"
            + path + " --help' for more information";
        throw flag ? Failure.badFlags(message) : Failure.of(message);
    }

    private static void daemon(List<String> words, Global global, World world) throws Failure {
        Command command = new Command("swarm daemon", "[OPTIONS]",
            "Run the daemon in the foreground", "");
        if (!new Args(command, global, world).parse(words, true)) {
            world.print(Help.of(command, Flag.table(Global.TABLE)));
            return;
        }
        global.complete(world);
        world.beDaemon();
    }

    private static String help() {
        StringBuilder options = new StringBuilder("\nGlobal Options:\n");
        Help.options(options, Flag.table(Global.TABLE), OPTIONS_COLUMN);
        return Help.group("swarm", "Docker Swarm mode in one jar", GROUPS + Swarms.COMMANDS,
            options.toString());
    }
}

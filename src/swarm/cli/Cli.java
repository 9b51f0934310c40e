package swarm.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The program that the user calls: finds the command, runs it, and turns its end into an exit
/// status. What Docker has under `swarm` is here at the top as well, so that
/// `swarm init` and `swarm swarm init` are one.
public final class Cli {
    private static final String GROUPS = """
        daemon|Run the daemon in the foreground
        node|Manage the nodes of the swarm
        service|Manage services
        swarm|Manage the swarm (its commands work without this word, too)
        version|Show the version
        """;

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
            dispatch(words, global, world);
            return 0;
        } catch (Failure failure) {
            if (!failure.getMessage().isEmpty()) {
                world.complain(failure.getMessage() + "\n");
            }
            return failure.exit;
        }
    }

    /// Options of the program may come before the command.
    private static void dispatch(List<String> words, Global global, World world) throws Failure {
        Command itself = new Command("swarm", "[OPTIONS] COMMAND", "", 0, Command.ANY, "");
        int at = 0;
        while (at < words.size() && words.get(at).startsWith("-")) {
            String word = words.get(at);
            if (word.equals("--help") || word.equals("-h")) {
                world.print(help());
                return;
            } else if (word.equals("--version") || word.equals("-v")) {
                world.print("swarm version " + Versions.text() + "\n");
                return;
            }
            int taken = word.indexOf('=') > 0 ? 1 : 2;
            new Args(itself, global, world).parse(words.subList(at, Math.min(words.size(), at + taken)));
            at += taken;
        }
        environment(global, world);
        command(words.subList(Math.min(at, words.size()), words.size()), global, world);
    }

    private static void environment(Global global, World world) {
        global.otherwise("host", world.variable("SWARM_HOST"));
        global.otherwise("data-dir", world.variable("SWARM_DATA_DIR"));
        global.otherwise("engine", world.variable("SWARM_ENGINE"));
        global.otherwise("hostname", world.variable("SWARM_HOSTNAME"));
    }

    private static void command(List<String> words, Global global, World world) throws Failure {
        String first = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        Session session = new Session(global, world, first, rest);
        switch (first) {
            case "node" -> Nodes.run(session);
            case "service" -> Services.run(session);
            case "swarm" -> Swarms.run(session);
            case "daemon" -> daemon(session);
            case "version" -> world.print("swarm version " + Versions.text() + "\n");
            case "help" -> {
                if (rest.isEmpty()) {
                    world.print(help());
                } else {
                    ArrayList<String> asked = new ArrayList<>(rest);
                    asked.add("--help");
                    command(asked, global, world);
                }
            }
            default -> Swarms.run(new Session(global, world, "", words));
        }
    }

    private static void daemon(Session session) throws Failure {
        Args args = session.args(new Command("swarm daemon", "[OPTIONS]",
            "Run the daemon in the foreground", 0, 0, Global.TABLE));
        if (!args.helpWanted()) {
            throw Failure.of("this build has no daemon");
        }
    }

    private static String help() {
        StringBuilder options = new StringBuilder("\nGlobal Options:\n");
        Help.options(options, Flag.table(Global.TABLE), 26);
        return Help.group("swarm", "Docker Swarm mode in one jar", GROUPS + Swarms.COMMANDS,
            options.toString());
    }
}

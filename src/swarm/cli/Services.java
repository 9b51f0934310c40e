package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// `service …`: services and their tasks.
final class Services {
    private static final String COMMANDS = """
        create|Create a service
        inspect|Show all about services
        logs|Show what a service or a task has written
        ls|List the services
        ps|List the tasks of services
        rm|Remove services
        rollback|Go back to what a service was before its last update
        scale|Change how many tasks services have
        update|Change a service
        """;
    private static final String DETACH =
        "-d, --detach|Exit at once instead of waiting until the service has converged\n";
    private static final String SCALE_USAGE = "SERVICE=REPLICAS [SERVICE=REPLICAS...]";
    private static final String SCALE_PURPOSE = "Scale one or multiple replicated services";

    private Services() {
    }

    static void run(Session session) throws Failure {
        String path = session.path() + " " + session.name();
        switch (session.name()) {
            case "ls", "list" -> ServiceList.run(session, path);
            case "ps" -> Tasks.ofServices(session, new Command(path,
                "[OPTIONS] SERVICE [SERVICE...]", "List the tasks of services", 1, Command.ANY,
                Tasks.FLAGS));
            case "inspect" -> Inspect.services(session, new Command(path,
                "[OPTIONS] SERVICE [SERVICE...]", "Show all about services", 1, Command.ANY,
                "-f, --format" + Nodes.FORMAT + "--pretty|Show it for people to read\n"));
            case "logs" -> Logs.run(session, path);
            case "create" -> create(session, new Command(path,
                "[OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a service", 1, Command.ANY,
                ServiceFlags.of('c')));
            case "update" -> update(session, new Command(path, "[OPTIONS] SERVICE",
                "Change a service", 1, 1, ServiceFlags.of('u')));
            case "rollback" -> rollback(session, new Command(path, "[OPTIONS] SERVICE",
                "Go back to what a service was before its last update", 1, 1,
                DETACH + "-q, --quiet|Show no progress\n"));
            case "scale" -> scale(session, new Command(path, SCALE_USAGE, SCALE_PURPOSE, 1,
                Command.ANY, DETACH));
            case "rm", "remove" -> {
                Args args = session.args(new Command(path, "SERVICE [SERVICE...]",
                    "Remove services", 1, Command.ANY, ""));
                Nodes.removeAll(session, args, "/services/", "");
            }
            default -> session.noCommand("Manage services", COMMANDS);
        }
    }

    private static void create(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (args.helpWanted()) {
            return;
        }
        Json.Obj spec = ServiceSpec.created(args, session.world());
        List<String> auth = Registry.headers(session, spec, args);
        if (!args.on("no-resolve-image")) {
            spec = Registry.pinned(session, spec, auth);
        }
        Json.Obj created = session.client().call("POST", "/services/create", spec, auth).asObj();
        warn(session, created);
        session.world().print(created.str("ID") + "\n");
        watch(session, args, created.str("ID"));
    }

    private static void warn(Session session, Json.Obj answer) {
        for (Json warning : answer.arr("Warnings")) {
            session.world().complain(warning.asStr() + "\n");
        }
    }

    private static void watch(Session session, Args args, String name) throws Failure {
        if (!args.on("detach")) {
            new Progress(session, args.on("quiet")).watch(name);
        }
    }

    private static void update(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (args.helpWanted()) {
            return;
        }
        if (args.on("rollback") && args.count() > (args.has("detach") ? 1 : 0)
            + (args.has("quiet") ? 1 : 0) + 1) {
            throw Failure.of("other flags may not be combined with --rollback");
        }
        Json.Obj service = read(session, args.first());
        Json.Obj spec = ServiceChanges.updated(service.obj("Spec"), args);
        List<String> auth = Registry.headers(session, spec, args);
        if (args.has("image") && !args.on("no-resolve-image")) {
            spec = Registry.pinned(session, spec, auth);
        }
        String query = (auth.isEmpty() ? "registryAuthFrom=spec&" : "")
            + (args.on("rollback") ? "rollback=previous&" : "");
        finish(session, args, post(session, service, spec, query, auth));
    }

    private static void rollback(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (!args.helpWanted()) {
            Json.Obj service = read(session, args.first());
            finish(session, args, post(session, service, service.obj("Spec"),
                "rollback=previous&", List.of()));
        }
    }

    private static void finish(Session session, Args args, Json.Obj answer) throws Failure {
        warn(session, answer);
        session.world().print(args.first() + "\n");
        watch(session, args, args.first());
    }

    private static Json.Obj read(Session session, String name) throws Failure {
        return session.client()
            .get("/services/" + Client.escaped(name) + "?insertDefaults=false").asObj();
    }

    private static Json.Obj post(Session session, Json.Obj service, Json.Obj spec, String query,
            List<String> headers) throws Failure {
        return session.client().call("POST", "/services/" + service.str("ID") + "/update?" + query
            + "version=" + service.obj("Version").num("Index"), spec, headers).asObj();
    }

    private static void scale(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (args.helpWanted()) {
            return;
        }
        for (String pair : args.rest) {
            int equals = pair.indexOf('=');
            if (equals < 0 || equals + 1 == pair.length()) {
                throw Failure.of("invalid scale specifier '" + pair + "'.\nSee '" + command.path()
                    + " --help'.\n\n" + command.usage() + "\n" + SCALE_PURPOSE);
            }
        }
        String problems = "";
        ArrayList<String> scaled = new ArrayList<>();
        for (String pair : args.rest) {
            String name = pair.substring(0, pair.indexOf('='));
            try {
                scale(session, name, pair.substring(name.length() + 1));
                scaled.add(name);
            } catch (Failure failure) {
                problems += (problems.isEmpty() ? "" : "\n") + failure.in(name).getMessage();
            }
        }
        for (String name : scaled) {
            watch(session, args, name);
        }
        if (!problems.isEmpty()) {
            throw Failure.of(problems);
        }
    }

    private static void scale(Session session, String name, String count) throws Failure {
        Json replicas;
        try {
            replicas = Values.number(count, "ParseUint");
        } catch (Failure wrong) {
            throw wrong.in("invalid replicas value " + count);
        }
        Json.Obj service = read(session, name);
        Json.Obj mode = service.obj("Spec").obj("Mode");
        boolean job = mode.find("ReplicatedJob").isPresent();
        if (!job && mode.find("Replicated").isEmpty()) {
            throw Failure.of("scale can only be used with replicated or replicated-job mode");
        }
        warn(session, post(session, service, ServiceSpec.put(service.obj("Spec"), job
            ? "Mode.ReplicatedJob.TotalCompletions" : "Mode.Replicated.Replicas", replicas), "",
            List.of()));
        session.world().print(name + " scaled to " + count + "\n");
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// `service …`: services and their tasks.
final class Services {
    static final String COMMANDS = """
        create|Create a service|[OPTIONS] IMAGE [COMMAND] [ARG...]
        inspect|Show all about services|[OPTIONS] SERVICE [SERVICE...]
        logs|Show what a service or a task has written|[OPTIONS] SERVICE|TASK
        ls|List the services|[OPTIONS]
        ps|List the tasks of services|[OPTIONS] SERVICE [SERVICE...]
        rm|Remove services|SERVICE [SERVICE...]
        rollback|Go back to what a service was before its last update|[OPTIONS] SERVICE
        scale|Scale one or multiple replicated services|SERVICE=REPLICAS [SERVICE=REPLICAS...]
        update|Change a service|[OPTIONS] SERVICE
        """;
    private static final String DETACH =
        "-d, --detach|Exit at once instead of waiting until the service has converged\n";
    private Services() {
    }

    static String flags(String name) {
        return switch (name) {
            case "create" -> ServiceFlags.of('c');
            case "update" -> ServiceFlags.of('u');
            case "inspect" -> Inspect.FLAGS;
            case "logs" -> Logs.FLAGS;
            case "ls" -> Nodes.LIST_FLAGS;
            case "ps" -> Tasks.FLAGS;
            case "rollback" -> DETACH + "-q, --quiet|Show no progress\n";
            case "scale" -> DETACH;
            default -> "";
        };
    }

    static void run(String name, Session session) throws Failure {
        Args args = session.args();
        switch (name) {
            case "create" -> create(session, args);
            case "update" -> update(session, args);
            case "inspect" -> Inspect.services(session);
            case "logs" -> Logs.run(session);
            case "ls" -> ServiceList.run(session, args);
            case "ps" -> Tasks.ofServices(session, args);
            case "rollback" -> rollback(session, args);
            case "scale" -> scale(session, args);
            default -> Nodes.removeAll(session, "/services/", "");
        }
    }

    private static void create(Session session, Args args) throws Failure {
        Json.Obj spec = ServiceSpec.created(args, session.world());
        List<String> auth = Registry.headers(session, spec, args);
        if (!args.on("no-resolve-image")) {
            spec = Registry.pinned(session, spec, auth);
        }
        Json.Obj created = session.client().call("POST", "/services/create", spec, auth).asObj();
        warn(session, created);
        session.print(created.str("ID") + "\n");
        watch(session, args, created.str("ID"));
    }

    private static void warn(Session session, Json.Obj answer) {
        for (Json warning : answer.arr("Warnings")) {
            session.world().complain(warning.asStr() + "\n");
        }
    }

    private static void watch(Session session, Args args, String name) throws Failure {
        boolean job = args.text("mode").endsWith("-job");
        if (!args.on("detach") && !job) {
            new Progress(session, args.on("quiet")).watch(name);
        }
    }

    private static void update(Session session, Args args) throws Failure {
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

    private static void rollback(Session session, Args args) throws Failure {
        Json.Obj service = read(session, args.first());
        finish(session, args, post(session, service, service.obj("Spec"), "rollback=previous&",
            List.of()));
    }

    private static void finish(Session session, Args args, Json.Obj answer) throws Failure {
        warn(session, answer);
        session.print(args.first() + "\n");
        watch(session, args, args.first());
    }

    private static Json.Obj read(Session session, String name) throws Failure {
        return session.get("/services/" + Client.escaped(name) + "?insertDefaults=false");
    }

    private static Json.Obj post(Session session, Json.Obj service, Json.Obj spec, String query,
            List<String> headers) throws Failure {
        return session.client().call("POST", "/services/" + service.str("ID") + "/update?" + query
            + "version=" + service.obj("Version").num("Index"), spec, headers).asObj();
    }

    private static void scale(Session session, Args args) throws Failure {
        for (String pair : args.rest) {
            int equals = pair.indexOf('=');
            if (equals < 0 || equals + 1 == pair.length()) {
                Command scale = args.command();
                throw Failure.of("invalid scale specifier '" + pair + "'.\nSee '" + scale.path()
                    + " --help'.\n\n" + scale.usage() + "\n" + scale.purpose());
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
        session.print(name + " scaled to " + count + "\n");
    }
}

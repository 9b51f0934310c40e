package swarm.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// What `service create` posts: the flags of one call as Docker's ServiceSpec, byte for byte what
/// Docker's client would send, so that its defaults come from the daemon and not from here.
final class ServiceSpec {
    private static final long SECOND = 1_000_000_000L;
    private static final String CONTAINER = "TaskTemplate.ContainerSpec";

    private ServiceSpec() {
    }

    static Json.Obj created(Args args, World world) throws Failure {
        Json.Obj empty = Json.obj();
        Json.Obj spec = empty.with("Labels", empty);
        spec = put(spec, CONTAINER + ".Image", text(ImageName.familiar(args.first())));
        spec = put(spec, CONTAINER + ".Args",
            Values.strings(args.rest.subList(1, args.rest.size())));
        spec = put(spec, CONTAINER + ".Env", environment(args, world));
        spec = put(spec, CONTAINER + ".Init", new Json.Bool(false));
        spec = put(spec, CONTAINER + ".DNSConfig", empty);
        spec = put(spec, "TaskTemplate.Resources", empty.with("Limits", empty)
            .with("Reservations", empty));
        spec = put(spec, "TaskTemplate.Placement", empty);
        spec = put(spec, "TaskTemplate.ForceUpdate", Json.Num.of(0));
        spec = spec.with("Mode", mode(args)).with("EndpointSpec", empty.with("Mode", "vip"));
        spec = Rules.apply(spec, args, true);
        spec = ServiceChanges.health(spec, args);
        spec = ServiceChanges.logging(spec, args);
        spec = ServiceChanges.capabilities(spec, args);
        spec = Rules.put(spec, "EndpointSpec.Ports",
            new Json.Arr(ServiceChanges.flat(args.all("publish"))));
        return pruned(spec);
    }

    /// An empty list, or an empty image or command, is as good as none, as in Go.
    private static Json.Obj pruned(Json.Obj spec) {
        Json.Obj container = spec.obj("TaskTemplate").obj("ContainerSpec");
        for (String name : new String[] {"Image", "Args", "Env"}) {
            if (container.find(name).orElse(Json.NULL).isEmpty()) {
                container = container.without(name);
            }
        }
        return put(spec, CONTAINER, container);
    }

    /// The variables of the files; those of `--env` follow by their rule.
    private static Json environment(Args args, World world) throws Failure {
        ArrayList<String> variables = new ArrayList<>();
        for (String path : args.texts("env-file")) {
            String text = new String(world.file(path), StandardCharsets.UTF_8) + "\n";
            for (int from = 0; from < text.length(); from = text.indexOf('\n', from) + 1) {
                String line = text.substring(from, text.indexOf('\n', from)).stripLeading();
                if (line.endsWith("\r")) {
                    line = line.substring(0, line.length() - 1);
                }
                if (line.isEmpty() || line.charAt(0) == '#') {
                    continue;
                }
                String variable = Values.read("env", line, world).asStr();
                if (variable.indexOf('=') > 0) {
                    variables.add(variable);
                }
            }
        }
        return Values.strings(variables);
    }

    private static Json.Obj mode(Args args) throws Failure {
        String mode = args.text("mode", "replicated");
        boolean job = mode.endsWith("-job");
        boolean global = mode.startsWith("global");
        if (!mode.equals("replicated") && !mode.equals("global") && !mode.equals("replicated-job")
            && !mode.equals("global-job")) {
            throw Failure.of("Unknown mode: " + mode + ", only replicated and global supported");
        }
        if (job && (args.hasAny("update-") || args.hasAny("rollback-"))) {
            throw Failure.of("update and rollback configuration is not supported for jobs");
        }
        for (String name : new String[] {"replicas", "replicas-max-per-node"}) {
            if (global && args.has(name)) {
                throw Failure.of(name + " can only be used with replicated or replicated-job mode");
            }
        }
        if (args.has("max-concurrent") && !mode.equals("replicated-job")) {
            throw Failure.of("max-concurrent can only be used with replicated-job mode");
        }
        Json.Obj none = Json.obj();
        if (global) {
            return none.with(job ? "GlobalJob" : "Global", none);
        }
        Json.Obj settings = none;
        if (job && (args.has("max-concurrent") || args.has("replicas"))) {
            settings = settings.with("MaxConcurrent",
                args.last(args.has("max-concurrent") ? "max-concurrent" : "replicas"));
        }
        if (args.has("replicas")) {
            settings = settings.with(job ? "TotalCompletions" : "Replicas", args.last("replicas"));
        }
        return none.with(job ? "ReplicatedJob" : "Replicated", settings);
    }

    static Json text(String text) {
        return new Json.Str(text);
    }

    static Json at(Json.Obj spec, String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? spec.find(path).orElse(Json.NULL)
            : at(spec.obj(path.substring(0, dot)), path.substring(dot + 1));
    }

    /// The spec with `value` at `path`, whose objects are made where they are missing.
    static Json.Obj put(Json.Obj spec, String path, Json value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            return spec.with(path, value);
        }
        String first = path.substring(0, dot);
        Json.Obj inner = spec.obj(first);
        if (inner.isEmpty() && spec.find(first).isEmpty()) {
            inner = defaults(first);
        }
        return spec.with(first, put(inner, path.substring(dot + 1), value));
    }

    /// What Docker's client writes beside the one value that was given.
    private static Json.Obj defaults(String object) {
        Json.Obj none = Json.obj();
        return switch (object) {
            case "UpdateConfig", "RollbackConfig" -> none.with("Parallelism", 1)
                .with("FailureAction", "pause").with("Monitor", 5 * SECOND)
                .with("MaxFailureRatio", 0).with("Order", "stop-first");
            case "RestartPolicy" -> none.with("Condition", "any").with("Delay", 5 * SECOND)
                .with("MaxAttempts", 0);
            default -> none;
        };
    }
}

package sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.model.Node;
import swarm.model.Service;
import swarm.store.View;

/// People who use the swarm through Docker's API, each one thing after the other. Some share a few
/// services, and take the label `value` of each for a register: an update is decided on the version
/// that was read, so it finds what was there. Each has a service of his own beside, which he makes,
/// changes and removes, and one is the operator of the nodes.
final class Users {
    private static final long GIVE_UP_US = 16_000_000;
    private static final long THINK_US = 2_000_000;
    private static final int SHARED = 2;
    private static final ApiAnswer NOT_HEARD = ApiAnswer.error(503, "not heard");

    private final ClusterWorld world;
    private final RandomGenerator chance;
    private final int count;
    private final List<Operation> history = new ArrayList<>();
    private long lastValue;
    private long lastRequest;
    private int pending;
    private int asked;
    /// What the user's own service may be: the values of its label, 0 when there is none.
    private final TreeMap<Integer, TreeSet<Long>> own = new TreeMap<>();

    Users(ClusterWorld world, RandomGenerator chance) {
        this.world = world;
        this.chance = chance;
        this.count = 2 + chance.nextInt(4);
    }

    int pending() {
        return pending;
    }

    int operations() {
        return asked;
    }

    void begin() {
        for (int i = 0; i < SHARED; i++) {
            create("shared" + i, 0, "run", _ -> { });
        }
        create("crash", 0, "exit 1 3000", _ -> { });
        for (int user = 0; user < count; user++) {
            own.put(user, new TreeSet<>(List.of(0L)));
            idle(user);
        }
        tend();
    }

    private void idle(int user) {
        world.time.in(chance.nextLong(THINK_US), () -> {
            if (world.calm()) {
                idle(user);
            } else if (chance.nextInt(5) < 2) {
                changeOwn(user);
            } else {
                useShared(user);
            }
        });
    }

    // How one asks.

    /// Asks any manager that runs; status 503 says that nobody knows what came of it.
    private void ask(String method, String target, String body, Consumer<ApiAnswer> done) {
        asked++;
        pending++;
        boolean[] over = {false};
        Consumer<ApiAnswer> once = answer -> {
            if (!over[0]) {
                over[0] = true;
                pending--;
                done.accept(answer);
            }
        };
        List<Machine> running = world.machines().stream()
                .filter(m -> m.running() && m.manager().isPresent()).toList();
        world.time.in(GIVE_UP_US, () -> once.accept(NOT_HEARD));
        if (running.isEmpty()) {
            world.time.in(100_000, () -> once.accept(NOT_HEARD));
            return;
        }
        Machine machine = running.get(chance.nextInt(running.size()));
        TreeMap<String, String> headers = new TreeMap<>();
        headers.put("content-type", "application/json");
        ApiRequest request = ApiRequest.of(method, target, headers,
                body.getBytes(StandardCharsets.UTF_8));
        lastRequest++;
        String id = "request" + lastRequest;
        machine.later(50, () -> Clerk.serve(machine, id, request, answer -> {
            machine.note(method + " " + target + " " + id + ": " + answer.status());
            once.accept(answer);
        }));
    }

    /// Asks until somebody knows.
    private void insist(String method, String target, String body, Consumer<ApiAnswer> done) {
        ask(method, target, body, answer -> {
            if (answer.status() == 503) {
                world.time.in(300_000, () -> insist(method, target, body, done));
            } else {
                done.accept(answer);
            }
        });
    }

    private static Json.Obj json(ApiAnswer answer) {
        try {
            return Json.parse(answer.body()).asObj();
        } catch (JsonException e) {
            throw new Violation("an answer is no JSON: " + e.getMessage());
        }
    }

    private static long value(Json.Obj spec) {
        String text = spec.obj("Labels").str("value");
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static Json.Obj valued(Json.Obj spec, long value) {
        return spec.with("Labels", spec.obj("Labels").with("value", Long.toString(value)));
    }

    private Json.Obj scaled(Json.Obj spec) {
        return spec.with("Mode", Json.obj().with("Replicated",
                Json.obj().with("Replicas", (long) chance.nextInt(5))));
    }

    /// Another environment: all tasks are to be replaced.
    private Json.Obj changed(Json.Obj spec, long value) {
        Json.Obj template = spec.obj("TaskTemplate");
        Json.Obj container = template.obj("ContainerSpec");
        return spec.with("TaskTemplate", template.with("ContainerSpec", container.with("Env",
                new Json.Arr(List.of(new Json.Str("V=" + value))))));
    }

    private void create(String name, long value, String args, Consumer<ApiAnswer> done) {
        List<Json> words = new ArrayList<>();
        for (String word : args.split(" ")) {
            words.add(new Json.Str(word));
        }
        boolean global = args.equals("run") && chance.nextInt(4) == 0;
        Json.Obj mode = global ? Json.obj().with("Global", Json.obj())
                : Json.obj().with("Replicated", Json.obj().with("Replicas",
                        args.startsWith("exit") ? 1 : (long) chance.nextInt(5)));
        Json.Obj spec = Json.obj().with("Name", name).with("Labels", Json.obj())
                .with("TaskTemplate", Json.obj()
                        .with("ContainerSpec", Json.obj().with("Image", "busybox")
                                .with("Args", new Json.Arr(words))
                                .with("StopGracePeriod", 2_000_000_000L))
                        .with("RestartPolicy", Json.obj().with("Condition", "any")
                                .with("Delay", 500_000_000L)))
                .with("Mode", mode)
                .with("UpdateConfig", Json.obj().with("Parallelism", (long) chance.nextInt(3))
                        .with("FailureAction", "continue")
                        .with("Order", chance.nextBoolean() ? "stop-first" : "start-first"));
        Json.Obj whole = value == 0 ? spec : valued(spec, value);
        if (value == 0) {
            insist("POST", "/v1.41/services/create", whole.text(), done);
        } else {
            ask("POST", "/v1.41/services/create", whole.text(), done);
        }
    }

    // The shared services.

    private void useShared(int user) {
        int key = chance.nextInt(SHARED);
        String path = "/v1.41/services/shared" + key;
        Operation read = new Operation(user, key, 0, world.time.nowUs());
        ask("GET", path, "", answer -> {
            if (answer.status() != 200) {
                idle(user);
                return;
            }
            Json.Obj service = json(answer);
            long found = value(service.obj("Spec"));
            if (chance.nextInt(3) == 0) {
                known(read, found);
                history.add(read);
                idle(user);
            } else {
                update(user, key, service, found);
            }
        });
    }

    private void update(int user, int key, Json.Obj service, long found) {
        long value = ++lastValue;
        Operation write = new Operation(user, key, value, world.time.nowUs());
        history.add(write);
        ask("POST", target(service), body(service, value), answer -> {
            if (answer.status() == 200) {
                known(write, found);
            } else if (answer.status() != 503) {
                history.remove(write);
            }
            idle(user);
        });
    }

    private static String target(Json.Obj service) {
        return "/v1.41/services/" + service.str("ID") + "/update?version="
                + service.obj("Version").num("Index");
    }

    private String body(Json.Obj service, long value) {
        Json.Obj spec = valued(service.obj("Spec"), value);
        boolean replicated = spec.obj("Mode").find("Replicated").isPresent();
        Json.Obj other = switch (chance.nextInt(3)) {
            case 0 -> replicated ? scaled(spec) : spec;
            case 1 -> changed(spec, value);
            default -> spec;
        };
        return other.text();
    }

    private void known(Operation operation, long found) {
        operation.found = found;
        operation.returnedUs = world.time.nowUs();
        world.timeline.mix(found);
    }

    // One's own.

    private void changeOwn(int user) {
        String name = "own" + user;
        ask("GET", "/v1.41/services/" + name, "", answer -> {
            if (answer.status() == 404) {
                long value = ++lastValue;
                create(name, value, chance.nextInt(4) == 0 ? "stubborn" : "run",
                        made -> settle(user, value, made.status()));
            } else if (answer.status() == 200 && chance.nextInt(3) == 0) {
                ask("DELETE", "/v1.41/services/" + name, "",
                        gone -> settle(user, 0, gone.status()));
            } else if (answer.status() == 200) {
                long value = ++lastValue;
                ask("POST", target(json(answer)), body(json(answer), value),
                        made -> settle(user, value, made.status()));
            } else {
                idle(user);
            }
        });
    }

    /// A write of one's own is done, or not, or nobody knows.
    private void settle(int user, long value, int status) {
        if (status < 300) {
            own.put(user, new TreeSet<>(List.of(value)));
        } else if (status == 503) {
            own.get(user).add(value);
        }
        idle(user);
    }

    // The operator.

    private void tend() {
        world.time.in(1_000_000 + chance.nextLong(THINK_US), () ->
                ask("GET", "/v1.41/nodes", "", answer -> {
                    if (answer.status() == 200) {
                        tend(answer);
                    }
                    tend();
                }));
    }

    private void tend(ApiAnswer answer) {
        List<Json> nodes;
        try {
            nodes = Json.parse(answer.body()).asArr();
        } catch (JsonException e) {
            throw new Violation("the nodes are no JSON: " + e.getMessage());
        }
        for (Json each : nodes) {
            Json.Obj node = each.asObj();
            boolean ours = world.machines().stream()
                    .anyMatch(m -> m.node.text().equals(node.str("ID")));
            boolean active = node.obj("Spec").str("Availability").equals("active");
            if (!ours && node.obj("Status").str("State").equals("down")) {
                ask("DELETE", "/v1.41/nodes/" + node.str("ID"), "", _ -> { });
            } else if (ours && world.calm() && !active) {
                make(node, "active");
            } else if (ours && !world.calm() && chance.nextInt(12) == 0) {
                make(node, List.of("drain", "pause", "active").get(chance.nextInt(3)));
            }
        }
    }

    private void make(Json.Obj node, String availability) {
        ask("POST", "/v1.41/nodes/" + node.str("ID") + "/update?version="
                + node.obj("Version").num("Index"),
                node.obj("Spec").with("Availability", availability).text(), _ -> { });
    }

    // What must hold.

    /// While nothing is under way: what was acknowledged is there.
    void judge() {
        View view = world.leader().orElseThrow().view();
        own.forEach((user, values) -> {
            Optional<Service> service = view.serviceNamed("own" + user);
            long value = service.map(s -> s.spec().labels().getOrDefault("value", "0"))
                    .map(Long::parseLong).orElse(0L);
            Violation.unless(values.contains(value), "the service of user " + user
                    + " is as of write " + value + ", and should be one of " + values);
            own.put(user, new TreeSet<>(List.of(value)));
        });
    }

    void judgeHistories() {
        for (int key = 0; key < SHARED; key++) {
            int register = key;
            Violation.unless(Linearizable.check(history.stream()
                    .filter(o -> o.key == register).toList()),
                    "what was read and written of service shared" + key + " is not linearizable");
        }
    }

    /// Whether all of a view's nodes are as the operator wants them in a calm.
    static boolean active(View view) {
        return view.nodes().stream()
                .allMatch(node -> node.spec().availability() == Node.Availability.ACTIVE);
    }
}

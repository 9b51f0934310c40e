package swarm.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.EndpointSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.Service;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.TlsInfo;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Moment;
import swarm.store.Outcome;
import swarm.store.Store;
import swarm.store.Transaction;
import swarm.store.View;

/// A swarm in memory to ask: one manager that leads, a worker that is heard and two of one host
/// name that are not. Writes are applied at once, as entries of a log that starts at 10.
final class LabSwarm {
    static final String TOKEN = "SWMTKN-1-" + "4".repeat(50) + "-";
    private static final Instant WALL = Instant.parse("2026-11-22T20:34:00.386084378Z");

    private final Random chance = new Random(7);
    /// After all writes so far.
    private View view = View.empty();
    /// Of the last entry; each command takes the next.
    private long index = 9;

    LabSwarm() {
        apply(new Change.Create(new Cluster("n54mlbzifdh6xmskel9rl0epg", Version.NONE, WALL,
                        WALL, ClusterSpec.initial(), new TlsInfo("root", "subject", "key"), false,
                        List.of(), 24, 4789, new Cluster.JoinTokens(TOKEN + "1".repeat(25),
                        TOKEN + "2".repeat(25)), "PRIVATE", new Cluster.Epoch(1, "lineage"))),
                node("v0ye4qvxquyrb0qj97oy8rjgq", "node1", Node.Role.MANAGER, Node.State.READY),
                node("ih2hagonksxov2p84svgwv925", "node2", Node.Role.WORKER, Node.State.READY),
                node("xde2y4u9rlhgeddukuvk5fzk5", "node3", Node.Role.WORKER, Node.State.DOWN),
                node("xzz2y4u9rlhgeddukuvk5fzk5", "node3", Node.Role.WORKER, Node.State.DOWN));
    }

    private static Change node(String id, String hostname, Node.Role role, Node.State state) {
        TreeMap<String, String> engine = new TreeMap<>();
        engine.put("disk", "ssd");
        Optional<Node.Manager> manager = role == Node.Role.WORKER ? Optional.empty()
                : Optional.of(new Node.Manager(1, "10.78.0.11:2377"));
        return new Change.Create(new Node(new NodeId(id), Version.NONE, WALL, WALL,
                new Node.Spec("", new TreeMap<>(), role, Node.Availability.ACTIVE),
                new Node.Description(hostname, new Placement.Platform("x86_64", "linux"),
                        new Resources(2_000_000_000L, 25_276_510_208L),
                        new Node.Engine("20.10.24", hostname.equals("node2") ? engine
                                : new TreeMap<>(), List.of(new Node.Plugin("Log", "local"))),
                        TlsInfo.NONE),
                new Node.Status(state, "", "10.78.0.1" + hostname.charAt(4)), manager));
    }

    View view() {
        return view;
    }

    Facts facts() {
        TreeMap<NodeId, Boolean> reachable = new TreeMap<>();
        NodeId self = new NodeId("v0ye4qvxquyrb0qj97oy8rjgq");
        reachable.put(self, true);
        return new Facts(self, Optional.of(self), reachable, "", WALL);
    }

    Service service(String name) {
        return view.serviceNamed(name).orElseThrow();
    }

    /// Applies changes as one entry, which must succeed.
    void apply(Change... changes) {
        index++;
        Store.Applied applied = Store.apply(view, index,
                new Command(WALL, List.of(Transaction.of(List.of(changes)))));
        for (Outcome outcome : applied.outcomes()) {
            if (outcome instanceof Outcome.Refused refused) {
                throw new AssertionError(refused);
            }
        }
        view = applied.view();
    }

    /// Puts a task of a service on a node, in a state.
    void task(String service, int slot, String node, TaskState state) {
        Service of = service(service);
        String id = service + "0".repeat(24 - service.length()) + slot;
        TaskState desired = state.terminal() ? TaskState.SHUTDOWN : TaskState.RUNNING;
        apply(new Change.Create(new Task(new TaskId(id), Version.NONE, WALL, WALL,
                new TreeMap<>(), of.spec().taskTemplate(), of.id(), slot,
                Optional.of(Lookup.node(view, node).fold(Node::id, NodeId.class::cast)),
                TaskStatus.of(WALL, state, "started"), desired, Optional.empty(), service,
                of.spec().labels(), Optional.of(EndpointSpec.UNSAID), of.specVersion())));
    }

    /// The answer to a request; a step of the node itself is answered by its own text.
    ApiAnswer ask(String method, String target, String auth, String body) {
        TreeMap<String, String> headers = new TreeMap<>();
        headers.put("content-type", "application/json");
        headers.put("x-registry-auth", auth);
        ApiRequest request = ApiRequest.of(method, target, headers,
                body.getBytes(StandardCharsets.UTF_8));
        return switch (Api.route(request, Api.MAX_VERSION)) {
            case Route.Refused(ApiAnswer answer) -> answer;
            case Route.Read(Query query) -> query.answer(view, facts());
            case Route.Stale(Query query) -> query.answer(view, facts())
                    .marked(facts().staleness());
            case Route.Write(Deed deed) -> write(deed);
            case Route.Lifecycle(Route.Step step) -> ApiAnswer.text(100, step.toString());
            case Route.Logs(Route.LogTarget logs) -> ApiAnswer.text(100, logs.toString());
            case Route.Local(Route.Kind kind) -> ApiAnswer.text(100, kind.toString());
            case Route.PassThrough _ -> ApiAnswer.text(100, "PassThrough");
        };
    }

    ApiAnswer write(Deed deed) {
        return switch (deed.decide(view, new Moment(0, WALL, chance))) {
            case Decision.Refuse(ApiAnswer answer) -> answer;
            case Decision.Propose(List<Change> changes, ApiAnswer answer) -> {
                apply(changes.toArray(Change[]::new));
                yield answer;
            }
        };
    }

    /// The present version of a service, a node or the swarm.
    long version(String name) {
        Optional<StoredObject> object = name.equals("swarm") ? view.cluster().map(c -> c)
                : view.serviceNamed(name).map(s -> s);
        return object.or(() -> view.nodes().stream()
                .filter(n -> n.description().hostname().equals(name)).findFirst())
                .orElseThrow().version().index();
    }
}

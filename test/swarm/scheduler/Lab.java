package swarm.scheduler;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.TlsInfo;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.Outcome;
import swarm.store.Store;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// A leader's tip for tests of control loops: it lets the loops decide until none has anything to
/// do, applies what they decide, moves a virtual clock from deadline to deadline, and plays the
/// nodes' agents when a test asks it to.
public final class Lab {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    /// More decisions at one instant than any test needs: beyond it loops chase each other.
    private static final int DECISIONS_MAX = 20_000;

    private final Random chance = new Random(11);
    private final Supplier<List<Loop>> makes;
    /// The present leader's.
    private List<Loop> loops = List.of();
    /// After everything so far; replaced by each command.
    public View view = View.empty();
    /// Of the last command.
    private long index = 9;
    /// The virtual clock, in ms.
    public long now = 1_000;
    /// Everything that was ever applied, for judges.
    public final List<StoreEvent> events = new ArrayList<>();

    /// A lab with a cluster in it and its first leader, whose loops the supplier makes.
    public Lab(Supplier<List<Loop>> makes) {
        this.makes = makes;
        ClusterSpec spec = ClusterSpec.initial();
        apply(new Change.Create(new Cluster("c", Version.NONE, BEGIN, BEGIN, spec, TlsInfo.NONE,
                false, List.of(), 24, 4789, new Cluster.JoinTokens("w", "m"), "key",
                new Cluster.Epoch(1, "l"))));
        lead();
    }

    /// A new leader is elected: new loops that know only the view.
    public void lead() {
        loops = makes.get();
        for (Loop loop : loops) {
            loop.onStart(view, moment());
        }
        settle();
    }

    /// Applies changes as a client's or an agent's write, then lets the loops decide.
    public void write(Change... changes) {
        apply(changes);
        settle();
    }

    /// Applies changes; the loops hear of them and are not asked yet.
    public void apply(Change... changes) {
        perform(List.of(Transaction.of(List.of(changes))));
    }

    private void perform(List<Transaction> transactions) {
        Store.Applied applied = Store.apply(view, ++index, new Command(wall(), transactions));
        view = applied.view();
        for (Outcome outcome : applied.outcomes()) {
            if (outcome instanceof Outcome.Refused refused) {
                throw new AssertionError("refused: " + refused);
            }
        }
        for (StoreEvent event : applied.events()) {
            events.add(event);
            for (Loop loop : loops) {
                loop.onEvent(event, view);
            }
        }
    }

    /// Lets the loops decide until they are quiet.
    public void settle() {
        int decisions = 0;
        boolean quiet = false;
        while (!quiet) {
            quiet = true;
            for (Loop loop : loops) {
                List<Transaction> wanted = loop.decide(view, moment());
                if (!wanted.isEmpty()) {
                    if (++decisions > DECISIONS_MAX) {
                        throw new AssertionError("no end of decisions: " + wanted);
                    }
                    long changes = wanted.stream().mapToLong(t -> t.changes().size()).sum();
                    if (changes > Loop.BATCH_CHANGES) {
                        throw new AssertionError(changes + " changes in one decision");
                    }
                    perform(wanted);
                    quiet = false;
                    break;
                }
            }
        }
    }

    /// Lets time pass, stopping at every deadline.
    public void pass(long ms) {
        long end = now + ms;
        settle();
        for (long next = deadline(); next <= end; next = deadline()) {
            if (next <= now) {
                throw new AssertionError("a deadline stays in the past");
            }
            now = next;
            settle();
        }
        now = end;
    }

    private long deadline() {
        return loops.stream().mapToLong(Loop::deadline).min().orElse(Loop.NEVER);
    }

    private Moment moment() {
        return new Moment(now, wall(), chance);
    }

    /// The leader's wall clock.
    public Instant wall() {
        return BEGIN.plusMillis(now);
    }

    /// A node that is heard, with 4 processors and 4 GiB.
    public NodeId node(String name) {
        return node(name, new TreeMap<>(), new Resources(4_000_000_000L, 4L << 30));
    }

    /// A node that is heard, with labels and resources.
    public NodeId node(String name, TreeMap<String, String> labels, Resources resources) {
        NodeId id = new NodeId(name);
        write(new Change.Create(new Node(id, Version.NONE, BEGIN, BEGIN,
                new Node.Spec("", labels, Node.Role.WORKER, Node.Availability.ACTIVE),
                new Node.Description(name, new Placement.Platform("x86_64", "linux"), resources,
                        Node.Description.UNSAID.engine(), TlsInfo.NONE),
                new Node.Status(Node.State.READY, "", "10.0.0.1"), Optional.empty())));
        return id;
    }

    /// The node is heard, or is not.
    public void become(NodeId id, Node.State state) {
        Node node = view.node(id).orElseThrow();
        write(new Change.Update(node.withStatus(new Node.Status(state, "", "10.0.0.1"))));
    }

    /// An operator changes a node's availability.
    public void become(NodeId id, Node.Availability availability) {
        Node node = view.node(id).orElseThrow();
        write(new Change.Update(node.withSpec(new Node.Spec("", node.spec().labels(),
                node.spec().role(), availability))));
    }

    /// An operator labels a node.
    public void label(NodeId id, String key, String value) {
        Node node = view.node(id).orElseThrow();
        TreeMap<String, String> labels = new TreeMap<>(node.spec().labels());
        labels.put(key, value);
        write(new Change.Update(node.withSpec(new Node.Spec("", labels, node.spec().role(),
                node.spec().availability()))));
    }

    /// A spec from its JSON, without braces and name: the image is `i`, unless the text says more.
    public static ServiceSpec spec(String name, String json) {
        String template = json.contains("TaskTemplate") ? ""
                : ",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"i\"}}";
        String text = "{\"Name\":\"" + name + "\"" + template
                + (json.isEmpty() ? "" : ",") + json + "}";
        try {
            return RecordCodec.fromBytes(ServiceSpec.class,
                    text.replace("'", "\"").getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new AssertionError(text, e);
        }
    }

    /// A new service of that many replicas; `template` is its task template's JSON.
    public ServiceId service(String name, long replicas, String template) {
        return service(name, replicated(name, replicas, template, ""));
    }

    /// The spec of a replicated service; `more` is added to the spec's JSON.
    public static ServiceSpec replicated(String name, long replicas, String template, String more) {
        return spec(name, "'Mode':{'Replicated':{'Replicas':" + replicas + "}},'TaskTemplate':{"
                + template + "}" + (more.isEmpty() ? "" : "," + more));
    }

    /// A new service.
    public ServiceId service(String name, ServiceSpec spec) {
        ServiceId id = new ServiceId(name);
        write(new Change.Create(new Service(id, Version.NONE, BEGIN, BEGIN, spec,
                Optional.empty(), Service.Endpoint.NONE, Optional.empty(), Optional.empty(),
                Version.NONE)));
        return id;
    }

    /// A client updates a service.
    public void update(ServiceId id, ServiceSpec spec) {
        Service service = view.service(id).orElseThrow();
        write(new Change.Update(service.withSpec(spec, service.endpoint())));
    }

    /// A client removes a service.
    public void remove(ServiceId id) {
        write(Change.Delete.of(view.service(id).orElseThrow()));
    }

    /// A service's tasks, oldest first.
    public List<Task> tasks(ServiceId id) {
        return view.tasksOf(id).stream()
                .sorted((a, b) -> a.createdAt().compareTo(b.createdAt())).toList();
    }

    /// Those of them that are still wanted.
    public List<Task> wanted(ServiceId id) {
        return tasks(id).stream()
                .filter(task -> !task.desiredState().after(TaskState.RUNNING)).toList();
    }

    /// The task as it is now.
    public Task now(Task task) {
        return view.task(task.id()).orElseThrow();
    }

    /// An agent observes a state of a task.
    public void report(Task task, TaskState state) {
        now++;
        Task at = now(task);
        write(new Change.Update(at.withStatus(
                at.status().moved(wall(), state, "").applied(wall()))));
    }

    /// All agents that are heard bring their tasks as far as is wanted.
    public void obey() {
        obey("");
    }

    /// The same, but tasks of a bad image fail when they are to start.
    public void obey(String bad) {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Task task : view.tasks()) {
                Optional<TaskState> next = view.task(task.id()).filter(this::heard)
                        .flatMap(Lab::next);
                if (next.isPresent()) {
                    boolean fails = next.get() == TaskState.RUNNING
                            && task.spec().container().image().equals(bad);
                    report(task, fails ? TaskState.FAILED : next.get());
                    moved = true;
                }
            }
        }
    }

    private boolean heard(Task task) {
        return task.nodeId().flatMap(view::node)
                .filter(node -> node.status().state() == Node.State.READY).isPresent();
    }

    private static Optional<TaskState> next(Task task) {
        boolean at = !task.state().before(TaskState.ASSIGNED) && !task.state().terminal();
        boolean ready = task.state().before(TaskState.READY);
        return switch (task.desiredState()) {
            case READY -> at && ready ? Optional.of(TaskState.READY) : Optional.empty();
            case RUNNING -> at && task.state() != TaskState.RUNNING
                    ? Optional.of(TaskState.RUNNING) : Optional.empty();
            case SHUTDOWN, REMOVE -> at ? Optional.of(TaskState.SHUTDOWN) : Optional.empty();
            case NEW, PENDING, ASSIGNED, ACCEPTED, PREPARING, STARTING, COMPLETE, FAILED, REJECTED,
                 ORPHANED -> Optional.empty();
        };
    }
}

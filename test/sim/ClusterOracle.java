package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.manager.ManagerEvent;
import swarm.manager.ManagerOutput;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceMode;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.raft.MemberId;
import swarm.store.Snapshot;
import swarm.store.View;

/// What must hold in the cluster world, at every step and at rest. It judges by what managers
/// publish and engines do, and asks none of the code that decided it.
final class ClusterOracle {
    /// Services of this name end again and again: their tasks are judged only for what is left.
    static final String CRASHES = "crash";
    /// Tasks kept of one slot, the live one among them, and one that is just being replaced.
    private static final int HISTORY_MAX = 5 + 2;

    /// The state is compared at one index in so many, and at rest: to write it down takes longer
    /// than all else.
    private static final int SAMPLED = 7;

    private final ClusterWorld world;
    /// The digest of the committed state by index, from whoever was there first.
    private final TreeMap<Long, Integer> states = new TreeMap<>();
    private final TreeMap<String, String> answers = new TreeMap<>();
    private final TreeSet<String> tasks = new TreeSet<>();
    private long leaders;

    ClusterOracle(ClusterWorld world) {
        this.world = world;
    }

    long leaders() {
        return leaders;
    }

    long tasks() {
        return tasks.size();
    }

    /// After each round of a manager.
    void stepped(SimManager manager, boolean led) {
        View now = manager.manager.committed();
        if (now.index() != manager.view().index() && now.index() % SAMPLED == 0) {
            compare(manager, led);
        }
    }

    private void compare(SimManager manager, boolean led) {
        View now = manager.manager.committed();
        int digest = 7;
        for (byte[] part : Snapshot.write(now)) {
            for (byte b : part) {
                digest = 31 * digest + b;
            }
        }
        Integer before = states.putIfAbsent(now.index(), digest);
        world.timeline.mix(world.time.nowUs());
        world.timeline.mix(digest);
        Violation.unless(before == null || before == digest, "manager " + manager.machine.number
                + (led ? ", which leads," : "") + " has another state at index " + now.index());
        now.tasks().forEach(task -> tasks.add(task.id().text()));
    }

    void happened(SimManager manager, ManagerEvent event) {
        if (event instanceof ManagerEvent.Leading) {
            leaders++;
        }
        if (event instanceof ManagerEvent.Refused refused) {
            throw new Violation("manager " + manager.machine.number + ": " + refused);
        }
    }

    /// A write that was acknowledged is never answered otherwise.
    void answered(String requestId, ManagerOutput output) {
        if (output instanceof ManagerOutput.Answer(long _, var answer) && answer.status() < 300) {
            String said = answer.status() + new String(answer.body());
            String before = answers.putIfAbsent(requestId, said);
            Violation.unless(before == null || before.equals(said), "write " + requestId
                    + " was answered " + before + ", and then " + said);
        }
    }

    // Rest.

    /// Why the cluster is not at rest; empty when it is.
    String unrest() {
        Optional<SimManager> leader = world.leader();
        if (leader.isEmpty()) {
            return "nobody leads";
        }
        View view = leader.get().view();
        List<String> why = new ArrayList<>(machines(leader.get(), view));
        why.addAll(services(view));
        view.tasks().stream().filter(task -> view.service(task.serviceId()).isEmpty()).forEach(
                task -> why.add("task " + task.id() + " is left of a service that is gone"));
        if (why.isEmpty()) {
            why.addAll(containers(view));
        }
        if (world.users.pending() > 0) {
            why.add(world.users.pending() + " requests pending");
        }
        return why.isEmpty() ? "" : why.getFirst();
    }

    private List<String> machines(SimManager leader, View view) {
        List<String> why = new ArrayList<>();
        TreeSet<MemberId> seats = new TreeSet<>();
        for (Machine machine : world.machines()) {
            machine.seat.ifPresent(seats::add);
            Optional<Node> row = view.node(machine.node);
            if (!machine.member || row.isEmpty()) {
                why.add("machine " + machine.number + " is not in");
            } else if (row.get().status().state() != Node.State.READY) {
                why.add("machine " + machine.number + " is " + row.get().status());
            } else if (!Clerk.seat(view, machine).map(MemberId::new).equals(machine.seat)) {
                why.add("machine " + machine.number + " has seat " + machine.seat
                        + ", and its row " + row.get().manager());
            }
            machine.manager().filter(m -> m.view().index() != view.index()).ifPresent(m ->
                    why.add("manager " + machine.number + " has " + m.view().index() + " of "
                            + view.index()));
        }
        if (view.nodes().size() != world.machines().size()) {
            why.add("the rows are " + view.nodes().stream().map(Node::id).toList());
        }
        if (!Users.active(view)) {
            why.add("a node is not active");
        }
        var members = leader.manager.configuration();
        if (!seats.equals(new TreeSet<>(members.voters())) || !members.learners().isEmpty()) {
            why.add("the seats are " + seats + ", raft's members " + members);
        }
        return why;
    }

    private List<String> services(View view) {
        List<String> why = new ArrayList<>();
        for (Service service : view.services()) {
            String name = service.spec().name();
            if (name.startsWith(CRASHES)) {
                continue;
            }
            TreeMap<String, Integer> places = new TreeMap<>();
            for (Task task : view.tasksOf(service.id())) {
                boolean live = task.desiredState().before(TaskState.COMPLETE)
                        && task.state().before(TaskState.COMPLETE);
                if (live && (task.state() != TaskState.RUNNING || !task.specVersion()
                        .equals(service.specVersion()) && changedSince(task, service))) {
                    why.add("a task of " + name + " is not running as wanted: " + task.id() + " "
                            + task.slot() + " on " + task.nodeId() + " " + task.status());
                }
                if (live) {
                    places.merge(place(task), 1, Integer::sum);
                }
            }
            if (places.values().stream().anyMatch(n -> n > 1)
                    || places.size() != wanted(service, view)) {
                why.add(name + " has " + places + " of " + wanted(service, view));
            }
        }
        return why;
    }

    private static boolean changedSince(Task task, Service service) {
        return !task.spec().equals(service.spec().taskTemplate());
    }

    private static String place(Task task) {
        return task.slot() > 0 ? "slot " + task.slot()
                : "node " + task.nodeId().map(Object::toString).orElse("none");
    }

    private static long wanted(Service service, View view) {
        return service.spec().mode().orElseThrow() instanceof ServiceMode.Replicated some
                ? some.replicas().orElse(1L) : view.nodes().size();
    }

    /// What runs is what is wanted, each task once, and nothing is left behind.
    private List<String> containers(View view) {
        List<String> why = new ArrayList<>();
        for (Machine machine : world.machines()) {
            TreeSet<String> wanted = new TreeSet<>();
            TreeSet<String> known = new TreeSet<>();
            for (Task task : view.tasksOn(machine.node)) {
                known.add(task.containerName());
                if (task.desiredState() == TaskState.RUNNING
                        && task.state() == TaskState.RUNNING
                        && !task.serviceName().startsWith(CRASHES)) {
                    wanted.add(task.containerName());
                }
            }
            for (var box : machine.engine.containers()) {
                if (!known.contains(box.name())) {
                    why.add("machine " + machine.number + " has container " + box.name()
                            + " and no task for it");
                }
                if (box.alive() && !box.name().startsWith(CRASHES)
                        && !wanted.remove(box.name())) {
                    why.add("machine " + machine.number + " runs " + box.name() + " unwanted");
                }
            }
            if (!wanted.isEmpty()) {
                why.add("machine " + machine.number + " does not run " + wanted);
            }
        }
        return why;
    }

    /// What holds at rest without any patience.
    void judgeRest() {
        world.machines().stream().flatMap(machine -> machine.manager().stream())
                .forEach(manager -> compare(manager, manager.manager.isLeading()));
        View view = world.leader().orElseThrow().view();
        for (Service service : view.services()) {
            TreeMap<Long, Integer> slots = new TreeMap<>();
            for (Task task : view.tasksOf(service.id())) {
                if (task.slot() > 0) {
                    slots.merge(task.slot(), 1, Integer::sum);
                }
            }
            slots.forEach((slot, n) -> Violation.unless(n <= HISTORY_MAX, "slot " + slot + " of "
                    + service.spec().name() + " has " + n + " tasks"));
        }
    }
}

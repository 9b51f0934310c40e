package swarm.orchestrator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.Transaction;
import swarm.store.View;

/// Replaces tasks that ended or lost their node. The replacement is made at once, desired READY, so
/// that it can be placed and prepared while its delay passes; it is started when the delay is over
/// and the old task has stopped, but waits for that no longer than a minute.
/// (swarmkit manager/orchestrator/restart)
public final class Restarter {
    private static final long NANOS_PER_MS = 1_000_000;
    /// How long a replacement waits for a task that does not stop.
    static final long OLD_TASK_MS = 60_000;

    /// A replacement on its way: not before `dueAt`, and then not while `old` runs, unless `latest`
    /// has come.
    private record Start(long dueAt, Optional<TaskId> old, long latest) { }

    private final Restarts restarts = new Restarts();
    private final TreeMap<TaskId, Start> starts = new TreeMap<>();
    /// When one that another loop has added may be due; never once it has been looked at.
    private long earliest = Loop.NEVER;

    /// A restarter with nothing to start yet; its loops tell it what the store holds.
    public Restarter() { }

    Restarts restarts() {
        return restarts;
    }

    /// Takes up a replacement that a former leader made: its delay counts from its last status.
    void resume(Task task, Moment moment) {
        long passed = Duration.between(task.status().timestamp(), moment.wall()).toMillis();
        long delay = task.spec().restart().delayNs() / NANOS_PER_MS;
        long left = Math.clamp(delay - passed, 0, delay);
        starts.put(task.id(), new Start(moment.now() + left, Optional.empty(), Long.MAX_VALUE));
    }

    /// Whether a task waits for its start; should it end before, it is replaced only then.
    boolean waits(TaskId task) {
        return starts.containsKey(task);
    }

    /// Lays down a task, and makes its successor if its policy allows one.
    Transaction replace(Service service, Task task, View view, Moment moment) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Update(task.withDesired(TaskState.SHUTDOWN)));
        if (restarts.allowed(task)) {
            Change made = successor(service, task, view, moment);
            changes.add(made);
            restarts.add(task, moment.wall());
        }
        return Transaction.of(changes);
    }

    private Change successor(Service service, Task task, View view, Moment moment) {
        Change.Create made = task.slot() > 0
                ? NewTask.inSlot(service, task.slot(), TaskState.READY, view, moment)
                : NewTask.onNode(service, task.nodeId().orElseThrow(), TaskState.READY, view,
                        moment);
        boolean ownEnd = task.nodeId().flatMap(view::node).filter(n -> !n.invalid()).isPresent()
                || task.nodeId().isEmpty();
        long delay = !ownEnd ? 0 : task.spec().restart().delayNs() / NANOS_PER_MS;
        Start start = new Start(moment.now() + delay, Optional.of(task.id()),
                moment.now() + delay + OLD_TASK_MS);
        starts.put(new TaskId(made.object().key()), start);
        return made;
    }

    /// Delays the start of a task that an update made, until its predecessors have stopped.
    void startAfter(TaskId task, Optional<TaskId> old, Moment moment) {
        earliest = moment.now();
        starts.put(task, new Start(moment.now(), old, moment.now() + OLD_TASK_MS));
    }

    /// The replacements whose time has come, a bounded number of them.
    List<Transaction> due(View view, Moment moment) {
        earliest = Loop.NEVER;
        List<Transaction> due = new ArrayList<>();
        List<TaskId> done = new ArrayList<>();
        for (Map.Entry<TaskId, Start> entry : starts.entrySet()) {
            Optional<Task> task = view.task(entry.getKey());
            boolean moot = task.isEmpty() || task.get().desiredState() != TaskState.READY;
            if (moot || ready(entry.getValue(), view, moment)) {
                done.add(entry.getKey());
                task.filter(t -> !moot && !t.state().terminal()).ifPresent(t -> due.add(
                        Transaction.of(new Change.Update(t.withDesired(TaskState.RUNNING)))));
            }
            if (due.size() == Loop.BATCH_CHANGES) {
                break;
            }
        }
        done.forEach(starts::remove);
        return due;
    }

    /// When a start that was added last may be due; never once it has been looked at.
    long earliest() {
        return earliest;
    }

    /// The earliest time at which a start may be due.
    long deadline(long now) {
        long earliest = Loop.NEVER;
        for (Start start : starts.values()) {
            earliest = Math.min(earliest, start.dueAt() > now ? start.dueAt() : start.latest());
        }
        return earliest;
    }

    private static boolean ready(Start start, View view, Moment moment) {
        if (moment.now() < start.dueAt()) {
            return false;
        }
        Optional<Task> old = start.old().flatMap(view::task);
        return moment.now() >= start.latest() || old.isEmpty() || old.get().state().terminal()
                || lost(old.get(), view);
    }

    /// Whether nothing will be heard of the task's end soon: its node is away or gone.
    private static boolean lost(Task task, View view) {
        Optional<Node> node = task.nodeId().flatMap(view::node);
        return node.isEmpty() || node.get().status().state() == Node.State.DOWN;
    }
}

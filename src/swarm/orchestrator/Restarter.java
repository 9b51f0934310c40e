package swarm.orchestrator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
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

/// Replaces tasks that ended or were sent away. The replacement is made at once, desired READY, so
/// that it can be placed and prepared while its delay passes; it is started when the delay is over
/// and the old task has stopped, but waits for that no longer than a minute. A replacement that
/// ends before its start is itself replaced only then, so that nothing spins.
/// (swarmkit manager/orchestrator/restart)
public final class Restarter {
    private static final long NANOS_PER_MS = 1_000_000;
    /// How long a replacement waits for a task that does not stop.
    static final long OLD_TASK_MS = 60_000;

    /// A replacement on its way: once its delay is over, not while `old` runs before `latest`.
    private record Start(Optional<TaskId> old, long latest) { }

    /// When a start is looked at.
    private record Due(long at, TaskId task) implements Comparable<Due> {
        @Override public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : task.compareTo(other.task);
        }
    }

    private final Restarts restarts = new Restarts();
    private final TreeMap<TaskId, Start> starts = new TreeMap<>();
    private final TreeSet<Due> queue = new TreeSet<>();
    /// Which start waits for the end of which task; only of starts whose delay is over.
    private final TreeMap<TaskId, TaskId> waiting = new TreeMap<>();

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
        put(task.id(), new Start(Optional.empty(), moment.now() + left), moment.now() + left);
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
            changes.add(successor(service, task, view, moment));
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
        long dueAt = moment.now() + (ownEnd ? task.spec().restart().delayNs() / NANOS_PER_MS : 0);
        put(new TaskId(made.object().key()),
                new Start(Optional.of(task.id()), dueAt + OLD_TASK_MS), dueAt);
        return made;
    }

    /// Delays the start of a task that an update made, until its predecessor has stopped.
    void startAfter(TaskId task, TaskId old, Moment moment) {
        put(task, new Start(Optional.of(old), moment.now() + OLD_TASK_MS), moment.now());
    }

    private void put(TaskId task, Start start, long at) {
        starts.put(task, start);
        queue.add(new Due(at, task));
    }

    /// A task has stopped, or will not be heard of soon: what waited for it is due.
    void stopped(TaskId old) {
        Optional.ofNullable(waiting.remove(old)).ifPresent(task -> queue.add(new Due(0, task)));
    }

    /// The replacements whose time has come, a bounded number of them. One that has ended by now is
    /// wanted to run all the same: then it is seen that it must be replaced in turn.
    List<Transaction> due(View view, Moment moment) {
        List<Transaction> due = new ArrayList<>();
        while (!queue.isEmpty() && queue.first().at() <= moment.now()
                && due.size() < Loop.BATCH_CHANGES) {
            TaskId id = queue.pollFirst().task();
            Optional<Task> task = view.task(id).filter(t -> t.desiredState() == TaskState.READY);
            Start start = starts.getOrDefault(id, new Start(Optional.empty(), 0));
            if (task.isEmpty() || ready(start, view, moment)) {
                starts.remove(id);
                start.old().ifPresent(waiting::remove);
                task.ifPresent(t -> due.add(Transaction.of(
                        new Change.Update(t.withDesired(TaskState.RUNNING)))));
            } else {
                start.old().ifPresent(old -> waiting.put(old, id));
                queue.add(new Due(start.latest(), id));
            }
        }
        return due;
    }

    /// The earliest time at which a start may be due.
    long deadline() {
        return queue.isEmpty() ? Loop.NEVER : queue.first().at();
    }

    private static boolean ready(Start start, View view, Moment moment) {
        Optional<Task> old = start.old().flatMap(view::task);
        return moment.now() >= start.latest() || old.isEmpty() || old.get().state().terminal()
                || lost(old.get(), view);
    }

    /// Whether nothing will be heard of the task's end soon: it has no node, or that is away.
    private static boolean lost(Task task, View view) {
        Optional<Node> node = task.nodeId().flatMap(view::node);
        return node.isEmpty() || node.get().status().state() == Node.State.DOWN;
    }
}

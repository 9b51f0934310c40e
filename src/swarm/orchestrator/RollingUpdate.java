package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.UpdateConfig;
import swarm.model.UpdateStatus;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.Transaction;
import swarm.store.View;

/// One service on its way to one version of its spec: so many slots at a time are given a new task,
/// a slot is done when that runs and the delay has passed, and new tasks that fail within the
/// monitor time are counted. Too many of them pause the update or roll it back. When the last slot
/// is done the update goes on watching for one monitor time, and then is complete.
final class RollingUpdate {
    private static final long NANOS_PER_MS = 1_000_000;

    private final Version spec;
    private final Restarter restarter;
    private final SlotCare care;
    /// Slots being replaced: their new task, and when the slot is done (never, until it runs).
    private final TreeMap<String, Flight> flights = new TreeMap<>();
    /// New tasks that ran, and since when.
    private final TreeMap<TaskId, Long> ranAt = new TreeMap<>();
    /// New tasks that this update made, or that stood for it when it was taken up.
    private final TreeSet<TaskId> made = new TreeSet<>();
    /// Those of them that ended before their time.
    private final TreeSet<TaskId> failed = new TreeSet<>();
    /// Whether the tasks that a former leader made for this spec have been taken up.
    private boolean resumed;
    /// How many slots were out of date when the update was first looked at; 0 before that.
    private int total;
    /// When the watch after the last slot ends; never before there is nothing left to replace.
    private long completeAt = Loop.NEVER;
    /// Whether there is nothing more to do for this spec.
    private boolean over;

    private record Flight(TaskId task, long doneAt) { }

    RollingUpdate(Service service, Restarter restarter) {
        this.spec = service.specVersion();
        this.restarter = restarter;
        this.care = new SlotCare(restarter);
    }

    /// Whether this update leads to the service's present spec.
    boolean isFor(Service service) {
        return service.specVersion().equals(spec);
    }

    boolean over() {
        return over;
    }

    /// When it wants to be looked at although nothing changed.
    long deadline() {
        long earliest = completeAt;
        for (Flight flight : flights.values()) {
            earliest = Math.min(earliest, flight.doneAt());
        }
        return earliest;
    }

    /// The next changes; empty while there is nothing to do but wait.
    List<Transaction> step(Service service, View view, Moment moment) {
        Optional<UpdateStatus.State> state = service.updateStatus().map(UpdateStatus::state);
        if (state.filter(RollingUpdate::paused).isPresent()) {
            over = true;
            return List.of();
        }
        TreeMap<String, List<Task>> places = places(service, view);
        List<String> stale = places.entrySet().stream()
                .filter(place -> stale(place.getValue(), service, view))
                .map(Map.Entry::getKey).toList();
        if (state.filter(RollingUpdate::underWay).isEmpty()) {
            return begin(service, stale, moment);
        }
        total = Math.max(total, stale.size());
        if (!resumed) {
            resume(places);
        }
        Optional<Task> culprit = newFailure(service, view, moment);
        if (culprit.isPresent() && tooMany(service)) {
            List<Transaction> end = fail(service, culprit.get(), moment);
            if (!end.isEmpty()) {
                return end;
            }
        }
        land(service, places, moment);
        List<Transaction> wanted = new ArrayList<>(startedFirst(places, service, view));
        wanted.addAll(launch(service, places, stale, view, moment));
        return wanted.isEmpty() ? complete(service, stale, moment) : wanted;
    }

    /// A former leader's new tasks are on their way as this one's own are.
    private void resume(TreeMap<String, List<Task>> places) {
        resumed = true;
        places.forEach((place, tasks) -> tasks.stream()
                .filter(task -> task.specVersion().equals(spec)).findFirst().ifPresent(task -> {
                    made.add(task.id());
                    if (task.state().before(TaskState.RUNNING)) {
                        flights.put(place, new Flight(task.id(), Loop.NEVER));
                    }
                }));
    }

    private static boolean paused(UpdateStatus.State state) {
        return state == UpdateStatus.State.PAUSED || state == UpdateStatus.State.ROLLBACK_PAUSED;
    }

    private static boolean underWay(UpdateStatus.State state) {
        return state == UpdateStatus.State.UPDATING
                || state == UpdateStatus.State.ROLLBACK_STARTED;
    }

    private static boolean rollingBack(Service service) {
        return service.updateStatus().map(UpdateStatus::state)
                .equals(Optional.of(UpdateStatus.State.ROLLBACK_STARTED));
    }

    private static UpdateConfig config(Service service) {
        return rollingBack(service) ? service.spec().rollback() : service.spec().update();
    }

    /// Nothing is said of an update that has nothing to do.
    private List<Transaction> begin(Service service, List<String> stale, Moment moment) {
        if (stale.isEmpty()) {
            over = true;
            return List.of();
        }
        return status(service, new UpdateStatus(UpdateStatus.State.UPDATING,
                Optional.of(moment.wall()), Optional.empty(), "update in progress"));
    }

    private static List<Transaction> status(Service service, UpdateStatus status) {
        return List.of(Transaction.of(new Change.Update(service.withUpdateStatus(status))));
    }

    /// The wanted tasks by slot, or by node for a service without slots; of a slot whose replica is
    /// done, its last. Nodes that take no tasks now keep what they have until they do.
    private TreeMap<String, List<Task>> places(Service service, View view) {
        TreeMap<String, List<Task>> all = new TreeMap<>();
        for (Task task : view.tasksOf(service.id())) {
            if (task.slot() > 0 || task.nodeId().flatMap(view::node)
                    .filter(Node::schedulable).isPresent()) {
                all.computeIfAbsent(place(task), _ -> new ArrayList<>()).add(task);
            }
        }
        TreeMap<String, List<Task>> places = new TreeMap<>();
        all.forEach((place, tasks) -> {
            tasks.sort(Slots.BY_AGE);
            List<Task> wanted = Slots.wanted(tasks);
            List<Task> done = tasks.getFirst().slot() == 0 ? List.of()
                    : care.finished(service, tasks).stream().toList();
            if (!wanted.isEmpty() || !done.isEmpty()) {
                places.put(place, wanted.isEmpty() ? done : wanted);
            }
        });
        return places;
    }

    private static String place(Task task) {
        String slot = Long.toString(task.slot());
        return task.slot() > 0 ? "0".repeat(20 - slot.length()) + slot
                : task.nodeId().map(node -> node.text()).orElse("");
    }

    private static boolean stale(List<Task> tasks, Service service, View view) {
        return tasks.stream().anyMatch(task -> NewTask.outOfDate(task, service, view));
    }

    /// A new task that ended before its time, and was not counted yet.
    private Optional<Task> newFailure(Service service, View view, Moment moment) {
        long monitor = config(service).monitorNs() / NANOS_PER_MS;
        Optional<Task> found = Optional.empty();
        for (Task task : view.tasksOf(service.id())) {
            boolean ours = made.contains(task.id());
            if (ours && task.state() == TaskState.RUNNING) {
                ranAt.putIfAbsent(task.id(), moment.now());
            }
            boolean early = moment.now() - ranAt.getOrDefault(task.id(), moment.now()) <= monitor;
            boolean ended = task.state().failure() || task.state() == TaskState.COMPLETE;
            if (ours && ended && early && failed.add(task.id())) {
                found = Optional.of(task);
            }
        }
        return found;
    }

    private boolean tooMany(Service service) {
        return (double) failed.size() / Math.max(1, total) > config(service).maxFailureRatio();
    }

    /// What the service wants done when too many new tasks failed. A rollback is never rolled back.
    private List<Transaction> fail(Service service, Task culprit, Moment moment) {
        String because = " due to failure or early termination of task " + culprit.id();
        UpdateConfig.FailureAction action = config(service).actionOrPause();
        boolean back = rollingBack(service);
        boolean roll = action == UpdateConfig.FailureAction.ROLLBACK && !back
                && service.previousSpec().isPresent();
        if (action == UpdateConfig.FailureAction.CONTINUE) {
            return List.of();
        }
        over = true;
        if (roll) {
            return rollBack(service, "update rolled back" + because, moment);
        }
        UpdateStatus.State state = back ? UpdateStatus.State.ROLLBACK_PAUSED
                : UpdateStatus.State.PAUSED;
        return status(service, new UpdateStatus(state,
                service.updateStatus().flatMap(UpdateStatus::startedAt), Optional.empty(),
                (back ? "rollback" : "update") + " paused" + because));
    }

    private static List<Transaction> rollBack(Service service, String message, Moment moment) {
        ServiceSpec previous = service.previousSpec().orElseThrow();
        return List.of(Transaction.of(new Change.Update(service.rolledBack(previous,
                new UpdateStatus(UpdateStatus.State.ROLLBACK_STARTED,
                        Optional.of(moment.wall()), Optional.empty(), message)))));
    }

    /// Slots whose new task runs, ended or is gone are done after the delay.
    private void land(Service service, TreeMap<String, List<Task>> places, Moment moment) {
        long delay = config(service).delay() / NANOS_PER_MS;
        List<String> done = new ArrayList<>();
        flights.replaceAll((place, flight) -> {
            boolean flying = places.getOrDefault(place, List.of()).stream().anyMatch(
                    task -> task.id().equals(flight.task())
                            && task.state().before(TaskState.RUNNING));
            return flying || flight.doneAt() != Loop.NEVER ? flight
                    : new Flight(flight.task(), moment.now() + delay);
        });
        flights.forEach((place, flight) -> {
            if (flight.doneAt() <= moment.now()) {
                done.add(place);
            }
        });
        done.forEach(flights::remove);
    }

    /// With start-first, the old tasks of a slot end once the new one runs.
    private List<Transaction> startedFirst(TreeMap<String, List<Task>> places, Service service,
            View view) {
        List<Transaction> wanted = new ArrayList<>();
        for (List<Task> tasks : places.values()) {
            boolean newRuns = tasks.stream().anyMatch(task -> task.state() == TaskState.RUNNING
                    && !NewTask.outOfDate(task, service, view));
            for (Task task : tasks) {
                if (newRuns && NewTask.outOfDate(task, service, view)) {
                    wanted.add(Transaction.of(
                            new Change.Update(task.withDesired(TaskState.SHUTDOWN))));
                }
            }
        }
        return wanted;
    }

    private List<Transaction> launch(Service service, TreeMap<String, List<Task>> places,
            List<String> stale, View view, Moment moment) {
        long parallelism = config(service).parallelism();
        long most = parallelism == 0 ? Long.MAX_VALUE : parallelism;
        List<Transaction> wanted = new ArrayList<>();
        for (String place : stale) {
            if (flights.size() >= most || wanted.size() >= Loop.BATCH_CHANGES / 3) {
                break;
            }
            List<Task> tasks = places.get(place);
            boolean renewed = tasks.stream().anyMatch(t -> !NewTask.outOfDate(t, service, view));
            if (!flights.containsKey(place) && !renewed) {
                wanted.add(replace(service, place, tasks, view, moment));
            }
        }
        return wanted;
    }

    private Transaction replace(Service service, String place, List<Task> old, View view,
            Moment moment) {
        boolean stopFirst =
                config(service).orderOrStopFirst() == UpdateConfig.Order.STOP_FIRST;
        Task first = old.getLast();
        TaskState desired = stopFirst ? TaskState.READY : TaskState.RUNNING;
        Change.Create fresh = first.slot() > 0
                ? NewTask.inSlot(service, first.slot(), desired, view, moment)
                : NewTask.onNode(service, first.nodeId().orElseThrow(), desired, view, moment);
        TaskId id = new TaskId(fresh.object().key());
        List<Change> changes = new ArrayList<>(List.of(fresh));
        if (stopFirst) {
            old.stream().filter(Slots::wanted).forEach(task ->
                changes.add(new Change.Update(task.withDesired(TaskState.SHUTDOWN))));
            restarter.startAfter(id, first.id(), moment);
        }
        made.add(id);
        flights.put(place, new Flight(id, Loop.NEVER));
        return Transaction.of(changes);
    }

    private List<Transaction> complete(Service service, List<String> stale, Moment moment) {
        if (!stale.isEmpty() || !flights.isEmpty()) {
            completeAt = Loop.NEVER;
            return List.of();
        }
        long delay = config(service).delay() / NANOS_PER_MS;
        long monitor = config(service).monitorNs() / NANOS_PER_MS;
        if (completeAt == Loop.NEVER) {
            completeAt = moment.now() + (delay >= monitor ? delay + 1_000 : monitor);
        }
        if (moment.now() < completeAt) {
            return List.of();
        }
        over = true;
        boolean back = rollingBack(service);
        return status(service, new UpdateStatus(back ? UpdateStatus.State.ROLLBACK_COMPLETED
                : UpdateStatus.State.COMPLETED,
                service.updateStatus().flatMap(UpdateStatus::startedAt),
                Optional.of(moment.wall()), back ? "rollback completed" : "update completed"));
    }
}

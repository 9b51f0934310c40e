package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Forgets tasks: those that were told to go and have stopped, at once; of the others the oldest
/// dead ones of a slot or node beyond the history limit. With a limit on restarts the history is
/// one longer than that, so that it can be counted from the store.
/// (swarmkit manager/orchestrator/taskreaper)
public final class Reaper implements Loop {
    /// How long forgetting waits for more to forget.
    private static final long BATCH_MS = 250;

    /// One slot of a service, or its tasks on one node.
    private record Place(ServiceId service, long slot, String node) implements Comparable<Place> {
        static Place of(Task task) {
            String node = task.slot() > 0 ? "" : task.nodeId().map(n -> n.text()).orElse("");
            return new Place(task.serviceId(), task.slot(), node);
        }

        @Override public int compareTo(Place other) {
            int order = service.compareTo(other.service);
            order = order != 0 ? order : Long.compare(slot, other.slot);
            return order != 0 ? order : node.compareTo(other.node);
        }
    }

    private final TreeSet<Place> dirty = new TreeSet<>();
    private final TreeSet<TaskId> leaving = new TreeSet<>();
    /// When what is dirty is looked at; never while nothing is.
    private long tickAt = NEVER;
    /// Whether something became dirty since the last decision set the tick.
    private boolean fresh;

    @Override public void onStart(View view, Moment moment) {
        view.tasks().forEach(this::look);
        fresh = true;
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event) {
            case StoreEvent.Created(Task task) -> look(task);
            case StoreEvent.Updated(Task _, Task task) -> look(task);
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> { }
        }
    }

    private void look(Task task) {
        if (task.desiredState() == TaskState.REMOVE || task.state() == TaskState.ORPHANED) {
            fresh |= forgettable(task) && leaving.add(task.id());
        } else if (dead(task) || task.state() == TaskState.PENDING) {
            fresh |= dirty.add(Place.of(task));
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        if (fresh) {
            fresh = false;
            tickAt = Math.min(tickAt, moment.now() + BATCH_MS);
        }
        if (moment.now() < tickAt) {
            return List.of();
        }
        List<Task> gone = new ArrayList<>();
        while (!leaving.isEmpty() && gone.size() < BATCH_CHANGES) {
            view.task(leaving.pollFirst()).filter(Reaper::forgettable).ifPresent(gone::add);
        }
        while (!dirty.isEmpty() && gone.size() < BATCH_CHANGES) {
            gone.addAll(excess(dirty.pollFirst(), view));
        }
        tickAt = leaving.isEmpty() && dirty.isEmpty() ? NEVER : moment.now();
        return gone.isEmpty() ? List.of() : List.of(Transaction.of(
                gone.stream().<Change>map(Change.Delete::of).toList()));
    }

    @Override public long deadline() {
        return tickAt;
    }

    /// Told to go, or of a node that is gone, and not running anywhere.
    private static boolean forgettable(Task task) {
        boolean unplaced = task.state().before(TaskState.ASSIGNED);
        return task.state() == TaskState.ORPHANED
                || task.desiredState() == TaskState.REMOVE && (unplaced || task.state().terminal());
    }

    /// Ended, or never placed and no longer wanted: it may be forgotten once it is history.
    private static boolean dead(Task task) {
        boolean unplaced = task.state().before(TaskState.ASSIGNED);
        return task.state().terminal() || unplaced && task.desiredState().after(TaskState.RUNNING);
    }

    /// The oldest dead tasks of a place beyond the limit.
    private static List<Task> excess(Place place, View view) {
        Optional<Service> service = view.service(place.service());
        if (service.isEmpty()) {
            return List.of();
        }
        long history = view.cluster().map(cluster -> cluster.spec().taskHistory()).orElse(-1L);
        long attempts = service.get().spec().taskTemplate().restart().attempts();
        long limit = attempts > 0 ? attempts + 1 : history;
        if (limit < 0) {
            return List.of();
        }
        List<Task> all = view.tasksOf(place.service()).stream()
                .filter(task -> Place.of(task).equals(place)).sorted(Slots.BY_AGE).toList();
        return all.stream().filter(Reaper::dead)
                .filter(task -> task.desiredState().after(TaskState.RUNNING))
                .limit(Math.max(0, all.size() - limit)).toList();
    }
}

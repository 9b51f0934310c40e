package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import swarm.model.Node;
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
    /// Services of which some task is dead: there a new task may make a place's history too long.
    private final TreeSet<ServiceId> withDead = new TreeSet<>();
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
            case StoreEvent.Created(Task task) -> {
                if (withDead.contains(task.serviceId())) {
                    fresh |= dirty.add(Place.of(task));
                }
                look(task);
            }
            case StoreEvent.Updated(Task _, Task task) -> look(task);
            case StoreEvent.Deleted(Service service) -> withDead.remove(service.id());
            case StoreEvent.Deleted(Node node) -> view.tasksOn(node.id()).forEach(this::look);
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> { }
        }
    }

    private void look(Task task) {
        if (task.desiredState() == TaskState.REMOVE) {
            fresh |= leaving.add(task.id());
        } else if (dead(task)) {
            withDead.add(task.serviceId());
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
            view.task(leaving.pollFirst()).filter(task -> forgettable(task, view))
                    .ifPresent(gone::add);
        }
        while (!dirty.isEmpty() && gone.size() < BATCH_CHANGES) {
            gone.addAll(excess(dirty.first().service(), view, BATCH_CHANGES - gone.size()));
        }
        tickAt = leaving.isEmpty() && dirty.isEmpty() ? NEVER : moment.now();
        return gone.isEmpty() ? List.of() : List.of(Transaction.of(
                gone.stream().<Change>map(Change.Delete::of).toList()));
    }

    @Override public long deadline() {
        return tickAt;
    }

    /// Told to go, and not running anywhere that will be heard of again.
    private static boolean forgettable(Task task, View view) {
        boolean unplaced = task.state().before(TaskState.ASSIGNED);
        boolean nodeGone = task.nodeId().filter(id -> view.node(id).isEmpty()).isPresent();
        return task.desiredState() == TaskState.REMOVE
                && (unplaced || nodeGone || task.state().terminal());
    }

    /// Ended, or never placed and no longer wanted: it may be forgotten once it is history.
    private static boolean dead(Task task) {
        boolean unplaced = task.state().before(TaskState.ASSIGNED);
        return task.state().terminal() || unplaced && task.desiredState().after(TaskState.RUNNING);
    }

    /// The oldest dead tasks beyond the limit of the service's dirty places, all looked at in one
    /// pass; those with more to forget than may be done now stay dirty. A task that was told to go
    /// is no history: it is forgotten by itself, and never twice in one transaction.
    private List<Task> excess(ServiceId id, View view, int most) {
        TreeMap<Place, List<Task>> places = new TreeMap<>();
        while (!dirty.isEmpty() && dirty.first().service().equals(id)) {
            places.put(dirty.pollFirst(), new ArrayList<>());
        }
        long limit = limit(id, view);
        if (limit < 0) {
            return List.of();
        }
        for (Task task : view.tasksOf(id)) {
            Optional.ofNullable(places.get(Place.of(task)))
                    .filter(_ -> task.desiredState() != TaskState.REMOVE)
                    .ifPresent(all -> all.add(task));
        }
        List<Task> found = new ArrayList<>();
        places.forEach((place, all) -> {
            List<Task> over = excess(all, limit).toList();
            found.addAll(over.subList(0, Math.min(over.size(), most - found.size())));
            if (found.size() == most && !over.isEmpty()) {
                dirty.add(place);
            }
        });
        return found;
    }

    private static Stream<Task> excess(List<Task> all, long limit) {
        return all.stream().sorted(Slots.BY_AGE).filter(Reaper::dead)
                .filter(task -> task.desiredState().after(TaskState.RUNNING))
                .limit(Math.max(0, all.size() - limit));
    }

    /// How many tasks of a place are kept, the present one included; negative keeps all.
    private static long limit(ServiceId id, View view) {
        long attempts = view.service(id).map(service ->
                service.spec().taskTemplate().restart().attempts()).orElse(0L);
        long history = view.cluster().map(cluster -> cluster.spec().taskHistory()).orElse(-1L);
        boolean gone = view.service(id).isEmpty();
        return gone ? -1 : attempts > 0 ? attempts + 1 : history;
    }
}

package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceMode;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Keeps as many slots live as a replicated service has replicas, and the task in each of them. A
/// slot is live while one of its tasks is wanted, or when its newest ended and may not be restarted:
/// a finished replica still counts. Services are looked at one by one, those that changed only.
/// (swarmkit manager/orchestrator/replicated)
public final class Replicated implements Loop {
    private final Restarter restarter;
    private final TreeSet<ServiceId> dirty = new TreeSet<>();
    /// When the restarter wants to be asked next; set by each decision.
    private long startsAt = NEVER;
    /// Whether a task ended since the restarter was asked.
    private boolean ended;

    /// The loop that also starts what the restarter holds back, for itself and for others.
    public Replicated(Restarter restarter) {
        this.restarter = restarter;
    }

    @Override public void onStart(View view, Moment moment) {
        for (Service service : view.services()) {
            dirty.add(service.id());
            new Slots(view.tasksOf(service.id())).all().values()
                    .forEach(slot -> restarter.restarts().rebuild(service, slot));
        }
        for (Task task : view.tasks()) {
            dirty.add(task.serviceId());
            if (task.desiredState() == TaskState.READY) {
                restarter.resume(task, moment);
            }
        }
        ended = true;
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event.object()) {
            case Service service -> dirty.add(service.id());
            case Task task -> {
                boolean gone = event instanceof StoreEvent.Deleted;
                if (gone || task.state().terminal()) {
                    dirty.add(task.serviceId());
                    ended = true;
                }
            }
            case Node node -> {
                if (event instanceof StoreEvent.Deleted || node.invalid()) {
                    view.tasksOn(node.id()).forEach(task -> dirty.add(task.serviceId()));
                    ended = true;
                }
            }
            case StoredObject _ -> { }
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        if (ended || moment.now() >= deadline()) {
            List<Transaction> due = restarter.due(view, moment);
            ended = due.size() == BATCH_CHANGES;
            startsAt = restarter.deadline(moment.now());
            if (!due.isEmpty()) {
                return due;
            }
        }
        while (!dirty.isEmpty()) {
            ServiceId id = dirty.pollFirst();
            List<Transaction> wanted = reconcile(id, view, moment);
            startsAt = restarter.deadline(moment.now());
            if (!wanted.isEmpty()) {
                dirty.add(id);
                return wanted.subList(0, Math.min(wanted.size(), BATCH_CHANGES / 2));
            }
        }
        return List.of();
    }

    @Override public long deadline() {
        return Math.min(startsAt, restarter.earliest());
    }

    private List<Transaction> reconcile(ServiceId id, View view, Moment moment) {
        Optional<Service> service = view.service(id);
        List<Task> tasks = view.tasksOf(id);
        if (service.isEmpty()) {
            restarter.restarts().forget(id);
            return remove(tasks);
        }
        return switch (service.get().spec().modeOrReplicated()) {
            case ServiceMode.Replicated mode ->
                reconcile(service.get(), mode.replicas().orElse(1L), new Slots(tasks),
                        view, moment);
            case ServiceMode.Global _, ServiceMode.ReplicatedJob _, ServiceMode.GlobalJob _ ->
                List.of();
        };
    }

    /// First what ended is replaced; only then is the number of slots looked at.
    private List<Transaction> reconcile(Service service, long replicas, Slots slots, View view,
            Moment moment) {
        List<Transaction> wanted = new ArrayList<>();
        List<List<Task>> live = new ArrayList<>();
        for (Map.Entry<Long, List<Task>> slot : slots.all().entrySet()) {
            for (Task task : Slots.wanted(slot.getValue())) {
                if (over(task, view) && wanted.size() < BATCH_CHANGES / 2) {
                    wanted.add(restarter.replace(service, task, view, moment));
                }
            }
            if (live(slot.getValue())) {
                live.add(slot.getValue());
            }
        }
        if (!wanted.isEmpty()) {
            return wanted;
        }
        return live.size() < replicas ? grow(service, slots, replicas - live.size(), view, moment)
                : shrink(live, live.size() - replicas);
    }

    /// Whether a wanted task has ended, or lost its node, and is not to wait for a start of its own.
    private boolean over(Task task, View view) {
        Optional<Node> node = task.nodeId().flatMap(view::node);
        boolean lost = task.nodeId().isPresent() && (node.isEmpty() || node.get().invalid());
        return !restarter.waits(task.id()) && (task.state().terminal() || lost);
    }

    private boolean live(List<Task> slot) {
        return !Slots.wanted(slot).isEmpty()
                || Slots.newest(slot).desiredState() == TaskState.SHUTDOWN
                && !restarter.restarts().allowed(Slots.newest(slot));
    }

    /// New tasks in the lowest free slots.
    private List<Transaction> grow(Service service, Slots slots, long missing, View view,
            Moment moment) {
        List<Transaction> wanted = new ArrayList<>();
        long count = Math.min(missing, BATCH_CHANGES / 2);
        for (long slot = 1; wanted.size() < count; slot++) {
            List<Task> tasks = slots.all().getOrDefault(slot, List.of());
            if (tasks.isEmpty() || !live(tasks)) {
                wanted.add(Transaction.of(
                        NewTask.inSlot(service, slot, TaskState.RUNNING, view, moment)));
            }
        }
        return wanted;
    }

    private static List<Transaction> shrink(List<List<Task>> live, long excess) {
        List<Task> leaving = new ArrayList<>();
        if (excess > 0) {
            Slots.inOrderOfLeaving(live).stream().limit(excess).forEach(leaving::addAll);
        }
        return remove(leaving);
    }

    /// Tells tasks to end and be forgotten.
    private static List<Transaction> remove(List<Task> tasks) {
        return tasks.stream().filter(task -> task.desiredState() != TaskState.REMOVE)
                .map(task -> Transaction.of(
                        new Change.Update(task.withDesired(TaskState.REMOVE)))).toList();
    }
}

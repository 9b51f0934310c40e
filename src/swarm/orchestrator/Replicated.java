package swarm.orchestrator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceMode;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Keeps as many slots live as a replicated service has replicas, and the task in each of them;
/// what is to be done in one slot is [SlotCare]'s. Services are looked at one by one, those that
/// changed only. The tasks of services that are gone are told to go, whatever the mode was.
/// (swarmkit manager/orchestrator/replicated)
public final class Replicated implements Loop {
    private final Restarter restarter;
    private final SlotCare care;
    private final TreeMap<ServiceId, Roster> rosters = new TreeMap<>();
    /// Services to be looked at: they, or slots of theirs, changed.
    private final TreeSet<ServiceId> dirty = new TreeSet<>();
    /// The slots that services which shrink have still to give up, so that their order is not made
    /// anew for each batch; dropped when the service changes.
    private final TreeMap<ServiceId, Deque<Long>> leaving = new TreeMap<>();

    /// The loop that also starts what the restarter holds back, for itself and for others.
    public Replicated(Restarter restarter) {
        this.restarter = restarter;
        this.care = new SlotCare(restarter);
    }

    @Override public void onStart(View view, Moment moment) {
        for (Service service : view.services()) {
            roster(service.id());
            new Slots(view.tasksOf(service.id())).all().tailMap(1L).values()
                    .forEach(slot -> restarter.restarts().rebuild(service, slot));
        }
        for (Task task : view.tasks()) {
            roster(task.serviceId()).add(task);
            if (task.desiredState() == TaskState.READY) {
                restarter.resume(task, moment);
            }
        }
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event) {
            case StoreEvent.Created(Task task) -> roster(task.serviceId()).add(task);
            case StoreEvent.Updated(Task before, Task task) -> onTask(before, task);
            case StoreEvent.Deleted(Task task) -> {
                restarter.stopped(task.id());
                roster(task.serviceId()).remove(task);
            }
            case StoreEvent.Updated(Node before, Node node) -> onNode(before, node, view);
            case StoreEvent.Deleted(Node node) -> onNode(node, node, view);
            case StoreEvent.Created(Service service) -> onService(service);
            case StoreEvent.Updated(Service _, Service service) -> onService(service);
            case StoreEvent.Deleted(Service service) -> onService(service);
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> { }
        }
    }

    private void onService(Service service) {
        leaving.remove(service.id());
        roster(service.id()).touchAll();
    }

    /// The roster of a service that is to be looked at.
    private Roster roster(ServiceId service) {
        dirty.add(service);
        return rosters.computeIfAbsent(service, _ -> new Roster());
    }

    private void onTask(Task before, Task task) {
        boolean moved = before.state() != task.state()
                && !task.state().before(TaskState.RUNNING);
        if (task.state().terminal()) {
            restarter.stopped(task.id());
        }
        if (moved || before.desiredState() != task.desiredState()) {
            roster(task.serviceId()).touch(task.slot());
        }
    }

    /// Only what decides where tasks may be counts, not what the node says of itself.
    private void onNode(Node before, Node node, View view) {
        boolean gone = view.node(node.id()).isEmpty();
        if (gone || before.invalid() || node.invalid()) {
            for (Task task : view.tasksOn(node.id())) {
                roster(task.serviceId()).touch(task.slot());
                restarter.stopped(task.id());
            }
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        List<Transaction> due = restarter.due(view, moment);
        if (!due.isEmpty()) {
            return due;
        }
        while (!dirty.isEmpty()) {
            ServiceId id = dirty.first();
            List<Transaction> wanted = view.service(id)
                    .map(service -> reconcile(service, roster(id), view, moment))
                    .orElseGet(() -> clear(id, view));
            if (!wanted.isEmpty()) {
                return wanted;
            }
            dirty.remove(id);
        }
        return List.of();
    }

    @Override public long deadline() {
        return restarter.deadline();
    }

    /// The tasks of a service that is gone go.
    private List<Transaction> clear(ServiceId id, View view) {
        Roster roster = roster(id);
        List<Transaction> wanted = new ArrayList<>();
        while (roster.hasDirty() && wanted.isEmpty()) {
            long slot = roster.takeDirty();
            wanted.addAll(remove(roster.tasks(slot, view)));
            if (wanted.size() > BATCH_CHANGES) {
                roster.touch(slot);
            }
        }
        if (wanted.isEmpty()) {
            restarter.restarts().forget(id);
            rosters.remove(id);
        }
        return wanted.subList(0, Math.min(wanted.size(), BATCH_CHANGES));
    }

    private List<Transaction> reconcile(Service service, Roster roster, View view, Moment moment) {
        return switch (service.spec().modeOrReplicated()) {
            case ServiceMode.Replicated mode -> {
                List<Transaction> wanted = look(service, roster, view, moment);
                yield wanted.isEmpty()
                        ? count(service, mode.replicas().orElse(1L), roster, view, moment) : wanted;
            }
            case ServiceMode.Global _, ServiceMode.ReplicatedJob _, ServiceMode.GlobalJob _ ->
                List.of();
        };
    }

    /// Looks after slots that changed, until there is a batch of changes. A slot that needs one is
    /// looked at again after it.
    private List<Transaction> look(Service service, Roster roster, View view, Moment moment) {
        List<Transaction> wanted = new ArrayList<>();
        while (roster.hasDirty() && wanted.size() < BATCH_CHANGES / 4) {
            long slot = roster.takeDirty();
            List<Task> tasks = roster.tasks(slot, view);
            if (!tasks.isEmpty()) {
                wanted.addAll(care.look(service, tasks, view, moment));
            }
            roster.settle(slot, !tasks.isEmpty() && care.live(service, tasks));
        }
        return wanted;
    }

    /// Brings the number of live slots closer to the number of replicas; when it is right, what is
    /// left in slots that do not count goes too.
    private List<Transaction> count(Service service, long replicas, Roster roster, View view,
            Moment moment) {
        long excess = roster.liveCount() - replicas;
        if (excess < 0) {
            return roster.free(Math.min(-excess, BATCH_CHANGES)).stream()
                    .map(slot -> Transaction.of(NewTask.inSlot(service, slot, TaskState.RUNNING,
                            view, moment))).toList();
        }
        List<Long> slots = excess == 0 ? roster.dead(BATCH_CHANGES)
                : leave(service.id(), Math.min(excess, BATCH_CHANGES), roster, view);
        return slots.stream().flatMap(slot -> remove(roster.tasks(slot, view)).stream())
                .limit(BATCH_CHANGES).toList();
    }

    /// The next slots that a service gives up, in an order that is made once for all of them.
    private List<Long> leave(ServiceId service, long count, Roster roster, View view) {
        Deque<Long> order = leaving.computeIfAbsent(service, _ -> new ArrayDeque<>());
        List<Long> next = new ArrayList<>();
        while (next.isEmpty()) {
            if (order.isEmpty()) {
                List<List<Task>> live = roster.live().stream()
                        .map(slot -> roster.tasks(slot, view)).toList();
                Slots.inOrderOfLeaving(live).forEach(slot -> order.add(slot.getFirst().slot()));
            }
            while (next.size() < count && !order.isEmpty()) {
                Optional.of(order.removeFirst()).filter(roster::isLive).ifPresent(next::add);
            }
        }
        return next;
    }

    /// Tells tasks to end and be forgotten.
    private static List<Transaction> remove(List<Task> tasks) {
        return tasks.stream().filter(task -> task.desiredState() != TaskState.REMOVE)
                .map(task -> Transaction.of(
                        new Change.Update(task.withDesired(TaskState.REMOVE)))).toList();
    }
}

package swarm.orchestrator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceMode;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskId;
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
    private final TreeSet<ServiceId> dirty = new TreeSet<>();
    /// Services with more than one wanted task in a slot, when last looked at: there a task that
    /// begins to run makes another superfluous.
    private final TreeSet<ServiceId> crowded = new TreeSet<>();
    /// What is left to do for services that grow or shrink, so that their tasks are not counted
    /// again for each batch; dropped when the service becomes dirty. No queue is empty.
    private final TreeMap<ServiceId, Deque<Step>> plans = new TreeMap<>();

    /// One step towards the number of replicas.
    private sealed interface Step {
        /// A new task for a slot.
        record Fill(long slot) implements Step { }

        /// A task told to go.
        record Remove(TaskId task) implements Step { }
    }

    /// The loop that also starts what the restarter holds back, for itself and for others.
    public Replicated(Restarter restarter) {
        this.restarter = restarter;
        this.care = new SlotCare(restarter);
    }

    @Override public void onStart(View view, Moment moment) {
        for (Service service : view.services()) {
            dirty.add(service.id());
            new Slots(view.tasksOf(service.id())).all().tailMap(1L).values()
                    .forEach(slot -> restarter.restarts().rebuild(service, slot));
        }
        for (Task task : view.tasks()) {
            dirty.add(task.serviceId());
            if (task.desiredState() == TaskState.READY) {
                restarter.resume(task, moment);
            }
        }
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event) {
            case StoreEvent.Created(Task task) -> onTask(task, task);
            case StoreEvent.Updated(Task before, Task task) -> onTask(before, task);
            case StoreEvent.Deleted(Task task) -> {
                restarter.stopped(task.id());
                if (Slots.wanted(task)) {
                    dirty.add(task.serviceId());
                }
            }
            case StoreEvent.Updated(Node before, Node node) -> onNode(before, node, view);
            case StoreEvent.Deleted(Node node) -> onNode(node, node, view);
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> {
                StoredObject object = event.object();
                if (object.kind() == StoredObject.Kind.SERVICE) {
                    dirty.add(new ServiceId(object.key()));
                }
            }
        }
    }

    private void onTask(Task before, Task task) {
        boolean started = before.desiredState() == TaskState.READY
                && task.desiredState() == TaskState.RUNNING;
        boolean runs = task.state() == TaskState.RUNNING && crowded.contains(task.serviceId());
        if (task.state().terminal()) {
            restarter.stopped(task.id());
        }
        if (task.state().terminal() && Slots.wanted(task) || started || runs) {
            dirty.add(task.serviceId());
        }
    }

    /// Only what decides where tasks may be counts, not what the node says of itself.
    private void onNode(Node before, Node node, View view) {
        boolean gone = view.node(node.id()).isEmpty();
        if (gone || before.invalid() || node.invalid()) {
            for (Task task : view.tasksOn(node.id())) {
                dirty.add(task.serviceId());
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
            plans.remove(id);
            List<Transaction> wanted = reconcile(id, view, moment);
            if (!wanted.isEmpty()) {
                return wanted;
            }
            dirty.remove(id);
        }
        return plans.isEmpty() ? List.of() : follow(plans.firstKey(), view, moment);
    }

    @Override public long deadline() {
        return restarter.deadline();
    }

    /// What is wrong in single slots; what is wrong with their number becomes a plan.
    private List<Transaction> reconcile(ServiceId id, View view, Moment moment) {
        Optional<Service> service = view.service(id);
        List<Task> tasks = view.tasksOf(id);
        if (service.isEmpty()) {
            restarter.restarts().forget(id);
            crowded.remove(id);
            plan(id, removals(tasks));
            return List.of();
        }
        return switch (service.get().spec().modeOrReplicated()) {
            case ServiceMode.Replicated mode -> reconcile(service.get(), mode.replicas().orElse(1L),
                    new Slots(tasks).all(), view, moment);
            case ServiceMode.Global _, ServiceMode.ReplicatedJob _, ServiceMode.GlobalJob _ ->
                List.of();
        };
    }

    /// First each slot is looked after; only then is the number of slots looked at.
    private List<Transaction> reconcile(Service service, long replicas,
            TreeMap<Long, List<Task>> slots, View view, Moment moment) {
        List<Transaction> wanted = new ArrayList<>();
        List<List<Task>> live = new ArrayList<>();
        List<Task> dead = new ArrayList<>();
        Deque<Long> free = new ArrayDeque<>();
        boolean several = false;
        long next = 1;
        for (Map.Entry<Long, List<Task>> slot : slots.entrySet()) {
            for (; next < slot.getKey(); next++) {
                free.add(next);
            }
            next = slot.getKey() + 1;
            List<Task> tasks = slot.getValue();
            several |= Slots.wanted(tasks).size() > 1;
            if (wanted.size() < BATCH_CHANGES / 2) {
                wanted.addAll(care.look(service, tasks, view, moment));
            }
            if (care.live(service, tasks)) {
                live.add(tasks);
            } else {
                free.add(slot.getKey());
                dead.addAll(tasks);
            }
        }
        note(service.id(), several);
        if (!wanted.isEmpty()) {
            return wanted;
        }
        if (live.size() < replicas) {
            for (; free.size() < replicas - live.size(); next++) {
                free.add(next);
            }
            plan(service.id(), free.stream().limit(replicas - live.size())
                    .<Step>map(Step.Fill::new).toList());
        } else {
            Slots.inOrderOfLeaving(live).stream().limit(live.size() - replicas)
                    .forEach(dead::addAll);
            plan(service.id(), removals(dead));
        }
        return List.of();
    }

    private static List<Step> removals(List<Task> tasks) {
        return tasks.stream().filter(task -> task.desiredState() != TaskState.REMOVE)
                .<Step>map(task -> new Step.Remove(task.id())).toList();
    }

    private void plan(ServiceId service, List<Step> steps) {
        if (!steps.isEmpty()) {
            plans.put(service, new ArrayDeque<>(steps));
        }
    }

    /// The next steps of a plan.
    private List<Transaction> follow(ServiceId id, View view, Moment moment) {
        Optional<Service> service = view.service(id);
        Deque<Step> steps = plans.get(id);
        List<Transaction> wanted = new ArrayList<>();
        while (!steps.isEmpty() && wanted.size() < BATCH_CHANGES) {
            switch (steps.removeFirst()) {
                case Step.Fill fill -> service.ifPresent(made -> wanted.add(Transaction.of(
                        NewTask.inSlot(made, fill.slot(), TaskState.RUNNING, view, moment))));
                case Step.Remove remove -> view.task(remove.task()).ifPresent(task ->
                        wanted.add(Transaction.of(
                                new Change.Update(task.withDesired(TaskState.REMOVE)))));
            }
        }
        if (steps.isEmpty()) {
            plans.remove(id);
        }
        return wanted;
    }

    private void note(ServiceId service, boolean several) {
        if (several) {
            crowded.add(service);
        } else {
            crowded.remove(service);
        }
    }
}

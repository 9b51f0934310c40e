package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.ConstraintMatch;
import swarm.model.Node;
import swarm.model.NodeId;
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

/// Keeps one task of each global service on every node that is heard, not drained and what the
/// service's constraints ask for. A paused node keeps the task that it has, and gets none.
/// (swarmkit manager/orchestrator/global)
///
/// Departs: Docker tells the task of a silent node to end. Here it stays wanted, since nothing runs
/// in its stead, so that a node that was only cut off for a while loses nothing.
public final class Global implements Loop {
    private final Restarter restarter;
    private final TreeSet<ServiceId> dirty = new TreeSet<>();

    /// A loop whose replacements are started by this restarter.
    public Global(Restarter restarter) {
        this.restarter = restarter;
    }

    @Override public void onStart(View view, Moment moment) {
        for (Service service : view.services().stream().filter(Global::global).toList()) {
            dirty.add(service.id());
            byNode(view.tasksOf(service.id())).values()
                    .forEach(tasks -> restarter.restarts().rebuild(service, tasks));
        }
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event.object()) {
            case Service service -> dirty.add(service.id());
            case Task task -> {
                boolean deleted = event instanceof StoreEvent.Deleted;
                if (task.slot() == 0 && task.state().terminal() && !deleted) {
                    dirty.add(task.serviceId());
                }
            }
            case Node _ -> view.services().stream().filter(Global::global)
                    .forEach(service -> dirty.add(service.id()));
            case StoredObject _ -> { }
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        while (!dirty.isEmpty()) {
            ServiceId id = dirty.pollFirst();
            List<Transaction> wanted = view.service(id).filter(Global::global)
                    .map(service -> reconcile(service, view, moment)).orElse(List.of());
            if (!wanted.isEmpty()) {
                dirty.add(id);
                return wanted;
            }
        }
        return List.of();
    }

    @Override public long deadline() {
        return NEVER;
    }

    private static boolean global(Service service) {
        return service.spec().modeOrReplicated() instanceof ServiceMode.Global;
    }

    private List<Transaction> reconcile(Service service, View view, Moment moment) {
        TreeMap<NodeId, List<Task>> tasks = byNode(view.tasksOf(service.id()));
        List<Transaction> wanted = new ArrayList<>();
        for (Node node : view.nodes()) {
            List<Task> here = tasks.getOrDefault(node.id(), List.of());
            if (wanted.size() < BATCH_CHANGES / 2) {
                wanted.addAll(reconcile(service, node, here, new Turn(view, moment)));
            }
            tasks.remove(node.id());
        }
        tasks.values().forEach(orphans -> orphans.stream()
                .filter(task -> task.desiredState() != TaskState.REMOVE)
                .forEach(task -> wanted.add(to(TaskState.REMOVE, task))));
        return wanted.subList(0, Math.min(wanted.size(), BATCH_CHANGES / 2));
    }

    private record Turn(View view, Moment moment) { }

    private List<Transaction> reconcile(Service service, Node node, List<Task> here, Turn turn) {
        List<Task> live = Slots.wanted(here);
        if (node.spec().availability() == Node.Availability.DRAIN || !fits(service, node)) {
            return live.stream().map(task -> to(TaskState.SHUTDOWN, task)).toList();
        }
        if (!node.schedulable()) {
            return List.of();
        }
        Optional<Task> ended = live.stream().filter(task -> task.state().terminal()
                && !restarter.waits(task.id())).findFirst();
        if (ended.isPresent()) {
            return List.of(ended.get().equals(live.getLast())
                    ? restarter.replace(service, ended.get(), turn.view(), turn.moment())
                    : to(TaskState.SHUTDOWN, ended.get()));
        }
        boolean updating = live.stream().anyMatch(
                task -> NewTask.outOfDate(task, service, turn.view()));
        if (live.size() > 1 && !updating) {
            return live.subList(1, live.size()).stream()
                    .map(task -> to(TaskState.SHUTDOWN, task)).toList();
        }
        return live.isEmpty() && missing(service, here, turn.view())
                ? List.of(Transaction.of(
                NewTask.onNode(service, node.id(), TaskState.RUNNING, turn.view(), turn.moment())))
                : List.of();
    }

    /// A node without a wanted task gets one, unless its last ended there and what the service asks
    /// for now is still the same and may not be restarted.
    private boolean missing(Service service, List<Task> here, View view) {
        if (here.isEmpty()) {
            return true;
        }
        Task newest = Slots.newest(here);
        boolean finished = newest.state() == TaskState.COMPLETE || newest.state().failure();
        return !finished || NewTask.outOfDate(newest, service, view)
                || restarter.restarts().allowed(newest);
    }

    private static boolean fits(Service service, Node node) {
        return ConstraintMatch.allHold(service.spec().taskTemplate().constraints(), node);
    }

    private static Transaction to(TaskState desired, Task task) {
        return Transaction.of(new Change.Update(task.withDesired(desired)));
    }

    private static TreeMap<NodeId, List<Task>> byNode(List<Task> tasks) {
        TreeMap<NodeId, List<Task>> byNode = new TreeMap<>();
        for (Task task : tasks) {
            task.nodeId().ifPresent(node ->
                byNode.computeIfAbsent(node, _ -> new ArrayList<>()).add(task));
        }
        byNode.values().forEach(here -> here.sort(Slots.BY_AGE));
        return byNode;
    }
}

package swarm.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Gives pending tasks their nodes. Equal tasks (one service, one version of its spec) are placed
/// in one go over the nodes in order of preference; a task that fits nowhere stays pending and says
/// why, and is tried again when a node or another task changes. Tasks that were made for a node are
/// only confirmed. (swarmkit design/scheduler.md, manager/scheduler)
public final class Scheduler implements Loop {
    private static final String ASSIGNED = "scheduler assigned task to node";
    private static final String CONFIRMED = "scheduler confirmed task can run on preassigned node";

    private final TreeMap<NodeId, NodeInfo> nodes = new TreeMap<>();
    /// Tasks without an answer yet, by service and spec version.
    private final TreeMap<String, TreeSet<TaskId>> fresh = new TreeMap<>();
    /// Tasks that fitted nowhere, by service and spec version; tried again after a change.
    private final TreeMap<String, TreeSet<TaskId>> stuck = new TreeMap<>();
    /// Tasks that were counted on their node when they were placed, until the change is applied.
    private final TreeSet<TaskId> placed = new TreeSet<>();
    /// Tasks that were told to end before they had a place: nobody else can say that they ended.
    private final TreeSet<TaskId> withdrawn = new TreeSet<>();
    /// The time of the last decision, at which failures told since are counted.
    private long lastNow;

    @Override public void onStart(View view, Moment moment) {
        lastNow = moment.now();
        view.nodes().forEach(node -> nodes.put(node.id(), new NodeInfo(node)));
        view.tasks().forEach(this::add);
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event) {
            case StoreEvent.Created(Task task) -> add(task);
            case StoreEvent.Updated(Task before, Task task) -> change(before, task);
            case StoreEvent.Deleted(Task task) -> {
                info(task).ifPresent(node -> node.remove(task));
                if (!task.state().terminal()) {
                    retry();
                }
            }
            case StoreEvent.Deleted(Node node) -> nodes.remove(node.id());
            case StoreEvent.Created(Node node) -> changed(node, view);
            case StoreEvent.Updated(Node _, Node node) -> changed(node, view);
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> { }
        }
    }

    private void changed(Node node, View view) {
        NodeInfo info = nodes.get(node.id());
        if (info == null) {
            NodeInfo made = new NodeInfo(node);
            view.tasksOn(node.id()).forEach(made::add);
            nodes.put(node.id(), made);
        } else {
            info.update(node);
        }
        retry();
    }

    private void add(Task task) {
        if (pending(task)) {
            fresh.computeIfAbsent(group(task), _ -> new TreeSet<>()).add(task.id());
        } else if (task.state().before(TaskState.ASSIGNED)) {
            withdrawn.add(task.id());
        } else {
            info(task).ifPresent(node -> node.add(task));
        }
    }

    private void change(Task before, Task task) {
        if (pending(before) && placed.remove(task.id())) {
            return;
        }
        info(before).ifPresent(node -> node.remove(before));
        info(task).ifPresent(node -> node.add(task));
        if (pending(before) && task.state().before(TaskState.ASSIGNED) && !pending(task)) {
            withdrawn.add(task.id());
        }
        boolean ended = task.state().terminal() && !before.state().terminal();
        if (ended && task.state().failure()) {
            info(task).ifPresent(node -> node.failed(task, lastNow));
        }
        if (ended) {
            retry();
        }
    }

    /// Everything that fitted nowhere is tried again.
    private void retry() {
        stuck.forEach((group, tasks) ->
            fresh.computeIfAbsent(group, _ -> new TreeSet<>()).addAll(tasks));
        stuck.clear();
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        lastNow = moment.now();
        if (!withdrawn.isEmpty()) {
            List<Change> ended = end(view, moment);
            if (!ended.isEmpty()) {
                return List.of(Transaction.of(ended));
            }
        }
        while (!fresh.isEmpty()) {
            Map.Entry<String, TreeSet<TaskId>> group = fresh.firstEntry();
            List<Task> tasks = take(group.getValue(), view);
            if (group.getValue().isEmpty()) {
                fresh.remove(group.getKey());
            }
            List<Change> changes = tasks.isEmpty() ? List.of() : place(tasks, moment);
            if (!changes.isEmpty()) {
                return List.of(Transaction.of(changes));
            }
        }
        return List.of();
    }

    @Override public long deadline() {
        return NEVER;
    }

    /// The tasks that had no place yet when they were told to end, ended.
    private List<Change> end(View view, Moment moment) {
        List<Change> ended = new ArrayList<>();
        while (!withdrawn.isEmpty() && ended.size() < BATCH_CHANGES) {
            view.task(withdrawn.pollFirst()).filter(task -> task.state().before(TaskState.ASSIGNED)
                    && task.desiredState() != TaskState.REMOVE).ifPresent(task ->
                    ended.add(new Change.Update(task.withStatus(task.status().moved(moment.wall(),
                            TaskState.SHUTDOWN, "shutdown")))));
        }
        return ended;
    }

    /// Takes the next tasks of a group that still wait for a node, lowest slots first.
    private static List<Task> take(TreeSet<TaskId> group, View view) {
        List<Task> tasks = new ArrayList<>();
        while (!group.isEmpty() && tasks.size() < BATCH_CHANGES) {
            view.task(group.pollFirst()).filter(Scheduler::pending).ifPresent(tasks::add);
        }
        tasks.sort(Comparator.comparing(Task::slot).thenComparing(Task::id));
        return tasks;
    }

    private List<Change> place(List<Task> tasks, Moment moment) {
        Task first = tasks.getFirst();
        List<Filter> filters = Filter.of(first);
        Spread spread = new Spread(first, List.copyOf(nodes.values()),
                node -> admits(filters, node, first), moment.now());
        List<Change> changes = new ArrayList<>();
        Optional<String> full = Optional.empty();
        for (Task task : tasks) {
            boolean bound = task.nodeId().isPresent();
            Optional<NodeInfo> node = bound
                    ? info(task).filter(own -> admits(filters, own, task))
                    : spread.pick(candidate -> admits(filters, candidate, task));
            if (node.isPresent()) {
                changes.add(assign(task, node.get(), moment));
            } else {
                String err = full.filter(_ -> !bound).orElseGet(() -> explain(task, filters));
                full = bound ? full : Optional.of(err);
                refuse(task, err).ifPresent(changes::add);
            }
        }
        return changes;
    }

    /// The task is counted on its node here and now, so that the next one sees it.
    private Change assign(Task task, NodeInfo node, Moment moment) {
        String message = task.nodeId().isPresent() ? CONFIRMED : ASSIGNED;
        Task placed = task.withNode(node.node().id()).withStatus(
                TaskStatus.of(moment.wall(), TaskState.ASSIGNED, message));
        node.add(placed);
        this.placed.add(task.id());
        return new Change.Update(placed);
    }

    /// Says why a task fits nowhere, if it does not say so already.
    private Optional<Change> refuse(Task task, String err) {
        stuck.computeIfAbsent(group(task), _ -> new TreeSet<>()).add(task.id());
        return err.equals(task.status().err()) ? Optional.empty()
                : Optional.of(new Change.Update(task.withStatus(task.status().withErr(err))));
    }

    /// Docker's sentence: what keeps the task from how many nodes, most nodes first.
    private String explain(Task task, List<Filter> filters) {
        TreeMap<Integer, Integer> failed = new TreeMap<>();
        for (NodeInfo node : nodes.values()) {
            if (task.nodeId().isEmpty() || task.nodeId().get().equals(node.node().id())) {
                firstFailing(filters, node, task).ifPresent(at ->
                    failed.merge(at, 1, Integer::sum));
            }
        }
        List<Map.Entry<Integer, Integer>> most = new ArrayList<>(failed.entrySet());
        most.sort(Map.Entry.<Integer, Integer>comparingByValue().reversed());
        List<String> reasons = most.stream()
                .map(entry -> filters.get(entry.getKey()).explain(entry.getValue())).toList();
        return reasons.isEmpty() ? "no suitable node"
                : "no suitable node (" + String.join("; ", reasons) + ")";
    }

    private static Optional<Integer> firstFailing(List<Filter> filters, NodeInfo node, Task task) {
        for (int i = 0; i < filters.size(); i++) {
            if (!filters.get(i).admits(node, task)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static boolean admits(List<Filter> filters, NodeInfo node, Task task) {
        return firstFailing(filters, node, task).isEmpty();
    }

    /// Whether the task waits for the scheduler. One that is no longer wanted does not.
    private static boolean pending(Task task) {
        return task.state().before(TaskState.ASSIGNED)
                && !task.desiredState().after(TaskState.COMPLETE);
    }

    private static String group(Task task) {
        return task.serviceId() + "/" + task.specVersion().index();
    }

    private Optional<NodeInfo> info(Task task) {
        return task.nodeId().map(nodes::get);
    }
}

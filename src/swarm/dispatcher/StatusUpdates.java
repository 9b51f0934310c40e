package swarm.dispatcher;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.store.View;

/// Turns what agents observe into the store's task statuses. (run, state) only goes forward, the
/// same again is nothing, and a node speaks for its own tasks alone: what a report may not say is
/// passed over, so that the agent does not send it for ever.
final class StatusUpdates {
    /// The tasks with their new statuses, so far.
    private final Map<TaskId, Task> updated = new LinkedHashMap<>();

    private final View tip;
    private final Instant wall;

    StatusUpdates(View tip, Instant wall) {
        this.tip = tip;
        this.wall = wall;
    }

    /// Takes one node's reports in.
    void add(NodeId node, AgentMessage.Statuses statuses) {
        for (AgentMessage.Report report : statuses.reports()) {
            tip.task(report.task()).map(task -> updated.getOrDefault(task.id(), task))
                    .filter(task -> news(node, task, report))
                    .ifPresent(task -> updated.put(task.id(),
                            task.withStatus(report.status().applied(wall))));
        }
    }

    Iterable<Task> updated() {
        return updated.values();
    }

    int size() {
        return updated.size();
    }

    /// Whether the report says something new about a task of this node.
    static boolean news(NodeId node, Task task, AgentMessage.Report report) {
        TaskStatus status = report.status();
        boolean observable = status.state().after(TaskState.ASSIGNED)
                && status.state().before(TaskState.REMOVE);
        return observable && task.nodeId().filter(node::equals).isPresent()
                && status.newerThan(task.status());
    }
}

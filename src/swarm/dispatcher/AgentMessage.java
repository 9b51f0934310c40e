package swarm.dispatcher;

import java.util.List;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskStatus;

/// What a manager's dispatcher and a node's agent say to each other. The node's id is not in the
/// messages: it is the link's, proved by its certificate. (swarmkit design: api/dispatcher.proto)
public sealed interface AgentMessage {
    /// From an agent to the manager.
    sealed interface ToManager extends AgentMessage { }

    /// From the manager to an agent.
    sealed interface ToAgent extends AgentMessage { }

    /// The agent asks for a session. `boot` is drawn when the agent starts, so that two machines
    /// with one identity are told apart from one that reconnects.
    record Register(String boot, Node.Description description) implements ToManager { }

    /// The agent lives.
    record Heartbeat(String session) implements ToManager { }

    /// The node's engine or machine has changed.
    record Described(String session, Node.Description description) implements ToManager { }

    /// What the agent observes of its tasks; sent again until acknowledged by `number`.
    record Statuses(String session, long number, List<Report> reports) implements ToManager { }

    /// The agent has the assignments up to this number; 0 asks for all of them again.
    record Assigned(String session, long number) implements ToManager { }

    /// One task's observed status.
    record Report(TaskId task, TaskStatus status) { }

    /// The session is granted; a heartbeat is expected at least this often.
    record Session(String session, NodeId node, long heartbeatMs) implements ToAgent { }

    /// The heartbeat was heard; the period holds from now on.
    record HeartbeatHeard(String session, long heartbeatMs) implements ToAgent { }

    /// The manager has stored these statuses.
    record StatusesStored(String session, long number) implements ToAgent { }

    /// The session is none: the agent must register again, or be told why it may not.
    record Refused(String session, String reason, boolean again) implements ToAgent { }

    /// All tasks of the node; whatever else it has is to be removed. The numbers go on.
    record AllTasks(String session, long number, List<Task> tasks) implements ToAgent { }

    /// What changed since the assignments before this number: tasks new or changed, tasks gone.
    record TaskChanges(String session, long number, List<Task> changed, List<TaskId> gone)
            implements ToAgent { }
}

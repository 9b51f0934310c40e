package swarm.dispatcher;

import java.util.List;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.LogOptions;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskStatus;

/// What a manager's dispatcher and a node's agent say to each other. The node's id is not in the
/// messages: it is the link's, proved by its certificate. On a link, one frame is one message, as
/// JSON with nothing left out: `{"Heartbeat":{"Session":"4x..."}}`.
/// (swarmkit design: api/dispatcher.proto)
public sealed interface AgentMessage {
    /// From an agent to the manager.
    sealed interface ToManager extends AgentMessage {
        /// The session that the message belongs to; empty for one that asks for a session.
        String session();

        /// The message's frame.
        default byte[] toBytes() {
            return RecordCodec.toBytes(ToManager.class, this, Audience.LOG);
        }

        /// The message of a frame.
        ///
        /// @throws JsonException when the bytes are no such message
        static ToManager fromBytes(byte[] frame) throws JsonException {
            return RecordCodec.fromBytes(ToManager.class, frame);
        }
    }

    /// From the manager to an agent.
    sealed interface ToAgent extends AgentMessage {
        /// The message's frame.
        default byte[] toBytes() {
            return RecordCodec.toBytes(ToAgent.class, this, Audience.LOG);
        }

        /// The message of a frame.
        ///
        /// @throws JsonException when the bytes are no such message
        static ToAgent fromBytes(byte[] frame) throws JsonException {
            return RecordCodec.fromBytes(ToAgent.class, frame);
        }
    }

    /// The agent asks for a session. `boot` is drawn when the agent starts, so that two machines
    /// with one identity are told apart from one that reconnects.
    record Register(String boot, Node.Description description) implements ToManager {
        @Override public String session() {
            return "";
        }
    }

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

    /// This manager does not lead, and so neither grants nor ends sessions; the one at `leader`
    /// does, which is empty while nobody is known to lead.
    record NotLeading(String session, String leader) implements ToAgent { }

    /// What the node is to be, and the addresses of all managers, sorted.
    record Membership(String session, Node.Role role, List<String> managers)
            implements ToAgent { }

    /// All tasks of the node; whatever else it has is to be removed. The numbers go on.
    record AllTasks(String session, long number, List<Task> tasks) implements ToAgent { }

    /// Somebody wants the output of tasks that this node has: the node, not its agent, dials the
    /// manager at `addr`, names the stream, and sends the output there.
    record Logs(String stream, String addr, List<Logged> tasks, LogOptions options)
            implements ToAgent { }

    /// A task whose output is wanted, and its container.
    record Logged(TaskId task, ServiceId service, String containerId) { }

    /// What changed since the assignments before this number: tasks new or changed, tasks gone.
    record TaskChanges(String session, long number, List<Task> changed, List<TaskId> gone)
            implements ToAgent { }
}

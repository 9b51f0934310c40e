package swarm.manager;

import swarm.api.Deed;
import swarm.dispatcher.AgentMessage;
import swarm.model.NodeId;
import swarm.raft.RaftInput;

/// What can happen to a manager. Tokens are the shell's names for the clients that wait.
public sealed interface ManagerInput {
    /// The deadline has come.
    record Tick() implements ManagerInput { }

    /// Something for raft alone: a peer's message, a finished sync or snapshot.
    record ToRaft(RaftInput input) implements ManagerInput { }

    /// A client's write. The request id was drawn by the manager that received it and stays the
    /// same however often the write is sent.
    record Write(long token, String requestId, Deed deed) implements ManagerInput { }

    /// A client's read, to be answered from a view that holds every write acknowledged before now.
    record Read(long token) implements ManagerInput { }

    /// A message of a node's agent; the node is proved by its link.
    record FromAgent(NodeId node, String addr, AgentMessage.ToManager message)
            implements ManagerInput { }

    /// The link to a node's agent has ended.
    record AgentGone(NodeId node) implements ManagerInput { }
}

package swarm.manager;

import java.util.Optional;
import swarm.api.Deed;
import swarm.dispatcher.AgentMessage;
import swarm.model.NodeId;
import swarm.raft.RaftInput;
import swarm.raft.SnapshotMeta;
import swarm.store.View;

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

    /// A client's look at this manager's own state, which may be old: answered at once, with what
    /// is known of the leader.
    record Look(long token) implements ManagerInput { }

    /// Hand the leadership to another manager, if this one leads and is not the only voter.
    record HandOver(long token) implements ManagerInput { }

    /// The answer to raft's InstallSnapshot: the state at `meta.index()`, durable by now; no view
    /// when the file was no good and was dropped.
    record Installed(SnapshotMeta meta, Optional<View> view) implements ManagerInput { }

    /// A message of a node's agent; the node is proved by its link.
    record FromAgent(NodeId node, String addr, AgentMessage.ToManager message)
            implements ManagerInput { }

    /// The link to a node's agent has ended.
    record AgentGone(NodeId node) implements ManagerInput { }
}

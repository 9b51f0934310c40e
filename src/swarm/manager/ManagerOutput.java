package swarm.manager;

import swarm.api.ApiAnswer;
import swarm.api.Facts;
import swarm.dispatcher.AgentMessage;
import swarm.model.NodeId;
import swarm.raft.RaftOutput;
import swarm.raft.SnapshotMeta;
import swarm.store.View;

/// What a manager asks of the world. All but raft's writes are visible to others, and so are
/// performed only after the sync of their round.
public sealed interface ManagerOutput {
    /// Something that raft wants written, sent or fetched.
    record FromRaft(RaftOutput output) implements ManagerOutput { }

    /// The end of a client's write or hand-over.
    record Answer(long token, ApiAnswer answer) implements ManagerOutput { }

    /// A client's write or read that nobody has done or will do anything about, by what this
    /// manager was told: no leader could be asked. The answer says why.
    record Leaderless(long token, ApiAnswer answer) implements ManagerOutput { }

    /// A client's read, or look, may be answered from this view.
    record Readable(long token, View view, Facts facts) implements ManagerOutput { }

    /// A client's write or read that this manager has done nothing about, since another leads: it
    /// is to be asked there, a write under the same request id.
    record Elsewhere(long token, NodeId leader, String addr) implements ManagerOutput { }

    /// A message to a node's agent; lost when the node has no link.
    record Tell(NodeId node, AgentMessage.ToAgent message) implements ManagerOutput { }

    /// Make this view a durable snapshot, in the background, and say so with SnapshotTaken.
    record CutSnapshot(SnapshotMeta meta, View view) implements ManagerOutput { }

    /// Something worth a line in the log.
    record Happened(ManagerEvent event) implements ManagerOutput { }
}

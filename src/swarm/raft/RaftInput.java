package swarm.raft;

import java.util.Optional;

/// What can happen to a server. Tokens are the shell's: Raft hands them back with the answer and
/// never looks at them. Time and order come from the shell: it drains its mailbox before it gives a
/// Tick, so that a heartbeat that waits in the queue counts.
public sealed interface RaftInput {
    /// `Raft.deadline()` has come.
    record Tick() implements RaftInput {}

    /// A message arrived, decoded and with its sender proved.
    record Received(MemberId from, Message message) implements RaftInput {}

    /// Everything Raft told the shell to write is durable; the log's last entry is (index, term).
    /// Given once per round after its sync, before anything of the round is sent. A leader and a
    /// candidate count their own disk only from here.
    record Persisted(long index, long term) implements RaftInput {}

    /// The shell has made this snapshot of the state at `meta.index` durable. (Raft §7)
    record SnapshotTaken(SnapshotMeta meta) implements RaftInput {}

    /// The answer to InstallSnapshot: `installed`, or the bytes were no good and were dropped.
    record SnapshotInstalled(SnapshotMeta meta, boolean installed) implements RaftInput {}

    /// A connection to this member ended without a goodbye.
    record PeerClosed(MemberId peer) implements RaftInput {}

    /// The dial that Raft asked for (DialOnce) was refused: no process listens there any more.
    record PeerRefused(MemberId peer) implements RaftInput {}

    /// Stand for election now, after a pre-vote. For an operator or a test; nothing needs it.
    record Campaign() implements RaftInput {}

    /// What only a leader can do. Answered by Accepted, ReadReady, Transferred, or Refused.
    sealed interface Request extends RaftInput {
        /// The shell's name for this request.
        long token();
    }

    /// Append a command.
    record Propose(long token, byte[] command) implements Request {}

    /// Tell when the state is fresh enough for a read that begins now. (Ongaro §6.4)
    record ReadIndex(long token) implements Request {}

    /// Change the members, one at a time. (Ongaro §4.1)
    record ChangeConfiguration(long token, Configuration.Change change) implements Request {}

    /// Hand the leadership to `target`, or to the most complete voter. (Ongaro §3.10)
    record Transfer(long token, Optional<MemberId> target) implements Request {}
}

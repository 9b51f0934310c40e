package swarm.raft;

import java.util.List;
import java.util.Optional;

/// What a server asks of its shell. The law, durable before visible, is kept by the shell's round:
///
/// 1. step every waiting input and collect the outputs;
/// 2. perform the Writes in their order, then sync once;
/// 3. if there were Writes, step Persisted and take its outputs through 2 and 3 as well;
/// 4. perform all the rest, in order.
///
/// After a failed write or sync nothing more of the round is performed and the server stops; what
/// it then finds on its disk is a state it was in.
public sealed interface RaftOutput {
    /// What goes to the disk: performed first, before the round's one sync.
    sealed interface Write extends RaftOutput {}

    /// Replace term and vote, as one record.
    record SaveHardState(HardState state) implements Write {}

    /// Forget the entries from `index` on: another leader's have their place. (Raft §5.3)
    record TruncateFrom(long index) implements Write {}

    /// Add these entries at the log's end; they follow its last one without a gap.
    record Append(List<Entry> entries) implements Write {}

    /// Forget the whole log; the next entry will be `nextIndex`. A snapshot has replaced it.
    record ResetLog(long nextIndex) implements Write {}

    /// Entries below `index` will not be read again; the disk may drop them whenever it likes.
    record DropBefore(long index) implements Write {}

    /// Send a message; it may be lost.
    record Send(MemberId to, Message message) implements RaftOutput {}

    /// Read at most `bytesMax` bytes of the snapshot `header.meta()` from `header.offset()` on and
    /// send `header.carrying(bytes, last)`. If that snapshot is no longer there, do nothing.
    record SendSnapshotChunk(MemberId to, Message.SnapshotChunk header, int bytesMax)
        implements RaftOutput {}

    /// Write these bytes of an arriving snapshot to a file aside; offset 0 begins it afresh.
    record StoreSnapshotChunk(SnapshotMeta meta, long offset, byte[] bytes)
        implements RaftOutput {}

    /// The file aside is complete: verify, sync and rename it, replace the state by it, and answer
    /// with SnapshotInstalled. Until then Raft takes no entries.
    record InstallSnapshot(SnapshotMeta meta) implements RaftOutput {}

    /// These entries, of every kind, are committed: apply them, in order. (Raft §5.3)
    record Committed(List<Entry> entries) implements RaftOutput {}

    /// The request has its place in the log. It holds if the entry committed at `index` has `term`;
    /// with any other term there it was lost.
    record Accepted(long token, long index, long term) implements RaftOutput {}

    /// The read may be answered from the state at `index`, which is already applied.
    record ReadReady(long token, long index) implements RaftOutput {}

    /// The target was told to stand for election, and this server leads no more.
    record Transferred(long token, MemberId target) implements RaftOutput {}

    /// The request had no effect, and why.
    record Refused(long token, Refusal reason) implements RaftOutput {}

    /// Dial this member once, beside any reconnecting, and tell by PeerRefused if it is refused.
    record DialOnce(MemberId peer) implements RaftOutput {}

    /// Something worth telling happened.
    record Happened(RaftEvent event) implements RaftOutput {}

    /// Why a request was refused.
    sealed interface Refusal {}

    /// Another server leads, or none that is known.
    record NotLeader(Optional<MemberId> leader) implements Refusal {}

    /// Too much waits already, a transfer is under way, or this term has committed nothing yet.
    /// Try again.
    record Busy(String why) implements Refusal {}

    /// The request can never be done as it is.
    record Impossible(String why) implements Refusal {}
}

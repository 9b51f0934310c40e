package swarm.raft;

import java.util.List;
import swarm.Invariant;

/// The messages between servers, each with only its own fields. `term()` is the sender's term, and
/// the rules about terms (Figure 2, all servers) need nothing else. Any message may be lost,
/// delayed, doubled or overtaken.
///
/// `session` numbers a leader's bookkeeping about one follower, begun afresh when a member is added
/// again: an answer from before does not count (F27). `round` numbers a leader's heartbeats.
///
/// Departs: the paper's heartbeat is an empty AppendEntries. Here it is a message of its own, for a
/// follower that loads a snapshot has no log to compare, and a read asks only "do you follow me?".
/// And a request with an old term is answered with `Outdated` instead of a refusal in kind.
public sealed interface Message {
    /// The sender's current term.
    long term();

    /// What a leader sends; its term is the receiver's or higher, or it is out of date.
    sealed interface FromLeader extends Message {}

    /// What answers a request; only the role that asked understands it.
    sealed interface Reply extends Message {}

    /// Would you vote for me in the term after mine? Changes nothing at the receiver. (Ongaro §9.6)
    record PreVoteRequest(long term, Position last) implements Message {}

    /// The answer, in words of the term that the candidate had (`asked`).
    record PreVoteReply(long term, long asked, boolean granted) implements Reply {}

    /// RequestVote. `transfer`: the leader itself wants this election. (Raft §5.2, Ongaro §3.10)
    record VoteRequest(long term, Position last, boolean transfer) implements Message {}

    /// The vote, or not.
    record VoteReply(long term, boolean granted) implements Reply {}

    /// AppendEntries: the entries that follow `previous`. (Raft §5.3)
    record Append(long term, long session, Position previous, long commit, List<Entry> entries)
        implements FromLeader {
        public Append {
            entries = List.copyOf(entries);
            long index = previous.index();
            for (Entry entry : entries) {
                index++;
                Invariant.check(entry.index() == index, "an append without gaps");
                Invariant.check(entry.term() <= term, "no entry is from a later term");
            }
        }

        /// The last entry that the receiver has when it took this message.
        long lastIndex() {
            return previous.index() + entries.size();
        }
    }

    /// The follower's log is the leader's, up to `match`, and durable.
    record AppendAccepted(long term, long session, long match) implements Reply {}

    /// The follower lacks (previousIndex, its term); `hint` is the last place where it could agree.
    record AppendRefused(long term, long session, long previousIndex, Position hint)
        implements Reply {}

    /// I lead. `commit` goes no further than what this follower is known to hold.
    record Heartbeat(long term, long round, long commit) implements FromLeader {}

    /// You lead.
    record HeartbeatReply(long term, long round) implements Reply {}

    /// InstallSnapshot, one piece of it. (Raft §7)
    record SnapshotChunk(long term, long session, SnapshotMeta meta, Piece piece)
        implements FromLeader {
        /// The first byte's place in the snapshot.
        public long offset() {
            return piece.offset;
        }

        /// The same message with the snapshot's bytes filled in.
        public SnapshotChunk carrying(byte[] bytes, boolean last) {
            return new SnapshotChunk(term, session, meta, new Piece(offset(), bytes, last));
        }
    }

    /// Bytes of a snapshot; `last` when it ends with them.
    record Piece(long offset, byte[] bytes, boolean last) {}

    /// The follower has the snapshot's bytes below `nextOffset`.
    record SnapshotAccepted(long term, long session, long index, long nextOffset)
        implements Reply {}

    /// Stand for election at once: the leader has stepped down for you. (Ongaro §3.10)
    record TimeoutNow(long term) implements FromLeader {}

    /// Your term is over: this is mine.
    record Outdated(long term) implements Message {}

    /// You are no member any more: stop asking for votes. (F44)
    record Removed(long term) implements Message {}
}

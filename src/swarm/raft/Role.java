package swarm.raft;

import java.util.Optional;

/// The three boxes of Figure 2 below "all servers": each role owns the fields that only it has, and
/// they are gone when the role is.
sealed interface Role permits Follower, Candidate, Leader {
    /// When onTick wants to be called; Long.MAX_VALUE for never.
    long deadline();

    /// The deadline may have come.
    void onTick();

    /// The disk holds everything decided before this step.
    void onPersisted();

    /// An answer of the current term.
    void onReply(MemberId from, Message.Reply reply);

    /// Something only a leader can do.
    void onRequest(RaftInput.Request request);

    /// The leader of the current term, as far as known.
    Optional<MemberId> leader();

    /// A leader was heard so lately that no election is wanted. (Raft §6, Ongaro §4.2.3)
    boolean hearsLeader();
}

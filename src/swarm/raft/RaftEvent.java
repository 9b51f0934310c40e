package swarm.raft;

/// What a reader of the log or of a simulator's timeline wants to know; facts, not orders. The
/// manager acts on BecameLeader, LostLeadership and ConfigurationChanged, and the shell keeps its
/// links to the members of the last ConfigurationChanged.
public sealed interface RaftEvent {
    /// This server asks whether an election in `term` could be won. (Ongaro §9.6)
    record AskedPreVotes(long term) implements RaftEvent {}

    /// This server stands for election.
    record StoodForElection(long term) implements RaftEvent {}

    /// This server gave its vote.
    record Voted(long term, MemberId candidate) implements RaftEvent {}

    /// This server won the election; its log ends at `lastIndex`.
    record BecameLeader(long term, long lastIndex) implements RaftEvent {}

    /// This server leads no more.
    record LostLeadership(long term, String why) implements RaftEvent {}

    /// This server follows a leader from here on.
    record FollowsLeader(long term, MemberId leader) implements RaftEvent {}

    /// Entries that another leader had sent, none of them committed, gave way.
    record Truncated(long fromIndex, long lastIndex) implements RaftEvent {}

    /// The members from here on, whether by an append, a truncation, or a snapshot.
    record ConfigurationChanged(long index, Configuration configuration) implements RaftEvent {}

    /// A follower needs what the log no longer has: the snapshot is sent.
    record SendsSnapshot(MemberId to, long index) implements RaftEvent {}

    /// A snapshot took the place of the log.
    record InstalledSnapshot(long index) implements RaftEvent {}

    /// The leader's process is gone; an election follows at once.
    record LeaderGone(long term, MemberId leader) implements RaftEvent {}

    /// The leader says that this server is no member any more; it falls silent.
    record WasRemoved(long term) implements RaftEvent {}
}

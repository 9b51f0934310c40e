package swarm.raft;

import java.util.Optional;

/// What a server must never forget: its current term and the vote it gave in that term. The two
/// are one record so that they reach the disk together. (Raft Figure 2, persistent state)
public record HardState(long term, Optional<MemberId> votedFor) {
    /// Before the first election.
    public static final HardState START = new HardState(0, Optional.empty());
}

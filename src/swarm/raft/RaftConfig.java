package swarm.raft;

import swarm.Invariant;

/// The times and limits of one server. All servers of a cluster should have the same times.
///
/// `fullChecks` makes the invariants walk the whole log after every step: for tests and simulators.
public record RaftConfig(Timing timing, Limits limits, boolean fullChecks) {
    /// What a manager runs with.
    public static final RaftConfig STANDARD =
        new RaftConfig(Timing.STANDARD, Limits.STANDARD, false);

    /// Milliseconds. A follower waits for `electionMinMs` to `electionMaxMs`, drawn anew each time,
    /// before it stands for election; within `electionMinMs` of hearing a leader it helps nobody to
    /// replace it (Ongaro §4.2.3). A leader that a majority did not answer for `quorumCheckMs`
    /// steps down (Ongaro §6.2). `resendMs` is how long an append may stay unanswered: above a slow
    /// disk's sync, below an election.
    public record Timing(long heartbeatMs, long electionMinMs, long electionMaxMs,
                         long quorumCheckMs, long resendMs) {
        /// Ten heartbeats may be lost before an election.
        public static final Timing STANDARD = new Timing(100, 1000, 1500, 1000, 400);

        public Timing {
            Invariant.check(heartbeatMs > 0 && heartbeatMs < electionMinMs,
                "a heartbeat must be shorter than an election");
            Invariant.check(electionMinMs < electionMaxMs,
                "an election must have room for chance");
            Invariant.check(quorumCheckMs > heartbeatMs && resendMs > 0,
                "a quorum check must be longer than a heartbeat");
        }
    }

    /// `appendBytesMax` bounds one message (one entry always fits), `appendsInFlightMax` the
    /// messages one follower may owe an answer, `uncommittedBytesMax` what a leader takes before it
    /// says Busy, `chunkBytes` one piece of a snapshot. After a snapshot the newest
    /// `trailingEntries` stay in the log, so that a slow follower need not load the snapshot.
    public record Limits(int appendBytesMax, int appendsInFlightMax, long uncommittedBytesMax,
                         int chunkBytes, int trailingEntries) {
        /// A frame of 4 MiB holds every message; SwarmKit keeps 500 entries for slow followers.
        public static final Limits STANDARD =
            new Limits(1 << 20, 16, 64L << 20, 1 << 18, 500);

        public Limits {
            Invariant.check(appendBytesMax > 0 && appendsInFlightMax > 0 && chunkBytes > 0,
                "an append and a chunk must be able to carry something");
            Invariant.check(uncommittedBytesMax > 0 && trailingEntries >= 0,
                "limits must not be negative");
        }
    }
}

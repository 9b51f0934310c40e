package swarm.raft;

/// One log entry: the term of the leader that made it, its place in the log, and what it carries.
/// The bytes of a COMMAND mean nothing to raft; a CONFIGURATION holds the members from here on; a
/// NOOP is what a new leader writes to learn what is committed. (Raft §5.3, §8)
public record Entry(long index, long term, Kind kind, byte[] data) {
    /// What an entry's bytes are.
    public enum Kind { NOOP, COMMAND, CONFIGURATION }
}

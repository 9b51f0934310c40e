package swarm.raft;

/// A place in a log: an entry's index together with its term. Two logs that hold the same position
/// are equal up to it (Raft §5.3, Log Matching), so one position stands for a whole prefix.
public record Position(long index, long term) {
    /// Before the first entry: every log holds it.
    public static final Position START = new Position(0, 0);

    /// Is a log that ends here at least as complete as one that ends at `other`? (Raft §5.4.1)
    public boolean upToDate(Position other) {
        return term > other.term || term == other.term && index >= other.index;
    }
}

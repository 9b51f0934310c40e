package swarm.raft;

/// What a snapshot stands for: all entries up to `index`, the last of which has `term`, and the
/// configuration in force there, encoded as in a CONFIGURATION entry. (Raft §7)
public record SnapshotMeta(long index, long term, byte[] configuration) {
    /// An empty log's snapshot: nothing at all.
    public static final SnapshotMeta NONE = new SnapshotMeta(0, 0, new byte[0]);
}

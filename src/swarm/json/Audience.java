package swarm.json;

/// For whom a record is written.
public enum Audience {
    /// Clients of the daemon, who see Docker's fields.
    API,
    /// The log, snapshots and other nodes of the cluster, for whom nothing is left out.
    LOG
}

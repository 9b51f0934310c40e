package swarm.manager;

/// What a manager tells of itself beside raft's own events.
public sealed interface ManagerEvent {
    /// This manager leads and its loops run, from the state at this index.
    record Leading(long term, long index) implements ManagerEvent { }

    /// It leads no more; what was not committed is the next leader's to decide.
    record Following(long term) implements ManagerEvent { }

    /// A transaction in the log was refused when it was applied; nothing was changed.
    record Refused(long index, String reason) implements ManagerEvent { }
}

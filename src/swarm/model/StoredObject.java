package swarm.model;

import java.time.Instant;

/// What the replicated store holds: objects with an id, a version and two times. The store alone
/// sets version and times, from the log entry that carries the change.
public sealed interface StoredObject permits Cluster, Node, Service, Task {
    /// The id as text, unique within the object's kind.
    String key();

    /// The log index of the last change.
    Version version();

    /// When it was created, by the clock of the leader of that time.
    Instant createdAt();

    /// The same object as stored by a log entry.
    StoredObject stamped(Version version, Instant createdAt, Instant updatedAt);

    /// Which kind it is.
    Kind kind();

    /// The kinds of objects, in the order in which a snapshot holds them.
    enum Kind { CLUSTER, NODE, SERVICE, TASK }
}

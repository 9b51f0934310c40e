package swarm.store;

import swarm.model.StoredObject;

/// What an applied change did, for the loops and the watchers, in log order.
public sealed interface StoreEvent {
    /// A new object.
    record Created(StoredObject object) implements StoreEvent { }

    /// An object as it was and as it is.
    record Updated(StoredObject before, StoredObject object) implements StoreEvent { }

    /// An object that is gone, as it was last.
    record Deleted(StoredObject object) implements StoreEvent { }

    /// The object as it is, or was last.
    StoredObject object();
}

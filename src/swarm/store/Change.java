package swarm.store;

import swarm.model.StoredObject;
import swarm.model.Version;

/// One change to one object. An update or a deletion names the version that it was decided on and
/// is refused when the object has changed since.
public sealed interface Change {
    /// A new object; its version and times are set by the store.
    record Create(StoredObject object) implements Change { }

    /// An object put in the place of the one with the same id; its `version` is the expected one.
    record Update(StoredObject object) implements Change { }

    /// An object taken away.
    record Delete(StoredObject.Kind objectKind, String key, Version expected) implements Change {
        /// Takes away just this object.
        public static Delete of(StoredObject object) {
            return new Delete(object.kind(), object.key(), object.version());
        }
    }
}

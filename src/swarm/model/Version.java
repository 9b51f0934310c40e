package swarm.model;

import swarm.json.Always;

/// The log index of an object's last change. A client sends it back with an update, which is
/// refused as out of sequence when the object has changed since. (Docker's `Version.Index`)
public record Version(@Always long index) {
    /// Of an object that is not stored yet.
    public static final Version NONE = new Version(0);
}

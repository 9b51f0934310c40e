package swarm.engine;

/// What happened to one of our containers, or that something may have. An event is a reason to
/// inspect, never the truth itself.
public sealed interface EngineEvent {
    /// Something happened to this container: it started, died, was removed, paused, changed health.
    record Touched(String containerId, String containerName) implements EngineEvent { }

    /// The engine was out of sight and is back: anything may have happened.
    record Gap() implements EngineEvent { }

    /// The engine is out of sight, and why.
    record Lost(String message) implements EngineEvent { }
}

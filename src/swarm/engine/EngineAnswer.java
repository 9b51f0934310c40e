package swarm.engine;

import java.util.List;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;

/// How a call to an engine ended.
public sealed interface EngineAnswer {
    /// The call did what it says.
    record Done() implements EngineAnswer { }

    /// The engine and its machine.
    record Described(Placement.Platform platform, Resources resources, Node.Engine engine)
            implements EngineAnswer { }

    /// Our containers.
    record Listed(List<Container> containers) implements EngineAnswer { }

    /// One container.
    record Inspected(Container container) implements EngineAnswer { }

    /// The id of the container made.
    record Created(String containerId) implements EngineAnswer { }

    /// The call failed; `message` is the engine's own, in one line.
    record Failed(Cause cause, String message) implements EngineAnswer { }

    /// What kind of failure it was, for that decides what to do next.
    enum Cause {
        /// There is no such container or image.
        NOT_FOUND,
        /// The name is taken, or the container is in a state that forbids the call.
        CONFLICT,
        /// The engine understood and will not do it: a bad mount, an unknown signal, a taken port.
        REFUSED,
        /// The engine was not reached, did not answer in time or has trouble of its own: the same
        /// call may work later, and may have worked already.
        UNAVAILABLE
    }
}

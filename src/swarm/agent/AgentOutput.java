package swarm.agent;

import java.util.List;
import java.util.Optional;
import swarm.dispatcher.AgentMessage;
import swarm.engine.EngineCall;
import swarm.model.Node;

/// What an agent asks of the world, to be performed in the order given.
public sealed interface AgentOutput {
    /// Send on the newest link; without one it is dropped, for the agent sends again.
    record ToManager(AgentMessage.ToManager message) implements AgentOutput { }

    /// Perform a call to the engine, beside all others.
    record Call(long callId, EngineCall call) implements AgentOutput { }

    /// Put these bytes in the place of those saved before, durably, before what follows.
    record Save(byte[] state) implements AgentOutput { }

    /// Dial a manager now, beside the link that there is: first the one at `to`, which is said to
    /// lead, else another than last time.
    record Redial(String why, Optional<String> to) implements AgentOutput { }

    /// What the node is to be, and where all managers are: to be remembered and acted upon.
    record Belongs(Node.Role role, List<String> managers) implements AgentOutput { }

    /// Something for the log.
    record Event(AgentEvent event) implements AgentOutput { }
}

package swarm.agent;

import swarm.dispatcher.AgentMessage;
import swarm.engine.EngineCall;

/// What an agent asks of the world, to be performed in the order given.
public sealed interface AgentOutput {
    /// Send on the newest link; without one it is dropped, for the agent sends again.
    record ToManager(AgentMessage.ToManager message) implements AgentOutput { }

    /// Perform a call to the engine, beside all others.
    record Call(long callId, EngineCall call) implements AgentOutput { }

    /// Put these bytes in the place of those saved before, durably, before what follows.
    record Save(byte[] state) implements AgentOutput { }

    /// Dial a manager now, another than last time, beside the link that there is.
    record Redial(String why) implements AgentOutput { }

    /// Something for the log.
    record Event(AgentEvent event) implements AgentOutput { }
}

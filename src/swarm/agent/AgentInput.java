package swarm.agent;

import swarm.dispatcher.AgentMessage;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineEvent;

/// What can happen to an agent.
public sealed interface AgentInput {
    /// The deadline came, or there is nothing else to say.
    record Tick() implements AgentInput { }

    /// A message from the manager at the other end of the newest link.
    record FromManager(AgentMessage.ToAgent message) implements AgentInput { }

    /// There is a link to a manager, which takes the place of an older one.
    record LinkUp() implements AgentInput { }

    /// There is no link any more, or none could be made.
    record LinkDown(String why) implements AgentInput { }

    /// A call ended.
    record Answered(long callId, EngineAnswer answer) implements AgentInput { }

    /// The engine reports something by itself.
    record Happened(EngineEvent event) implements AgentInput { }
}

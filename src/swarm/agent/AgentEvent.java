package swarm.agent;

import swarm.model.TaskId;
import swarm.model.TaskStatus;

/// What a reader of an agent's log wants to know; facts, not orders.
public sealed interface AgentEvent {
    /// A task moved; its status is new.
    record TaskMoved(TaskId task, TaskStatus status) implements AgentEvent { }

    /// A manager granted a session.
    record SessionGranted(String session) implements AgentEvent { }

    /// A manager refused, or ended the session.
    record SessionRefused(String reason, boolean again) implements AgentEvent { }

    /// No manager answers; from here on the agent restarts tasks by itself.
    record CutOff(long silentMs) implements AgentEvent { }

    /// A manager answers again.
    record HeardAgain() implements AgentEvent { }

    /// The engine cannot be reached, and why.
    record EngineLost(String why) implements AgentEvent { }

    /// The engine answers.
    record EngineFound(String version) implements AgentEvent { }

    /// A container of ours that no task stands for is taken away.
    record StrayFound(String containerName) implements AgentEvent { }

    /// The manager's numbers have a gap: all assignments are asked for again.
    record AssignmentsMissed(long number, long expected) implements AgentEvent { }
}

/// Doing it, on each node: the agent turns the tasks that a manager assigns into calls to the
/// container engine, and what the engine shows into statuses. [swarm.agent.Agent] is a machine that
/// never waits: each step takes one input and returns outputs, in the order in which they are to be
/// performed. [swarm.agent.TaskMachine] carries one task, one legal step at a time; nothing is
/// believed but what an inspection showed. It knows no store, and of the managers only their
/// messages. Next on a task's way: the package `engine`.
package swarm.agent;

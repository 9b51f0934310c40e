/// What should run: control loops that compare services with their tasks and make, restart, update
/// and forget tasks. They never choose a node (that is `scheduler`) and never touch one (that is
/// `agent`). Each is a [swarm.store.Loop]: pure decisions on the leader's tip, incremental, with no
/// memory that could not be rebuilt from a view. Start with [swarm.orchestrator.Replicated].
package swarm.orchestrator;

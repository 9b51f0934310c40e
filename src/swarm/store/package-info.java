/// The replicated state: an immutable [swarm.store.View] and the changes that lead from one to the
/// next. A [swarm.store.Command] is what one log entry carries; [swarm.store.Store] replays it, on
/// every manager alike, and so draws no clock, id or chance: those are in the command. The control
/// loops see views and events only. Next on a request's way back: `manager`; on a task's way:
/// `orchestrator`.
package swarm.store;

/// One manager as a machine: raft, the store, the control loops and the dispatcher, joined so that
/// they share one thread and one order of events. A leader decides on its tip, the view with all
/// that it has proposed; clients and agents hear only of what is committed. The package never
/// waits, draws its own time or touches the world: it is stepped by `node`, and by the simulator.
/// Start with [swarm.manager.Manager]; the next on a request's way are `raft` and `store`.
package swarm.manager;

/// Telling nodes: sessions, heartbeats, assignments as numbered differences, observed states in
/// batches back into the store. [swarm.dispatcher.Dispatcher] is one of the leader's loops, with a
/// second face towards the agents: it decides on the leader's tip, and tells agents only what is
/// committed. It talks to no engine and keeps nothing that a new leader would miss: sessions live
/// in memory and are asked for again. Next on a task's way: the package `agent`.
package swarm.dispatcher;

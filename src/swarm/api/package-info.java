/// Docker's swarm endpoints as functions: a request becomes a [swarm.api.Route] without looking at
/// any state; a read is then a function of a committed view, a write a function of the leader's tip
/// that proposes changes or refuses in Docker's words. No sockets, no threads, no clock here. Next
/// on the way of a request: `manager`.
package swarm.api;

/// HTTP/1.1, both ends, over unix sockets and TCP: heads and bodies with limits, streams, upgrades,
/// and the pass-through to a container engine. It knows no route and no JSON beyond an error's.
package swarm.http;

/// The imperative shell: the daemon, its threads, its sockets and its files. Each machine is owned
/// by one platform thread that drains a bounded [swarm.node.Mailbox], steps, and performs what
/// comes out; the law *durable before visible* is kept in one class, [swarm.node.Round]. Nothing is
/// decided here that a machine could decide. Start with [swarm.node.Daemon].
package swarm.node;

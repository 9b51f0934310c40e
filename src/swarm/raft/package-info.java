/// Consensus among the managers: who leads, and which entries in which order are settled for good.
///
/// A machine without clock, thread, file or connection: Raft takes inputs and returns what is to be
/// done. It must not know what a command means. The law it relies on is its shell's: durable before
/// visible, one sync for a round's writes before anything of the round leaves.
///
/// Begin with Raft, then Server, Follower, Candidate and Leader beside Figure 2 of the paper.
package swarm.raft;

/// Container engines behind one seam, [swarm.engine.Engine]: Docker over its API, child processes
/// for machines without it, and none. They carry out calls, report what happens behind our back and
/// copy output; what a task or a cluster is they do not know. This is the end of a task's path.
package swarm.engine;

/// Where tasks run: pending tasks meet nodes. Filters say where a task can run and explain
/// themselves when it can run nowhere; the spread says where it had better. Never makes a task and
/// never moves one. Start with [swarm.scheduler.Scheduler].
package swarm.scheduler;

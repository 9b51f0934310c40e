package swarm.model;

/// Where a task stands, in the order it goes through; a task never goes back. A state after RUNNING
/// is terminal. REMOVE is only ever desired, never observed. (swarmkit design/task_model.md)
public enum TaskState {
    NEW, PENDING, ASSIGNED, ACCEPTED, PREPARING, READY, STARTING, RUNNING,
    COMPLETE, SHUTDOWN, FAILED, REJECTED, REMOVE, ORPHANED;

    /// Whether the task has stopped for good.
    public boolean terminal() {
        return after(RUNNING);
    }

    /// Whether this state comes later on the ladder than the other.
    public boolean after(TaskState other) {
        return compareTo(other) > 0;
    }

    /// Whether this state comes earlier on the ladder than the other.
    public boolean before(TaskState other) {
        return compareTo(other) < 0;
    }

    /// Whether this is a failure, counted against the node and the restart policy.
    public boolean failure() {
        return this == FAILED || this == REJECTED;
    }
}

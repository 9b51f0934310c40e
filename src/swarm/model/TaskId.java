package swarm.model;

import swarm.json.Scalar;

/// A task's id; a replacement is a new task with a new id. 25 digits of base 36, see [Ids].
@Scalar
public record TaskId(String text) implements Comparable<TaskId> {
    @Override public int compareTo(TaskId other) {
        return text.compareTo(other.text);
    }

    @Override public String toString() {
        return text;
    }
}

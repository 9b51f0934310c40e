package swarm.model;

import swarm.json.Scalar;

/// A node's id, for as long as the machine is a member. 25 digits of base 36, see [Ids].
@Scalar
public record NodeId(String text) implements Comparable<NodeId> {
    @Override public int compareTo(NodeId other) {
        return text.compareTo(other.text);
    }

    @Override public String toString() {
        return text;
    }
}

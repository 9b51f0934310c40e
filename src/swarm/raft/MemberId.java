package swarm.raft;

/// A raft member's number: drawn at random when a manager joins and never used again, so that a
/// machine that lost its disk cannot be taken for the voter it was. (Ongaro §4.1)
public record MemberId(long number) implements Comparable<MemberId> {
    @Override public int compareTo(MemberId other) {
        return Long.compareUnsigned(number, other.number);
    }

    @Override public String toString() {
        return Long.toHexString(number);
    }
}

package swarm.disk;

import java.util.Optional;
import swarm.raft.HardState;

/// What the log's records add up to, but for the entries themselves: term and vote, and which
/// indexes the log holds. The same rules judge what is written and what is read back.
///
/// Invariants: first <= next; the term never goes back, nor does a vote change within its term.
/// Source: Raft Figure 2, persistent state.
final class LogState {
    /// Term and vote; replaced by each Head and State.
    private HardState hardState;
    /// The lowest index that the log has held since it began or was last reset; entries below it
    /// are only in a snapshot.
    private long first;
    /// The index that the next entry must have.
    private long next;

    LogState(HardState hardState, long next) {
        this.hardState = hardState;
        this.first = next;
        this.next = next;
    }

    HardState hardState() {
        return hardState;
    }

    long first() {
        return first;
    }

    long next() {
        return next;
    }

    /// Takes one more record in, or says why it cannot follow the ones before it.
    Optional<String> apply(LogRecord unit) {
        return switch (unit) {
            case LogRecord.Head head when head.next() != next -> Optional.of(
                "a segment that begins before entry " + head.next() + " follows entry "
                + (next - 1));
            case LogRecord.Head head -> replace(head.state());
            case LogRecord.State state -> replace(state.state());
            case LogRecord.Added added when added.entry().index() != next -> Optional.of(
                "entry " + added.entry().index() + " follows entry " + (next - 1));
            case LogRecord.Added added -> {
                next++;
                yield Optional.empty();
            }
            case LogRecord.Cut cut when cut.from() > next -> Optional.of(
                "a cut at entry " + cut.from() + " follows entry " + (next - 1));
            case LogRecord.Cut cut -> {
                next = cut.from();
                first = Math.min(first, next);
                yield Optional.empty();
            }
            case LogRecord.Reset reset -> {
                first = reset.next();
                next = reset.next();
                yield Optional.empty();
            }
        };
    }

    private Optional<String> replace(HardState state) {
        boolean otherVote = state.term() == hardState.term() && hardState.votedFor().isPresent()
            && !hardState.votedFor().equals(state.votedFor());
        if (state.term() < hardState.term() || otherVote) {
            return Optional.of("term " + state.term() + " with vote " + state.votedFor()
                + " follows term " + hardState.term() + " with vote " + hardState.votedFor());
        }
        hardState = state;
        return Optional.empty();
    }
}

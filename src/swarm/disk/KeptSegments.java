package swarm.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which segments the log needs: each with the highest index of its entries that still count.
///
/// The idea: a segment whose entries were all cut off or lie in a snapshot says nothing any more,
/// for term and vote are repeated in the next one's head. Only the oldest may go, so that what is
/// kept has no hole. `apply` is told what was placed just before a flush, so nothing is needless
/// because of a record that may yet be lost.
///
/// Leaves to others: deleting the files (`Wal`).
/// Source: Raft §7, log compaction.
final class KeptSegments {
    /// From the oldest to the one that is written.
    private final List<Kept> segments = new ArrayList<>();

    /// A segment and the highest index that it is needed for; 0 if for none.
    private static final class Kept {
        final long number;
        /// Raised by entries added, lowered by cuts and resets.
        long last;

        Kept(long number) {
            this.number = number;
        }
    }

    /// A new segment follows.
    void begin(long number) {
        segments.add(new Kept(number));
    }

    /// The newest segment is given up: its successor holds a copy of all it says.
    void abandonNewest() {
        segments.removeLast();
    }

    /// A record was put into the newest segment.
    void apply(LogRecord unit) {
        switch (unit) {
            case LogRecord.Added added -> segments.getLast().last = added.entry().index();
            case LogRecord.Cut cut -> lower(cut.from() - 1);
            case LogRecord.Reset reset -> lower(0);
            case LogRecord.Head head -> { }
            case LogRecord.State state -> { }
        }
    }

    private void lower(long last) {
        for (Kept segment : segments) {
            segment.last = Math.min(segment.last, last);
        }
    }

    boolean contains(long number) {
        return segments.stream().anyMatch(segment -> segment.number == number);
    }

    /// The oldest segment, if no entry from `index` on is in it and it is not the one written.
    Optional<Long> needlessBefore(long index) {
        return segments.size() > 1 && segments.getFirst().last < index
            ? Optional.of(segments.getFirst().number) : Optional.empty();
    }

    /// The oldest segment is gone.
    void dropOldest() {
        segments.removeFirst();
    }
}

package swarm.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import swarm.Invariant;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// The write-ahead log: what raft must never forget, in segments of a fixed size.
///
/// The idea: everything that a round writes is buffered and goes out with one write and one sync,
/// into blocks that were zeros and durable before, so that whatever a crash leaves can be told from
/// damage. A start never appends to an old file: it copies the newest segment into a new one, which
/// also makes sure that what it read from a page cache after a failed sync is on the disk.
///
/// Leaves to others: reading (`LogChain`, `SegmentScan`); the order of sync and sending (the
/// node's round). One thread owns it.
/// Invariants: records reach the disk in the order of the calls. A write or sync that failed is
/// never tried again: every later call says so, and the node stops.
/// Source: Raft Figure 2 and §7; Rebello et al., "Can Applications Recover from fsync Failures?".
public final class Wal implements AutoCloseable {
    /// A segment of a daemon: long enough that preparing one is rare, short enough that a start
    /// reads and copies it in a blink.
    public static final int SEGMENT_BYTES = 4 << 20;

    private final Disk disk;
    private final Seal seal;
    private final NextSegment next;
    private final KeptSegments kept;
    /// What was called for and is not yet placed in a segment.
    private final Deque<LogRecord> pending = new ArrayDeque<>();
    /// The log with all that is pending.
    private final LogState wanted;
    /// The log as it is placed in segments.
    private final LogState placed;
    /// The segment that is written; replaced when it is full.
    private SegmentWriter current;
    /// Entries below this index will not be read again; only raised.
    private long dropBefore;
    /// Why nothing works any more: a write or sync failed. Never emptied.
    private Optional<String> stopped = Optional.empty();

    /// A log that was opened, and what was in it. `recovered` has all entries that are kept, some
    /// of which may lie before the snapshot's end.
    public record Opened(Wal wal, Recovered recovered) {}

    private Wal(Disk disk, Seal seal, NextSegment next, LogChain.Start start) throws IOException {
        this.disk = disk;
        this.seal = seal;
        this.next = next;
        this.kept = start.kept();
        this.wanted = start.state();
        this.placed = new LogState(start.head().state(), start.head().next());
        this.pending.addAll(start.copied());
        this.current = begin(start.head());
    }

    /// Makes an empty log where none is. `segmentBytes` is a multiple of 512.
    public static Wal create(Disk disk, Seal seal, int segmentBytes) throws IOException {
        if (LogChain.read(disk, seal, SnapshotMeta.NONE).isPresent()) {
            throw new IOException(disk.place("") + " holds a log already");
        }
        return start(disk, seal, segmentBytes, LogChain.Start.empty());
    }

    /// Opens the log that goes with `snapshot`, the newest one there is.
    public static Opened open(Disk disk, Seal seal, int segmentBytes, SnapshotMeta snapshot)
        throws IOException {
        Optional<LogChain> chain = LogChain.read(disk, seal, snapshot);
        if (chain.isEmpty()) {
            throw new DamagedLog(disk.place(""), "there should be a log and there is none");
        }
        Wal wal = start(disk, seal, segmentBytes, chain.get().start());
        return new Opened(wal, new Recovered(wal.hardState(), snapshot, chain.get().entries()));
    }

    private static Wal start(Disk disk, Seal seal, int segmentBytes, LogChain.Start start)
        throws IOException {
        NextSegment next = NextSegment.after(disk, segmentBytes, start.next());
        Wal wal = new Wal(disk, seal, next, start);
        wal.sync();
        wal.removeNeedless();
        return wal;
    }

    /// After a start: what a crash left half done, and the segment that was copied. A deletion that
    /// a crash undoes does no harm, here and in `tend`: the next start does not need the file.
    private void removeNeedless() throws IOException {
        for (String name : disk.list()) {
            Optional<Long> number = LogChain.number(name);
            if (name.equals(NextSegment.ASIDE)
                || number.isPresent() && !kept.contains(number.get())) {
                disk.delete(name);
            }
        }
    }

    /// Adds entries at the log's end.
    public void append(List<Entry> entries) throws IOException {
        for (Entry entry : entries) {
            buffer(new LogRecord.Added(entry));
        }
    }

    /// Replaces term and vote, as one record.
    public void saveHardState(HardState state) throws IOException {
        buffer(new LogRecord.State(state));
    }

    /// Forgets the entries from `index` on.
    public void truncateFrom(long index) throws IOException {
        buffer(new LogRecord.Cut(index));
    }

    /// Forgets all entries; the next one will be `nextIndex`.
    public void resetTo(long nextIndex) throws IOException {
        buffer(new LogRecord.Reset(nextIndex));
    }

    private void buffer(LogRecord unit) throws IOException {
        requireUsable();
        int room = next.fileBytes() - SegmentWriter.overheadBytes();
        Invariant.check(Frame.bytesOf(unit.bytes()) <= room, "a record fits into a segment");
        Optional<String> problem = wanted.apply(unit);
        Invariant.check(problem.isEmpty(), problem.orElse("records follow one another"));
        pending.add(unit);
    }

    /// Entries below `index` are in a snapshot that is durable; `tend` drops them in time.
    public void dropBefore(long index) {
        dropBefore = Math.max(dropBefore, index);
    }

    /// Term and vote as they will be after a sync.
    public HardState hardState() {
        return wanted.hardState();
    }

    /// Whether anything waits for a sync.
    public boolean dirty() {
        return !pending.isEmpty();
    }

    /// Makes everything buffered durable. If there is no room for a segment, what did not fit stays
    /// buffered and the log stays usable; after any other failure it does not.
    public void sync() throws IOException {
        requireUsable();
        while (!pending.isEmpty()) {
            if (current.fits(pending.getFirst())) {
                place(pending.removeFirst());
            } else {
                flush();
                roll();
            }
        }
        flush();
    }

    private void place(LogRecord unit) {
        current.place(unit);
        kept.apply(unit);
        Optional<String> problem = placed.apply(unit);
        Invariant.check(problem.isEmpty(), problem.orElse("records follow one another"));
    }

    private void flush() throws IOException {
        try {
            current.flush();
        } catch (IOException failure) {
            stopped = Optional.of("the log takes no more, for a write to it failed: "
                + failure.getMessage());
            throw failure;
        }
    }

    private void roll() throws IOException {
        SegmentWriter full = current;
        current = begin(new LogRecord.Head(full.number(), full.records(), 0,
            placed.hardState(), placed.next()));
        full.close();
    }

    private SegmentWriter begin(LogRecord.Head head) throws IOException {
        while (!next.ready()) {
            if (!next.step(next.fileBytes())) {
                throw new IOException(next.shortage().orElseThrow());
            }
        }
        Seal.FileKey key = seal.begin(FileHeader.Kind.LOG, next.fileBytes(), next.number());
        kept.begin(next.number());
        return new SegmentWriter(next.take(), key, head);
    }

    /// One small piece of what must be done some time: filling the next segment, or deleting an old
    /// one. To be called after a round is sent; true says that more waits.
    public boolean tend() throws IOException {
        requireUsable();
        if (preparationBehind()) {
            return next.step(NextSegment.SLICE_BYTES) && preparationBehind();
        }
        Optional<Long> needless = kept.needlessBefore(dropBefore);
        if (needless.isPresent()) {
            disk.delete(LogChain.name(needless.get()));
            kept.dropOldest();
        }
        return needless.isPresent();
    }

    /// The next segment is filled twice as fast as the current one, so it is ready in time and its
    /// cost is spread.
    private boolean preparationBehind() {
        boolean full = next.filled() == next.fileBytes();
        return !next.ready() && (full || next.filled() <= 2L * current.used());
    }

    /// Why there will soon be no room, in a sentence; empty while there is.
    public Optional<String> shortage() {
        return next.shortage();
    }

    private void requireUsable() throws IOException {
        if (stopped.isPresent()) {
            throw new IOException(stopped.get());
        }
    }

    @Override public void close() throws IOException {
        current.close();
        next.close();
    }
}

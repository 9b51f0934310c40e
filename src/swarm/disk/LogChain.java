package swarm.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.SnapshotMeta;

/// All segments of a log put together again: what the log says, entry by entry.
///
/// The idea: each segment's head names the segment before it and how many of its records count. So
/// the newest segment that was begun leads back to the oldest that is kept, and a segment that is
/// not on that way was given up by a crash.
///
/// Leaves to others: whether one segment is whole (`SegmentScan`); writing (`Wal`).
/// Invariants: it changes nothing on the disk.
/// Source: Raft §5.3 and §7 for what a log and its beginning are.
final class LogChain {
    private static final String PREFIX = "log-";
    private static final int NAME_DIGITS = 16;

    /// From the oldest to the newest.
    private final List<SegmentScan.Segment> segments;
    private final List<Entry> entries = new ArrayList<>();
    private final KeptSegments kept = new KeptSegments();
    private final LogState state;
    /// Whether the segment after the newest is there, full of zeros.
    private final boolean prepared;

    /// What a writer goes on from: `copied` follows `head` in segment `number`, which has
    /// `fileBytes` and may be `prepared`.
    record Start(LogRecord.Head head, List<LogRecord> copied, KeptSegments kept, LogState state,
        NextFile next) {
        /// Before the first record of all.
        static Start empty() {
            LogRecord.Head first = new LogRecord.Head(0, 0, 0, HardState.START, 1);
            return new Start(first, List.of(), new KeptSegments(),
                new LogState(HardState.START, 1), new NextFile(1, 0, false));
        }
    }

    /// The file that comes next: at least as large as the one that is copied into it.
    record NextFile(long number, int fileBytesMin, boolean prepared) {}

    private LogChain(List<SegmentScan.Segment> segments, boolean prepared) {
        this.segments = segments;
        this.prepared = prepared;
        LogRecord.Head oldest = segments.getFirst().head();
        this.state = new LogState(oldest.state(), oldest.next());
    }

    /// The name of a segment's file.
    static String name(long number) {
        String digits = Long.toHexString(number);
        return PREFIX + "0".repeat(NAME_DIGITS - digits.length()) + digits;
    }

    /// The number of the segment with this name, if it is one's.
    static Optional<Long> number(String name) {
        return name.startsWith(PREFIX) && name.length() == PREFIX.length() + NAME_DIGITS
            ? Optional.of(HexFormat.fromHexDigitsToLong(name, PREFIX.length(), name.length()))
            : Optional.empty();
    }

    /// Reads the log that goes with `snapshot`; empty if none was ever begun.
    static Optional<LogChain> read(Disk disk, Seal seal, SnapshotMeta snapshot)
        throws IOException {
        TreeSet<Long> numbers = new TreeSet<>();
        for (String name : disk.list()) {
            number(name).ifPresent(numbers::add);
        }
        TreeMap<Long, Integer> unused = new TreeMap<>();
        for (long number : numbers.descendingSet()) {
            switch (SegmentScan.newest(disk, seal, number)) {
                case SegmentScan.Unused found -> unused.put(number, found.fileBytes());
                case SegmentScan.NeverBegun torn -> { }
                case SegmentScan.Segment newest -> {
                    boolean prepared = unused.getOrDefault(number + 1, 0) == newest.fileBytes();
                    LogChain chain = new LogChain(back(disk, seal, numbers, newest), prepared);
                    chain.replay(disk, snapshot);
                    return Optional.of(chain);
                }
            }
        }
        return Optional.empty();
    }

    private static List<SegmentScan.Segment> back(Disk disk, Seal seal, TreeSet<Long> numbers,
        SegmentScan.Segment newest) throws IOException {
        List<SegmentScan.Segment> segments = new ArrayList<>(List.of(newest));
        LogRecord.Head head = newest.head();
        while (numbers.contains(head.previous())) {
            SegmentScan.Segment older =
                SegmentScan.older(disk, seal, head.previous(), head.previousRecords());
            segments.addFirst(older);
            head = older.head();
        }
        return segments;
    }

    private void replay(Disk disk, SnapshotMeta snapshot) throws DamagedLog {
        for (SegmentScan.Segment segment : segments) {
            String place = disk.place(name(segment.number()));
            kept.begin(segment.number());
            take(place, segment.head());
            for (LogRecord unit : segment.records()) {
                take(place, unit);
            }
        }
        if (state.first() > snapshot.index() + 1) {
            throw new DamagedLog(disk.place(name(segments.getFirst().number())), "the log begins"
                + " with entry " + state.first() + " and the newest snapshot ends with entry "
                + snapshot.index() + ", so there is a gap: a segment or a snapshot is missing");
        }
    }

    private void take(String place, LogRecord unit) throws DamagedLog {
        Optional<String> problem = state.apply(unit);
        if (problem.isPresent()) {
            throw new DamagedLog(place, problem.get());
        }
        kept.apply(unit);
        switch (unit) {
            case LogRecord.Added added -> entries.add(added.entry());
            case LogRecord.Cut cut -> forgetFrom(cut.from());
            case LogRecord.Reset reset -> entries.clear();
            case LogRecord.Head head -> { }
            case LogRecord.State hardState -> { }
        }
    }

    private void forgetFrom(long index) {
        while (!entries.isEmpty() && entries.getLast().index() >= index) {
            entries.removeLast();
        }
    }

    /// What a writer goes on from.
    Start start() {
        SegmentScan.Segment newest = segments.getLast();
        kept.abandonNewest();
        return new Start(newest.head(), newest.records(), kept, state,
            new NextFile(newest.number() + 1, newest.fileBytes(), prepared));
    }

    List<Entry> entries() {
        return entries;
    }
}

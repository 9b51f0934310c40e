package swarm.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import swarm.Invariant;

/// One server's log: the entries after `base`, up to which a snapshot stands for them.
///
/// The log also knows the configuration at every place, because the newest one in the log counts
/// from the moment it is appended, committed or not, and goes when its entry goes. (Ongaro §4.1)
///
/// It decides nothing: the roles do, and tell the disk. Invariants: indexes have no gaps, terms
/// never fall, `base` and `durable` are within the log, `configurations` has an entry at or before
/// base and one for each CONFIGURATION entry after it.
final class RaftLog {
    /// In order; entry i has index base.index + 1 + i.
    private final List<Entry> entries = new ArrayList<>();

    /// Index of the entry that brought it -> configuration; the first is the one at `base`.
    private final TreeMap<Long, Configuration> configurations = new TreeMap<>();

    /// The last place that is no longer in `entries`. Moves on by compactTo and reset.
    private Position base;

    /// The last index known to be on this server's disk. Set by `persisted`, cut by a truncation.
    private long durable;

    /// A log as found on disk: entries that do not continue the snapshot are left out.
    RaftLog(SnapshotMeta snapshot, List<Entry> found) {
        base = positionOf(snapshot);
        configurations.put(base.index(), Configuration.decode(snapshot.configuration()));
        if (continues(snapshot, found)) {
            for (Entry entry : found) {
                if (entry.index() > base.index()) {
                    add(entry);
                }
            }
        }
        durable = lastIndex();
    }

    /// Are these entries the log that goes on after this snapshot? Not so after a crash between
    /// installing the snapshot and resetting the log (F06).
    static boolean continues(SnapshotMeta snapshot, List<Entry> found) {
        if (found.isEmpty()) {
            return true;
        }
        long first = found.getFirst().index();
        long last = found.getLast().index();
        if (first == snapshot.index() + 1) {
            return true;
        }
        Invariant.check(first <= snapshot.index(), "no entries are missing after a snapshot");
        return last >= snapshot.index()
            && found.get((int) (snapshot.index() - first)).term() == snapshot.term();
    }

    static Position positionOf(SnapshotMeta snapshot) {
        return new Position(snapshot.index(), snapshot.term());
    }

    Position base() {
        return base;
    }

    long lastIndex() {
        return base.index() + entries.size();
    }

    Position last() {
        return entries.isEmpty() ? base
            : new Position(lastIndex(), entries.getLast().term());
    }

    long durable() {
        return durable;
    }

    /// The term at a place that the log holds, base included.
    long termAt(long index) {
        return index == base.index() ? base.term() : entry(index).term();
    }

    Entry entry(long index) {
        Invariant.check(index > base.index() && index <= lastIndex(), "an entry in the log");
        return entries.get((int) (index - base.index() - 1));
    }

    /// Does the log hold this position, so that both logs are equal up to it? (Raft §5.3)
    boolean holds(Position position) {
        return position.index() >= base.index() && position.index() <= lastIndex()
            && termAt(position.index()) == position.term();
    }

    /// The last place at or before `position` whose term is not later than its term: no place after
    /// it can be common to both logs. Never before base. (Raft §5.3, faster back-up)
    Position lastPossiblyCommon(Position position) {
        long low = base.index();
        long high = Math.max(low, Math.min(position.index(), lastIndex()));
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (termAt(middle) <= position.term()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return new Position(low, termAt(low));
    }

    void append(List<Entry> more) {
        for (Entry entry : more) {
            add(entry);
        }
    }

    private void add(Entry entry) {
        Invariant.check(entry.index() == lastIndex() + 1, "entries have no gaps");
        Invariant.check(entry.term() >= last().term(), "terms never fall along a log");
        entries.add(entry);
        if (entry.kind() == Entry.Kind.CONFIGURATION) {
            configurations.put(entry.index(), Configuration.decode(entry.data()));
        }
    }

    /// Forget the entries from `index` on, and the configurations they brought (F43).
    void truncateFrom(long index) {
        Invariant.check(index > base.index(), "a snapshot is never cut");
        entries.subList((int) (index - base.index() - 1), entries.size()).clear();
        configurations.tailMap(index, true).clear();
        durable = Math.min(durable, lastIndex());
    }

    /// The disk holds the log up to here. A position that is gone meanwhile says nothing (F28).
    void persisted(Position position) {
        if (holds(position)) {
            durable = Math.max(durable, position.index());
        }
    }

    /// Forget the entries up to `index`: a snapshot stands for them. (Raft §7)
    void compactTo(long index) {
        if (index <= base.index()) {
            return;
        }
        Position newBase = new Position(index, termAt(index));
        entries.subList(0, (int) (index - base.index())).clear();
        base = newBase;
        configurations.headMap(configurations.floorKey(index), false).clear();
    }

    /// Forget everything: a snapshot from the leader is all there is now. (Raft §7)
    void reset(SnapshotMeta snapshot) {
        entries.clear();
        configurations.clear();
        base = positionOf(snapshot);
        configurations.put(base.index(), Configuration.decode(snapshot.configuration()));
        durable = base.index();
    }

    /// Entries from `from` on, up to `bytesMax` of data, but at least one if there is one.
    List<Entry> from(long from, int bytesMax) {
        List<Entry> some = new ArrayList<>();
        long bytes = 0;
        for (long index = from; index <= lastIndex(); index++) {
            Entry entry = entry(index);
            bytes += size(entry);
            if (bytes > bytesMax && !some.isEmpty()) {
                break;
            }
            some.add(entry);
        }
        return some;
    }

    /// Entries from `from` to `to`, both included.
    List<Entry> between(long from, long to) {
        int first = (int) (from - base.index() - 1);
        return List.copyOf(entries.subList(first, first + (int) (to - from + 1)));
    }

    /// What an entry counts in limits: its data and what surrounds it in a message.
    static long size(Entry entry) {
        return entry.data().length + 24L;
    }

    /// The configuration that counts: the newest in the log.
    Configuration configuration() {
        return configurations.lastEntry().getValue();
    }

    long configurationIndex() {
        return configurations.lastKey();
    }

    /// The configuration at a place that the log holds.
    Configuration configurationAt(long index) {
        return configurations.floorEntry(index).getValue();
    }
}

package sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// One node's disk, as far as raft can tell: what is durable, and what was written but not synced.
/// A crash keeps the unsynced writes up to some point by chance and loses the rest, as a log in a
/// page cache does. With a RealDisk underneath, that one says what a crash left, and it must be one
/// of these states.
final class Platter {
    private final Optional<RealDisk> real;

    /// The state as the process sees it, unsynced writes included.
    private State written = new State(HardState.START, SnapshotMeta.NONE, new byte[0], List.of());

    /// The state that any crash leaves.
    private State durable = written;

    /// The writes since then, in order; the last one leads to `written`.
    private final List<State> unsynced = new ArrayList<>();

    /// The snapshot file aside; gone at a crash.
    private byte[] aside = new byte[0];

    /// What the last crash may have left; empty once a start has found out.
    private List<State> possible = List.of();

    Platter(Optional<RealDisk> real) {
        this.real = real;
    }

    /// Term, vote, snapshot and log at one moment. The log is never changed in place.
    record State(HardState hard, SnapshotMeta snapshot, byte[] bytes, List<Entry> log) {
        @Override public String toString() {
            return words(hard, snapshot, log);
        }

        static String words(HardState hard, SnapshotMeta snapshot, List<Entry> log) {
            String last = log.isEmpty() ? "no entries"
                : "entries " + log.getFirst().index() + " to " + log.getLast().index();
            return hard + ", snapshot " + snapshot.index() + ", " + last;
        }

        long lastIndex() {
            return log.isEmpty() ? snapshot.index() : log.getLast().index();
        }

        State with(SnapshotMeta otherSnapshot, byte[] otherBytes) {
            return new State(hard, otherSnapshot, otherBytes, log);
        }

        /// Equal, but for entries that a snapshot stands for: those may be there longer.
        boolean like(Recovered found) {
            return hard.equals(found.hardState())
                && snapshot.index() == found.snapshot().index()
                && positions(log).equals(positions(found.entries()));
        }

        private List<Long> positions(List<Entry> entries) {
            return entries.stream().filter(e -> e.index() > snapshot.index())
                .flatMap(e -> Stream.of(e.index(), e.term())).toList();
        }

        Optional<Entry> entry(long index) {
            if (log.isEmpty()) {
                return Optional.empty();
            }
            long place = index - log.getFirst().index();
            return place < 0 || place >= log.size() ? Optional.empty()
                : Optional.of(log.get((int) place));
        }
    }

    State written() {
        return written;
    }

    State durable() {
        return durable;
    }

    void write(RaftOutput.Write write) {
        State w = written;
        written = switch (write) {
            case RaftOutput.SaveHardState(HardState hard) ->
                new State(hard, w.snapshot, w.bytes, w.log);
            case RaftOutput.TruncateFrom(long index) -> withLog(before(w.log, index));
            case RaftOutput.Append(List<Entry> entries) -> appended(entries);
            case RaftOutput.ResetLog _ -> withLog(List.of());
            case RaftOutput.DropBefore(long index) -> withLog(from(w.log, index));
        };
        unsynced.add(written);
        real.ifPresent(disk -> disk.write(write));
    }

    /// A crash may leave some of the entries only.
    private State appended(List<Entry> entries) {
        for (int count = 1; count < entries.size(); count++) {
            unsynced.add(withLog(join(written.log, entries.subList(0, count))));
        }
        return withLog(join(written.log, entries));
    }

    private State withLog(List<Entry> log) {
        return new State(written.hard, written.snapshot, written.bytes, log);
    }

    private static List<Entry> before(List<Entry> log, long index) {
        return log.stream().filter(e -> e.index() < index).toList();
    }

    private static List<Entry> from(List<Entry> log, long index) {
        return log.stream().filter(e -> e.index() >= index).toList();
    }

    private static List<Entry> join(List<Entry> log, List<Entry> more) {
        boolean gap = !log.isEmpty() && log.getLast().index() + 1 != more.getFirst().index();
        Violation.unless(!gap, "an append leaves a gap in the log on disk");
        List<Entry> all = new ArrayList<>(log);
        all.addAll(more);
        return all;
    }

    void sync() {
        real.ifPresent(RealDisk::sync);
        allDurable();
    }

    private void allDurable() {
        durable = written;
        unsynced.clear();
    }

    /// The next sync fails, if the disk is one that can; false if not.
    boolean failSync() {
        real.ifPresent(disk -> disk.disk.failSyncAfter(0));
        return real.isPresent();
    }

    /// The power goes in the middle of one of the disk's next operations.
    void crashAfter(int operations) {
        real.ifPresent(disk -> disk.disk.crashAfter(operations));
    }

    /// Nothing fails any more.
    void heal() {
        real.ifPresent(disk -> {
            disk.disk.crashAfter(-1);
            disk.disk.failSyncAfter(-1);
        });
    }

    void tend() {
        real.ifPresent(RealDisk::tend);
    }

    /// The process is gone, and with `power` the machine: a part of the unsynced writes, the first
    /// ones, had reached the disk.
    void crash(RandomGenerator chance, boolean power) {
        if (possible.isEmpty()) {
            possible = new ArrayList<>(unsynced);
            possible.addFirst(durable);
            written = possible.get(chance.nextInt(possible.size()));
            allDurable();
        }
        aside = new byte[0];
        real.ifPresent(disk -> {
            if (power) {
                disk.disk.crash();
            } else {
                disk.disk.kill();
            }
        });
    }

    void storeAside(long offset, byte[] bytes) {
        Violation.unless(offset == 0 || offset == aside.length, "a piece leaves a gap");
        byte[] more = Arrays.copyOf(aside, (int) offset + bytes.length);
        System.arraycopy(bytes, 0, more, (int) offset, bytes.length);
        aside = more;
    }

    byte[] aside() {
        return aside;
    }

    /// Write aside, sync, rename, sync the directory: a snapshot is there wholly or not at all.
    void saveSnapshot(SnapshotMeta meta, byte[] bytes) {
        unsaved = Optional.of(new State(HardState.START, meta, bytes, List.of()));
        real.ifPresent(disk -> disk.saveSnapshot(meta, bytes));
        unsaved = Optional.empty();
        durable = durable.with(meta, bytes);
        unsynced.replaceAll(s -> s.with(meta, bytes));
        written = written.with(meta, bytes);
    }

    /// The snapshot that is being saved: after a crash it is there or not.
    private Optional<State> unsaved = Optional.empty();

    /// Everything of a server that begins with more than nothing.
    void begin(Recovered found) {
        written = new State(found.hardState(), found.snapshot(), new byte[0], found.entries());
        allDurable();
        real.ifPresent(disk -> disk.begin(found));
    }

    /// What a start finds.
    Recovered recover() {
        real.ifPresent(disk -> adopt(disk, disk.open()));
        possible = List.of();
        allDurable();
        return new Recovered(durable.hard, durable.snapshot, durable.log);
    }

    /// The real disk decides which of the possible states it is, and it is one of them.
    private void adopt(RealDisk disk, Recovered found) {
        List<State> all = new ArrayList<>(possible);
        all.add(written);
        unsaved.ifPresent(s -> possible.forEach(p -> all.add(p.with(s.snapshot, s.bytes))));
        unsaved = Optional.empty();
        State same = all.stream().filter(state -> state.like(found)).findFirst().orElseThrow(
            () -> new Violation("a disk came back with " + State.words(found.hardState(),
                found.snapshot(), found.entries()) + ", but had one of " + all));
        byte[] bytes = found.snapshot().index() == 0 ? same.bytes
            : disk.snapshot(found.snapshot());
        Violation.unless(Arrays.equals(bytes, same.bytes), "a snapshot came back changed");
        written = new State(same.hard, same.snapshot, bytes, found.entries());
    }
}

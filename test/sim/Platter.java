package sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// One node's disk, as far as raft can tell: what is durable, and what was written but not synced.
/// A crash keeps the unsynced writes up to some point by chance and loses the rest, as a log in a
/// page cache does. What happens to the bytes themselves is the business of `disk` and its tests.
final class Platter {
    /// The state as the process sees it, unsynced writes included.
    private State written = new State(HardState.START, SnapshotMeta.NONE, new byte[0], List.of());

    /// The state that any crash leaves.
    private State durable = written;

    /// The writes since then, in order; the last one leads to `written`.
    private final List<State> unsynced = new ArrayList<>();

    /// The snapshot file aside; gone at a crash.
    private byte[] aside = new byte[0];

    /// Term, vote, snapshot and log at one moment. The log is never changed in place.
    record State(HardState hard, SnapshotMeta snapshot, byte[] bytes, List<Entry> log) {
        long lastIndex() {
            return log.isEmpty() ? snapshot.index() : log.getLast().index();
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
            case RaftOutput.Append(List<Entry> entries) -> withLog(join(w.log, entries));
            case RaftOutput.ResetLog _ -> withLog(List.of());
            case RaftOutput.DropBefore(long index) -> withLog(from(w.log, index));
        };
        unsynced.add(written);
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
        durable = written;
        unsynced.clear();
    }

    /// Power is gone: a part of the unsynced writes, the first ones, had reached the disk.
    void crash(RandomGenerator chance) {
        int kept = chance.nextInt(unsynced.size() + 1);
        durable = kept == 0 ? durable : unsynced.get(kept - 1);
        written = durable;
        unsynced.clear();
        aside = new byte[0];
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
    /// Nothing is unsynced then, or it stays so.
    void saveSnapshot(SnapshotMeta meta, byte[] bytes) {
        durable = new State(durable.hard, meta, bytes, durable.log);
        unsynced.replaceAll(s -> new State(s.hard, meta, bytes, s.log));
        written = new State(written.hard, meta, bytes, written.log);
    }

    /// Everything of a server that begins with more than nothing.
    void begin(Recovered found) {
        written = new State(found.hardState(), found.snapshot(), new byte[0], found.entries());
        sync();
    }

    Recovered recover() {
        sync();
        return new Recovered(durable.hard, durable.snapshot, durable.log);
    }
}

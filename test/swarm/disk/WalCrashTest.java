package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sim.SimDisk;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.SnapshotMeta;

/// Random rounds on a log, with the power cut, the process killed or a sync failing at any
/// operation, or the disk full (F01, F02, F03, F05, F09).
///
/// The oracle is a list: what the log must be after each record that was written. After a crash the
/// log must be one of the states from the last sync on, and nothing older, newer or in between.
class WalCrashTest {
    private static final int SEEDS = 500;
    private static final int SEGMENT_BYTES = 8 * 1024;

    /// One state of the log, in plain values: its entries end before `next`.
    private record Model(HardState state, List<String> entries, long next) {
        Model with(HardState newer) {
            return new Model(newer, entries, next);
        }

        Model cut(long from) {
            int kept = Math.toIntExact(entries.size() - (next - from));
            return new Model(state, List.copyOf(entries.subList(0, kept)), from);
        }

        Model plus(Entry entry) {
            List<String> longer = new ArrayList<>(entries);
            longer.add(text(entry));
            return new Model(state, List.copyOf(longer), next + 1);
        }

        Model reset(long index) {
            return new Model(state, List.of(), index);
        }

        /// What matters when a snapshot up to `index` is there.
        Model behind(long index) {
            int size = Math.toIntExact(Math.clamp(next - 1 - index, 0, entries.size()));
            List<String> kept = entries.subList(entries.size() - size, entries.size());
            return new Model(state, List.copyOf(kept), kept.isEmpty() ? index + 1 : next);
        }
    }

    private static String text(Entry entry) {
        return entry.index() + "/" + entry.term() + "/" + entry.kind() + "/"
            + Arrays.hashCode(entry.data()) + "/" + entry.data().length;
    }

    /// One log on one disk, and what it may be after a crash.
    private static final class Run {
        final Random chance;
        final SimDisk disk;
        final Seal seal;
        /// From the last synced state to the newest one, one per record.
        final List<Model> possible = new ArrayList<>();
        Wal wal;
        /// The index up to which a snapshot is durable.
        long snapshot;
        int crashes;

        Run(long seed) throws IOException {
            chance = new Random(seed);
            disk = new SimDisk(seed);
            seal = new Seal(new byte[Seal.KEY_BYTES], new Random(seed));
            possible.add(new Model(HardState.START, List.of(), 1));
            wal = Wal.create(disk, seal, SEGMENT_BYTES);
        }

        void round() throws IOException {
            int records = chance.nextInt(6);
            for (int i = 0; i < records; i++) {
                record(possible.getLast());
                if (chance.nextInt(4) == 0) {
                    wal.tend();
                }
            }
            wal.sync();
            Model durable = possible.getLast();
            possible.clear();
            possible.add(durable);
            if (chance.nextInt(6) == 0) {
                snapshot += chance.nextLong(durable.next - snapshot);
                wal.dropBefore(snapshot + 1);
            }
            for (int i = chance.nextInt(4); i > 0; i--) {
                wal.tend();
            }
        }

        private void record(Model now) throws IOException {
            switch (chance.nextInt(9)) {
                case 0 -> {
                    HardState newer = new HardState(now.state.term() + 1, chance.nextBoolean()
                        ? Optional.empty() : Optional.of(new MemberId(chance.nextLong())));
                    possible.add(now.with(newer));
                    wal.saveHardState(newer);
                }
                case 1 -> {
                    long kept = Math.min(4, now.next - snapshot);
                    long from = now.next - chance.nextLong(kept);
                    possible.add(now.cut(from));
                    wal.truncateFrom(from);
                }
                case 2 -> {
                    if (chance.nextInt(4) == 0) {
                        snapshot = now.next + chance.nextInt(3);
                        possible.add(now.reset(snapshot + 1));
                        wal.resetTo(snapshot + 1);
                    }
                }
                default -> {
                    Entry entry = new Entry(now.next, now.state.term(), Entry.Kind.COMMAND,
                        bytes(chance.nextInt(4) == 0 ? 3000 : 300));
                    possible.add(now.plus(entry));
                    wal.append(List.of(entry));
                }
            }
        }

        private byte[] bytes(int lengthMax) {
            byte[] bytes = new byte[chance.nextInt(lengthMax)];
            chance.nextBytes(bytes);
            return bytes;
        }

        void reopen(String when) throws IOException {
            SnapshotMeta newest = new SnapshotMeta(snapshot, 1, new byte[0]);
            Wal.Opened opened = Wal.open(disk, seal, SEGMENT_BYTES, newest);
            List<String> entries = new ArrayList<>();
            opened.recovered().entries().forEach(entry -> entries.add(text(entry)));
            long next = opened.recovered().entries().isEmpty() ? snapshot + 1
                : opened.recovered().entries().getLast().index() + 1;
            Model found = new Model(opened.recovered().hardState(), entries, next)
                .behind(snapshot);
            assertTrue(possible.stream().anyMatch(m -> m.behind(snapshot).equals(found)),
                () -> when + ": found " + found + ", possible were " + possible);
            possible.clear();
            possible.add(found);
            wal = opened.wal();
            if (found.entries.isEmpty()) {
                wal.resetTo(found.next);
                wal.sync();
            }
        }

        /// One life: rounds until something happens, then a start that may be interrupted too.
        void life(String when) throws IOException {
            disk.crashAfter(chance.nextInt(60));
            if (chance.nextInt(4) == 0) {
                disk.failSyncAfter(chance.nextInt(12));
            }
            disk.capacity(chance.nextInt(6) == 0
                ? chance.nextInt(8 * SEGMENT_BYTES) : Long.MAX_VALUE);
            try {
                if (crashes > 0) {
                    reopen(when);
                }
                while (true) {
                    round();
                }
            } catch (SimDisk.Crashed cut) {
                crashes++;
            } catch (IOException failed) {
                assertTrue(!(failed instanceof DamagedLog), () -> when + ": " + failed);
                crashes++;
            }
            if (chance.nextInt(3) == 0) {
                disk.kill();
            } else {
                disk.crash();
            }
        }
    }

    @Test void everySyncedRecordSurvivesAnyCrash() throws IOException {
        int crashes = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed);
            for (int life = 0; life < 8; life++) {
                run.life("seed " + seed + ", life " + life);
            }
            run.disk.capacity(Long.MAX_VALUE);
            run.reopen("seed " + seed + ", at the end");
            crashes += run.crashes;
        }
        assertEquals(8 * SEEDS, crashes, "each life ended as it was to");
    }
}

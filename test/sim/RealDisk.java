package sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import swarm.disk.Seal;
import swarm.disk.SnapshotReader;
import swarm.disk.SnapshotWriter;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// The real log and the real snapshots of one node, on a simulated disk that tears and loses what
/// was not synced. Platter holds beside it what they ought to keep.
///
/// Errors of the disk come out as UncheckedIOException, and a power cut in the middle of an
/// operation as SimDisk.Crashed: either way the process is over.
final class RealDisk {
    /// Small, so that a run goes through many segments.
    private static final int SEGMENT_BYTES = 4096;
    private static final int READ_BYTES = 64;

    final SimDisk disk;
    private final Seal seal;
    private Optional<Wal> wal = Optional.empty();

    /// What may fail as a disk does.
    private interface Work<T> {
        T run() throws IOException;
    }

    RealDisk(long seed) {
        disk = new SimDisk(seed);
        seal = new Seal(new byte[Seal.KEY_BYTES], new SplittableRandom(seed));
    }

    private static <T> T careful(Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A new log with what a new server begins with, durable.
    void begin(Recovered found) {
        careful(() -> {
            Wal created = Wal.create(disk, seal, SEGMENT_BYTES);
            created.saveHardState(found.hardState());
            created.append(found.entries());
            created.sync();
            disk.syncDirectory();
            return created;
        });
    }

    /// What is there after a start.
    Recovered open() {
        return careful(() -> {
            SnapshotMeta newest = new Snapshots(disk, seal, 0).newest();
            Wal.Opened opened = Wal.open(disk, seal, SEGMENT_BYTES, newest);
            wal = Optional.of(opened.wal());
            return opened.recovered();
        });
    }

    void write(RaftOutput.Write write) {
        Wal log = wal.orElseThrow();
        careful(() -> {
            switch (write) {
                case RaftOutput.SaveHardState save -> log.saveHardState(save.state());
                case RaftOutput.TruncateFrom truncate -> log.truncateFrom(truncate.index());
                case RaftOutput.Append append -> log.append(append.entries());
                case RaftOutput.ResetLog reset -> log.resetTo(reset.nextIndex());
                case RaftOutput.DropBefore drop -> log.dropBefore(drop.index());
            }
            return log;
        });
    }

    void sync() {
        careful(() -> {
            wal.orElseThrow().sync();
            return wal;
        });
    }

    /// After a round: a piece of what must be done some time.
    void tend() {
        careful(() -> wal.orElseThrow().tend());
    }

    void saveSnapshot(SnapshotMeta meta, byte[] bytes) {
        careful(() -> {
            SnapshotWriter writer = new Snapshots(disk, seal, 0).begin(meta);
            for (int from = 0; from < bytes.length; from += READ_BYTES) {
                int to = Math.min(bytes.length, from + READ_BYTES);
                writer.add(Arrays.copyOfRange(bytes, from, to));
            }
            writer.commit();
            return meta;
        });
    }

    byte[] snapshot(SnapshotMeta meta) {
        return careful(() -> {
            try (SnapshotReader reader =
                    new Snapshots(disk, seal, 0).open(meta).orElseThrow()) {
                byte[] all = new byte[(int) reader.size()];
                for (int at = 0; at < all.length;) {
                    byte[] some = reader.read(at, READ_BYTES);
                    System.arraycopy(some, 0, all, at, some.length);
                    at += some.length;
                }
                return all;
            }
        });
    }
}

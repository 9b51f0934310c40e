package bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import swarm.disk.FileDisk;
import swarm.disk.Seal;
import swarm.disk.Wal;
import swarm.raft.Entry;

/// How many entries of 256 bytes a second become durable, in groups of 1, 16 and 256: through the
/// log, and straight into a file that was filled before, with the same fdatasync. The two in turn,
/// five times; medians, and their ratio. Then what `tend` and a start cost at most.
final class WalBench {
    private static final int ENTRY_BYTES = 256;

    private final Path directory;
    private final int turns;
    private final long turnNs;
    /// The longest call of `tend` so far, in nanoseconds.
    private long longestTend;
    /// All calls of `tend` so far, in nanoseconds.
    private long tending;

    private WalBench(Path directory, Extent extent) {
        this.directory = directory;
        this.turns = extent.of(5, 1);
        this.turnNs = extent.of(700, 50) * 1_000_000L;
    }

    /// Measures on the disk of the current directory.
    static String run(Extent extent) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("."), "wal-bench");
        try {
            return new WalBench(directory, extent).measure();
        } finally {
            remove(directory);
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> there = Files.walk(directory)) {
            all = there.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    private String measure() throws IOException {
        log(16);
        StringBuilder text = new StringBuilder("entries of " + ENTRY_BYTES + " bytes\n");
        for (int group : new int[] {1, 16, 256}) {
            double[] logs = new double[turns];
            double[] raws = new double[turns];
            for (int turn = 0; turn < turns; turn++) {
                logs[turn] = log(group);
                raws[turn] = raw(group);
            }
            Arrays.sort(logs);
            Arrays.sort(raws);
            text.append(String.format(Locale.ROOT, "  group %3d: log %,9.0f/s (%,.0f to %,.0f),"
                + " raw %,9.0f/s (%,.0f to %,.0f), ratio %.2f%n", group, logs[turns / 2], logs[0],
                logs[turns - 1], raws[turns / 2], raws[0], raws[turns - 1],
                logs[turns / 2] / raws[turns / 2]));
        }
        return text + String.format(Locale.ROOT, "  longest tend %.1f ms, all tends %.0f ms%n",
            longestTend / 1e6, tending / 1e6);
    }

    private double log(int group) throws IOException {
        Path own = Files.createTempDirectory(directory, "log");
        Seal seal = new Seal(new byte[Seal.KEY_BYTES], new SecureRandom());
        long index = 1;
        long begin;
        try (Wal wal = Wal.create(new FileDisk(own), seal, Wal.SEGMENT_BYTES)) {
            begin = System.nanoTime();
            while (System.nanoTime() - begin < turnNs) {
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < group; i++) {
                    entries.add(new Entry(index++, 1, Entry.Kind.COMMAND, new byte[ENTRY_BYTES]));
                }
                wal.append(entries);
                wal.sync();
                tend(wal);
            }
        }
        double rate = (index - 1) * 1e9 / (System.nanoTime() - begin);
        remove(own);
        return rate;
    }

    private void tend(Wal wal) throws IOException {
        long begin = System.nanoTime();
        wal.tend();
        long took = System.nanoTime() - begin;
        tending += took;
        longestTend = Math.max(longestTend, took);
    }

    private double raw(int group) throws IOException {
        Path file = directory.resolve("raw");
        int size = 64 << 20;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(size), 0);
            channel.force(true);
            long written = 0;
            long at = 0;
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < turnNs) {
                ByteBuffer bytes = ByteBuffer.allocate(group * ENTRY_BYTES);
                at = at + bytes.remaining() > size ? 0 : at;
                at += channel.write(bytes, at);
                channel.force(false);
                written += group;
            }
            return written * 1e9 / (System.nanoTime() - begin);
        } finally {
            Files.delete(file);
        }
    }
}

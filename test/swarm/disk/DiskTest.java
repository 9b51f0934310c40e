package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sim.SimDisk;
import swarm.raft.Entry;
import swarm.raft.SnapshotMeta;

/// The real disk and its simulated twin keep the same contract, and a log works on the real one.
class DiskTest {
    @TempDir Path directory;

    @Test void twinsAgree() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Path own = Files.createDirectory(directory.resolve("seed" + seed));
            assertEquals(transcript(new SimDisk(seed), seed), transcript(new FileDisk(own), seed));
        }
    }

    /// What a disk answers to the same 200 random calls.
    private static String transcript(Disk disk, long seed) throws IOException {
        Random chance = new Random(seed);
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String name = "file" + chance.nextInt(4);
            boolean there = disk.list().contains(name);
            switch (chance.nextInt(5)) {
                case 0 -> disk.create(name).close();
                case 1 -> {
                    if (there) {
                        disk.rename(name, "file" + chance.nextInt(4));
                        disk.syncDirectory();
                    }
                }
                case 2 -> {
                    if (there) {
                        disk.delete(name);
                    }
                }
                default -> {
                    byte[] bytes = new byte[chance.nextInt(2000)];
                    chance.nextBytes(bytes);
                    long offset = chance.nextInt(3000);
                    if (there) {
                        said.append(written(disk, name, offset, bytes));
                    }
                }
            }
            said.append(disk.list()).append('\n');
        }
        return said.toString();
    }

    private static String written(Disk disk, String name, long offset, byte[] bytes)
        throws IOException {
        try (Disk.DiskFile file = disk.open(name)) {
            file.write(offset, ByteBuffer.wrap(bytes));
            file.sync();
            byte[] read = file.read(offset / 2, 5000);
            return file.size() + " " + read.length + " " + ByteBuffer.wrap(read).hashCode() + " "
                + file.read(file.size() + 1, 10).length;
        }
    }

    @Test void missingFileIsAnError() {
        Disk real = new FileDisk(directory);
        assertThrows(IOException.class, () -> real.open("none"));
        assertThrows(IOException.class, () -> real.delete("none"));
        assertThrows(IOException.class, () -> real.rename("none", "some"));
    }

    @Test void filesAreTheOwnersAlone() throws IOException {
        new FileDisk(directory).create("key").close();
        assertEquals("rw-------", PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("key"))));
    }

    @Test void failedWriteNamesTheFile() throws IOException {
        Path full = Files.createSymbolicLink(directory.resolve("full"), Path.of("/dev/full"));
        try (Disk.DiskFile file = new FileDisk(directory).open("full")) {
            String message = assertThrows(IOException.class, () ->
                file.write(0, ByteBuffer.allocate(10))).getMessage();
            assertEquals("cannot write " + full + ": No space left on device", message);
        }
        Files.delete(full);
    }

    @Test void logAndSnapshotWorkOnTheRealDisk() throws IOException {
        Disk real = new FileDisk(directory);
        Seal seal = new Seal(new byte[Seal.KEY_BYTES], new Random(1));
        try (Wal wal = Wal.create(real, seal, Wal.SEGMENT_BYTES)) {
            wal.append(List.of(new Entry(1, 1, Entry.Kind.COMMAND, new byte[] {7})));
            wal.sync();
            while (wal.tend()) {
                assertEquals(Optional.empty(), wal.shortage());
            }
        }
        Snapshots snapshots = new Snapshots(real, seal, 0);
        snapshots.begin(new SnapshotMeta(1, 1, new byte[0])).commit();
        Wal.Opened opened = Wal.open(real, seal, Wal.SEGMENT_BYTES, snapshots.newest());
        opened.wal().close();
        assertArrayEquals(new byte[] {7}, opened.recovered().entries().getFirst().data());
        assertEquals(1, opened.recovered().snapshot().index());
        assertTrue(real.list().size() <= 3, real.list().toString());
    }
}

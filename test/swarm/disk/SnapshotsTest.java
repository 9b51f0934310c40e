package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sim.SimDisk;
import swarm.raft.SnapshotMeta;

/// Snapshots are there as a whole or not at all, at whatever step the power goes (F06, F38).
class SnapshotsTest {
    private final Seal seal = new Seal(new byte[Seal.KEY_BYTES], new Random(2));

    private static byte[] content(long index, int length) {
        byte[] content = new byte[length];
        new Random(index).nextBytes(content);
        return content;
    }

    private static SnapshotMeta meta(long index) {
        return new SnapshotMeta(index, 3, new byte[] {1, 2, (byte) index});
    }

    private void write(SimDisk disk, long index, int length, int pieceBytes) throws IOException {
        SnapshotWriter writer = new Snapshots(disk, seal, 0).begin(meta(index));
        byte[] content = content(index, length);
        for (int at = 0; at < length; at += pieceBytes) {
            writer.add(Arrays.copyOfRange(content, at, Math.min(length, at + pieceBytes)));
        }
        assertEquals(length, writer.size());
        writer.commit();
    }

    private byte[] read(SimDisk disk, long index, int pieceBytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Optional<SnapshotReader> there = new Snapshots(disk, seal, 0).open(meta(index));
        try (SnapshotReader reader = there.orElseThrow()) {
            byte[] piece = reader.read(0, pieceBytes);
            while (piece.length > 0) {
                all.writeBytes(piece);
                piece = reader.read(all.size(), pieceBytes);
            }
            assertEquals(reader.size(), all.size());
        }
        return all.toByteArray();
    }

    @Test void contentIsReadBackInPiecesOfAnySize() throws IOException {
        int part = Snapshots.PART_BYTES;
        for (int length : new int[] {0, 1, part - 1, part, part + 1, 2 * part, 3 * part - 7}) {
            SimDisk disk = new SimDisk(length);
            write(disk, 9, length, 100_003);
            disk.crash();
            assertArrayEquals(meta(9).configuration(),
                new Snapshots(disk, seal, 0).newest().configuration());
            assertArrayEquals(content(9, length), read(disk, 9, 65_536));
            assertArrayEquals(content(9, length), read(disk, 9, part));
        }
    }

    @Test void noSnapshotIsNone() throws IOException {
        Snapshots snapshots = new Snapshots(new SimDisk(1), seal, 0);
        assertEquals(SnapshotMeta.NONE, snapshots.newest());
        assertTrue(snapshots.open(meta(4)).isEmpty());
    }

    /// At whatever operation the power goes, the newest snapshot is the old one or the new one,
    /// whole; once commit has returned, it is the new one.
    @Test void crashAtEachStepLeavesOneWholeSnapshot() throws IOException {
        for (int seed = 0; seed < 25; seed++) {
            boolean finished = false;
            for (int step = 0; !finished; step++) {
                SimDisk disk = new SimDisk(seed * 1000 + step);
                write(disk, 5, 1000, 400);
                disk.crashAfter(step);
                finished = writesToTheEnd(disk);
                disk.crash();
                long newest = new Snapshots(disk, seal, 0).newest().index();
                assertTrue(newest == 7 || newest == 5 && !finished, "step " + step);
                int length = newest == 7 ? 300_000 : 1000;
                assertArrayEquals(content(newest, length), read(disk, newest, 70_000));
                assertFalse(disk.list().stream().anyMatch(name -> name.endsWith(".tmp")));
            }
        }
    }

    private boolean writesToTheEnd(SimDisk disk) throws IOException {
        try {
            write(disk, 7, 300_000, 100_000);
            return true;
        } catch (SimDisk.Crashed cut) {
            return false;
        }
    }

    @Test void olderSnapshotsAreRemovedButTheOnesToKeep() throws IOException {
        SimDisk disk = new SimDisk(1);
        Snapshots snapshots = new Snapshots(disk, seal, 1);
        for (long index : List.of(3L, 5L, 11L, 20L)) {
            snapshots.begin(meta(index)).commit();
        }
        assertTrue(snapshots.open(meta(11)).isPresent());
        assertEquals(2, disk.list().size());
        assertEquals(20, snapshots.newest().index());
    }

    @Test void snapshotOfAnotherTermIsNotThere() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 9, 10, 10);
        assertTrue(new Snapshots(disk, seal, 0)
            .open(new SnapshotMeta(9, 4, new byte[0])).isEmpty());
    }

    @Test void abandonedSnapshotLeavesNothing() throws IOException {
        SimDisk disk = new SimDisk(1);
        SnapshotWriter writer = new Snapshots(disk, seal, 0).begin(meta(3));
        writer.add(new byte[1000]);
        writer.abandon();
        assertEquals(List.of(), disk.list());
    }

    @Test void flippedByteIsRefused() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 9, 700, 700);
        String name = disk.list().getFirst();
        byte[] good = disk.contents(name);
        for (int at = 0; at < good.length; at++) {
            disk.put(name, good);
            disk.flip(name, at, 0x10);
            assertThrows(DamagedLog.class, () -> new Snapshots(disk, seal, 0).newest());
        }
    }

    @Test void cutOrLengthenedFileIsRefused() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 9, 700, 700);
        String name = disk.list().getFirst();
        byte[] good = disk.contents(name);
        for (int length = 0; length < good.length; length++) {
            disk.put(name, Arrays.copyOf(good, length));
            assertThrows(DamagedLog.class, () -> new Snapshots(disk, seal, 0).newest());
        }
        disk.put(name, Arrays.copyOf(good, good.length + 64));
        assertThrows(DamagedLog.class, () -> new Snapshots(disk, seal, 0).newest());
    }

    /// A part taken out of the middle: every frame that is left is good by itself.
    @Test void missingPartIsRefused() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 9, 4 * Snapshots.PART_BYTES, 100_000);
        String name = disk.list().getFirst();
        byte[] good = disk.contents(name);
        int part = Frame.bytesOf(1 + Snapshots.PART_BYTES);
        int first = FileHeader.BYTES + Frame.bytesOf(17 + 3);
        byte[] holed = Arrays.copyOf(good, good.length - part);
        System.arraycopy(good, first + 2 * part, holed, first + part,
            good.length - first - 2 * part);
        disk.put(name, holed);
        assertThrows(DamagedLog.class, () -> new Snapshots(disk, seal, 0).newest());
    }

    @Test void damagedNewestFallsBackToAnOlderOneThatIsKept() throws IOException {
        SimDisk disk = new SimDisk(1);
        Snapshots snapshots = new Snapshots(disk, seal, 1);
        snapshots.begin(meta(3)).commit();
        snapshots.begin(meta(8)).commit();
        disk.flip(disk.list().getLast(), 100, 1);
        assertEquals(3, snapshots.newest().index());
    }

    @Test void snapshotUnderAnotherKeyIsRefusedByThatName() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 9, 700, 700);
        byte[] other = new byte[Seal.KEY_BYTES];
        other[9] = 1;
        String message = assertThrows(DamagedLog.class, () -> new Snapshots(disk,
            new Seal(other, new Random(3)), 0).newest()).getMessage();
        assertTrue(message.contains("another data key"), message);
    }

    @Test void failedSyncLeavesTheOldSnapshot() throws IOException {
        SimDisk disk = new SimDisk(1);
        write(disk, 5, 1000, 400);
        disk.failSyncAfter(0);
        assertThrows(IOException.class, () -> write(disk, 7, 1000, 400));
        disk.crash();
        assertEquals(5, new Snapshots(disk, seal, 0).newest().index());
    }
}

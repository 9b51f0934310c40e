package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sim.SimDisk;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// One test per kind of damage, and per thing that a log must do (F02, F03, F05, F08, F09).
class WalTest {
    private static final int SEGMENT_BYTES = 8 * 1024;
    private static final HardState VOTED = new HardState(7, Optional.of(new MemberId(42)));

    private final SimDisk disk = new SimDisk(1);
    private final Seal seal = new Seal(new byte[Seal.KEY_BYTES], new Random(2));

    private static Entry entry(long index, int bytes) {
        byte[] data = new byte[bytes];
        new Random(index).nextBytes(data);
        return new Entry(index, 7, Entry.Kind.COMMAND, data);
    }

    private static SnapshotMeta upTo(long index) {
        return new SnapshotMeta(index, 7, new byte[0]);
    }

    private Recovered reopen(SnapshotMeta snapshot) throws IOException {
        Wal.Opened opened = Wal.open(disk, seal, SEGMENT_BYTES, snapshot);
        opened.wal().close();
        return opened.recovered();
    }

    private static List<Long> indexes(Recovered recovered) {
        return recovered.entries().stream().map(Entry::index).toList();
    }

    /// Three syncs in one segment: a vote, a short entry and one over two sectors; then one more.
    private Wal smallLog() throws IOException {
        Wal wal = Wal.create(disk, seal, SEGMENT_BYTES);
        wal.saveHardState(VOTED);
        wal.sync();
        wal.append(List.of(entry(1, 100), entry(2, 1000)));
        wal.sync();
        wal.append(List.of(entry(3, 200)));
        wal.sync();
        return wal;
    }

    private static String segment(long number) {
        return LogChain.name(number);
    }

    @Test void everythingSyncedIsReadBack() throws IOException {
        smallLog();
        disk.crash();
        Recovered recovered = reopen(SnapshotMeta.NONE);
        assertEquals(VOTED, recovered.hardState());
        assertEquals(List.of(1L, 2L, 3L), indexes(recovered));
        assertArrayEquals(entry(2, 1000).data(), recovered.entries().get(1).data());
        assertEquals(List.of(1L, 2L, 3L), indexes(reopen(SnapshotMeta.NONE)), "and once more");
    }

    @Test void everyKindOfEntryIsReadBack() throws IOException {
        Wal wal = Wal.create(disk, seal, SEGMENT_BYTES);
        for (Entry.Kind kind : Entry.Kind.values()) {
            wal.append(List.of(new Entry(kind.ordinal() + 1, 7, kind, new byte[0])));
        }
        wal.sync();
        List<Entry.Kind> kinds = reopen(SnapshotMeta.NONE).entries().stream()
            .map(Entry::kind).toList();
        assertEquals(List.of(Entry.Kind.values()), kinds);
    }

    @Test void logIsDirtyUntilItIsSynced() throws IOException {
        Wal wal = smallLog();
        assertFalse(wal.dirty());
        wal.truncateFrom(3);
        assertTrue(wal.dirty());
        wal.sync();
        assertFalse(wal.dirty());
    }

    /// Whatever byte rots, what was synced is there or the log is refused: never less, silently.
    @Test void flippedByteIsRefusedOrHarmless() throws IOException {
        smallLog();
        byte[] good = disk.contents(segment(1));
        int refused = 0;
        for (int at = 0; at < good.length; at++) {
            SimDisk rotten = new SimDisk(at);
            rotten.put(segment(1), good);
            rotten.flip(segment(1), at, 1 << at % 8);
            refused += intactOrRefused(rotten, "byte " + at);
        }
        int used = FileHeader.BYTES + Frame.bytesOf(LogRecord.HEAD_BYTES) + Frame.bytesOf(18)
            + Frame.bytesOf(118) + Frame.bytesOf(1018) + Frame.bytesOf(218);
        assertTrue(refused >= used, refused + " of " + used + " used bytes were refused");
    }

    @Test void cutFileIsRefused() throws IOException {
        smallLog();
        byte[] good = disk.contents(segment(1));
        for (int length = 0; length < good.length; length += length < 3000 ? 1 : 97) {
            SimDisk cut = new SimDisk(length);
            cut.put(segment(1), Arrays.copyOf(good, length));
            assertEquals(1, intactOrRefused(cut, "cut at " + length));
        }
    }

    /// Zeros from a byte on, as if the rest had never been written: only the last write may be
    /// taken back, and only by whole sectors, for no one can tell that from a crash.
    @Test void zeroedTailLosesAtMostTheLastWriteAndOnlyBySectors() throws IOException {
        smallLog();
        byte[] good = disk.contents(segment(1));
        int lastWrite = FileHeader.BYTES + Frame.bytesOf(LogRecord.HEAD_BYTES)
            + Frame.bytesOf(18) + Frame.bytesOf(118) + Frame.bytesOf(1018);
        for (int from = 0; from < good.length; from++) {
            SimDisk zeroed = new SimDisk(from);
            byte[] bytes = good.clone();
            Arrays.fill(bytes, from, bytes.length, (byte) 0);
            zeroed.put(segment(1), bytes);
            long entries = recoveredEntries(zeroed);
            if (entries == 2) {
                assertTrue(from == lastWrite || from > lastWrite && from % Disk.SECTOR_BYTES == 0,
                    "the last write was taken back at " + from);
            }
            if (entries >= 0 && entries < 2) {
                assertTrue(from <= lastWrite, "synced entries were lost at " + from);
            }
        }
    }

    /// Entries found, or -1 if the log was refused.
    private long recoveredEntries(SimDisk changed) throws IOException {
        try {
            return Wal.open(changed, seal, SEGMENT_BYTES, SnapshotMeta.NONE).recovered()
                .entries().size();
        } catch (DamagedLog refused) {
            return -1;
        }
    }

    private int intactOrRefused(SimDisk changed, String what) throws IOException {
        List<String> before = changed.list();
        try {
            Recovered found = Wal.open(changed, seal, SEGMENT_BYTES, SnapshotMeta.NONE)
                .recovered();
            assertEquals(List.of(1L, 2L, 3L), indexes(found), what);
            assertEquals(VOTED, found.hardState(), what);
            return 0;
        } catch (DamagedLog refused) {
            assertTrue(refused.getMessage().contains(changed.place(segment(1))), what);
            assertTrue(refused.getMessage().endsWith(DamagedLog.ADVICE), what);
            assertEquals(before, changed.list(), "a refused log is left as it is");
            return 1;
        }
    }

    @Test void recordOfAnEarlierSyncIsRefusedWhenZeroed() throws IOException {
        smallLog();
        byte[] bytes = disk.contents(segment(1));
        int vote = FileHeader.BYTES + Frame.bytesOf(LogRecord.HEAD_BYTES);
        Arrays.fill(bytes, vote, 512, (byte) 0);
        disk.put(segment(1), bytes);
        String message = assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE))
            .getMessage();
        assertTrue(message.contains("at byte " + vote), message);
        assertTrue(message.contains("could only be written after it"), message);
    }

    /// The second record of a write is gone from the middle of a sector on, though the sector's
    /// beginning and the third record are there: no crash does that.
    @Test void holeInsideTheLastWriteIsRefused() throws IOException {
        Wal wal = Wal.create(disk, seal, SEGMENT_BYTES);
        wal.append(List.of(entry(1, 100), entry(2, 100), entry(3, 100)));
        wal.sync();
        byte[] bytes = disk.contents(segment(1));
        int second = FileHeader.BYTES + Frame.bytesOf(LogRecord.HEAD_BYTES) + Frame.bytesOf(118);
        assertTrue(second < 512 && second + Frame.bytesOf(118) >= 512);
        Arrays.fill(bytes, second, 512, (byte) 0);
        disk.put(segment(1), bytes);
        assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE));
    }

    @Test void tornLastWriteIsCut() throws IOException {
        Wal wal = smallLog();
        wal.append(List.of(entry(4, 2000)));
        wal.sync();
        byte[] bytes = disk.contents(segment(1));
        Arrays.fill(bytes, 2048, 2560, (byte) 0);
        disk.put(segment(1), bytes);
        assertEquals(List.of(1L, 2L, 3L), indexes(reopen(SnapshotMeta.NONE)));
    }

    @Test void misdirectedWriteIsRefused() throws IOException {
        Wal wal = smallLog();
        disk.misdirectNextWrite(512);
        wal.append(List.of(entry(4, 100)));
        wal.sync();
        assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE));
    }

    @Test void segmentUnderAnotherNameIsRefused() throws IOException {
        smallLog();
        disk.rename(segment(1), segment(2));
        String message = assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE))
            .getMessage();
        assertTrue(message.contains("written as segment 1"), message);
    }

    @Test void logUnderAnotherKeyIsRefusedByThatName() throws IOException {
        smallLog();
        byte[] other = new byte[Seal.KEY_BYTES];
        other[0] = 1;
        String message = assertThrows(DamagedLog.class, () -> Wal.open(disk,
            new Seal(other, new Random(3)), SEGMENT_BYTES, SnapshotMeta.NONE)).getMessage();
        assertTrue(message.contains("another data key"), message);
    }

    @Test void missingLogIsRefusedAndNotMadeAnew() {
        assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE));
    }

    @Test void logIsNotMadeWhereOneIs() throws IOException {
        smallLog();
        assertThrows(IOException.class, () -> Wal.create(disk, seal, SEGMENT_BYTES));
        assertEquals(3, reopen(SnapshotMeta.NONE).entries().size());
    }

    @Test void missingSegmentIsRefused() throws IOException {
        Wal wal = smallLog();
        for (long index = 4; index < 40; index++) {
            wal.append(List.of(entry(index, 1000)));
            wal.sync();
        }
        disk.delete(segment(2));
        String message = assertThrows(DamagedLog.class, () -> reopen(SnapshotMeta.NONE))
            .getMessage();
        assertTrue(message.contains("gap"), message);
    }

    @Test void groupLargerThanASegmentIsSplit() throws IOException {
        Wal wal = Wal.create(disk, seal, SEGMENT_BYTES);
        wal.saveHardState(VOTED);
        for (long index = 1; index <= 50; index++) {
            wal.append(List.of(entry(index, 1000)));
        }
        wal.sync();
        disk.crash();
        Recovered recovered = reopen(SnapshotMeta.NONE);
        assertEquals(50, recovered.entries().size());
        assertEquals(VOTED, recovered.hardState());
    }

    @Test void whatWasTruncatedDoesNotComeBack() throws IOException {
        Wal wal = smallLog();
        wal.truncateFrom(2);
        wal.append(List.of(entry(2, 10)));
        wal.sync();
        Recovered recovered = reopen(SnapshotMeta.NONE);
        assertEquals(List.of(1L, 2L), indexes(recovered));
        assertEquals(10, recovered.entries().get(1).data().length);
    }

    @Test void termAndVoteOutliveTheSegmentTheyWereWrittenTo() throws IOException {
        Wal wal = smallLog();
        for (long index = 4; index < 60; index++) {
            wal.append(List.of(entry(index, 1000)));
            wal.sync();
            wal.tend();
        }
        wal.dropBefore(56);
        while (wal.tend()) {
            continue;
        }
        assertFalse(disk.list().contains(segment(1)));
        disk.crash();
        Recovered recovered = reopen(upTo(55));
        assertEquals(VOTED, recovered.hardState());
        assertTrue(recovered.entries().getFirst().index() <= 56);
        assertEquals(59, recovered.entries().getLast().index());
        assertThrows(DamagedLog.class, () -> reopen(upTo(40)), "F09: a gap is refused");
    }

    @Test void resetLogGoesOnBehindTheSnapshot() throws IOException {
        Wal wal = smallLog();
        wal.resetTo(101);
        wal.append(List.of(entry(101, 10)));
        wal.sync();
        assertEquals(List.of(101L), indexes(reopen(upTo(100))));
        assertThrows(DamagedLog.class, () -> reopen(upTo(99)));
    }

    @Test void crashBetweenSnapshotAndResetLeavesTheOldLogForRaftToSettle() throws IOException {
        smallLog();
        disk.crash();
        assertEquals(List.of(1L, 2L, 3L), indexes(reopen(upTo(100))), "F06");
    }

    @Test void failedSyncIsNeverTriedAgain() throws IOException {
        Wal wal = smallLog();
        disk.failSyncAfter(0);
        wal.append(List.of(entry(4, 10)));
        assertThrows(IOException.class, wal::sync);
        for (int i = 0; i < 2; i++) {
            String message = assertThrows(IOException.class, wal::sync).getMessage();
            assertTrue(message.contains("Input/output error"), message);
        }
        assertThrows(IOException.class, () -> wal.append(List.of(entry(5, 10))));
        assertThrows(IOException.class, wal::tend);
    }

    /// After a failed sync the page cache shows what the disk does not have. A start that trusted
    /// it would lose it at the next power cut.
    @Test void whatIsReadAfterAFailedSyncIsWrittenAgain() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SimDisk lying = new SimDisk(seed);
            Wal wal = Wal.create(lying, seal, SEGMENT_BYTES);
            lying.failSyncAfter(0);
            wal.append(List.of(entry(1, 2000)));
            assertThrows(IOException.class, wal::sync);
            lying.kill();
            Recovered shown = Wal.open(lying, seal, SEGMENT_BYTES, SnapshotMeta.NONE).recovered();
            lying.crash();
            Recovered kept = Wal.open(lying, seal, SEGMENT_BYTES, SnapshotMeta.NONE).recovered();
            assertEquals(indexes(shown), indexes(kept));
        }
    }

    @Test void fullDiskIsMetWhileThereIsRoomAndHealsWithoutARestart() throws IOException {
        Wal wal = smallLog();
        disk.capacity(SEGMENT_BYTES + 100);
        while (wal.tend()) {
            continue;
        }
        assertTrue(wal.shortage().orElseThrow().contains("No space left on device"));
        wal.append(List.of(entry(4, 3000)));
        wal.sync();
        wal.append(List.of(entry(5, 6000)));
        assertThrows(IOException.class, wal::sync);
        assertTrue(wal.dirty());
        disk.capacity(Long.MAX_VALUE);
        wal.sync();
        assertEquals(Optional.empty(), wal.shortage());
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), indexes(reopen(SnapshotMeta.NONE)));
    }

    @Test void restartOnAFullDiskUsesThePreparedSegment() throws IOException {
        Wal wal = smallLog();
        while (wal.tend()) {
            continue;
        }
        assertTrue(disk.list().contains(segment(2)));
        disk.crash();
        disk.capacity(0);
        assertEquals(List.of(1L, 2L, 3L), indexes(reopen(SnapshotMeta.NONE)));
    }

    @Test void restartsDoNotPileUpSegments() throws IOException {
        smallLog();
        for (int i = 0; i < 20; i++) {
            Wal wal = Wal.open(disk, seal, SEGMENT_BYTES, SnapshotMeta.NONE).wal();
            wal.append(List.of(entry(4 + i, 10)));
            wal.sync();
            disk.crash();
        }
        assertTrue(disk.list().size() <= 3, disk.list().toString());
    }

    @Test void saltIsNewInEveryFile() throws IOException {
        smallLog();
        byte[] before = Arrays.copyOf(disk.contents(segment(1)), FileHeader.BYTES);
        reopen(SnapshotMeta.NONE);
        byte[] after = Arrays.copyOf(disk.contents(segment(2)), FileHeader.BYTES);
        assertFalse(Arrays.equals(Arrays.copyOfRange(before, 24, 40),
            Arrays.copyOfRange(after, 24, 40)));
    }

    @Test void plainTextIsNotOnTheDisk() throws IOException {
        Wal wal = Wal.create(disk, seal, SEGMENT_BYTES);
        byte[] secret = "a secret of sixteen or more bytes".getBytes();
        wal.append(List.of(new Entry(1, 1, Entry.Kind.COMMAND, secret)));
        wal.sync();
        String found = new String(disk.contents(segment(1)));
        assertFalse(found.contains("a secret"));
    }
}

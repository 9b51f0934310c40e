package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The segment that is written: records are placed, then all that were placed go out in one write
/// and one sync.
///
/// Leaves to others: preparing its file (`NextSegment`), what is placed and when (`Wal`).
/// Invariants: `flush` begins where the last one ended; the first one writes file header and head.
/// Source: swarm-state(5).
final class SegmentWriter {
    private final Disk.DiskFile file;
    private final Seal.FileKey key;
    private final LogRecord.Head head;
    /// Records encoded since the last flush.
    private final List<byte[]> placed = new ArrayList<>();
    /// Bytes that the next flush will write.
    private int placedBytes;
    /// Where the next flush will write.
    private int offset;
    /// Records durable in this segment.
    private int records;

    /// Begins a segment. `head` is written by the first flush, which counts what goes with it.
    SegmentWriter(Disk.DiskFile file, Seal.FileKey key, LogRecord.Head head) {
        this.file = file;
        this.key = key;
        this.head = head;
        this.placedBytes = overheadBytes();
    }

    /// What a segment's beginning takes.
    static int overheadBytes() {
        return FileHeader.BYTES + Frame.bytesOf(LogRecord.HEAD_BYTES);
    }

    boolean fits(LogRecord unit) {
        return offset + placedBytes + Frame.bytesOf(unit.bytes()) <= key.header().fileBytes();
    }

    void place(LogRecord unit) {
        placed.add(unit.encode());
        placedBytes += Frame.bytesOf(unit.bytes());
    }

    /// Bytes of the segment that are taken.
    int used() {
        return offset + placedBytes;
    }

    long number() {
        return key.header().number();
    }

    int records() {
        return records;
    }

    /// Makes all that was placed durable.
    void flush() throws IOException {
        if (records > 0 && placed.isEmpty()) {
            return;
        }
        if (records == 0) {
            placed.addFirst(new LogRecord.Head(head.previous(), head.previousRecords(),
                placed.size() + 1, head.state(), head.next()).encode());
        }
        ByteBuffer out = ByteBuffer.allocate(placedBytes);
        if (records == 0) {
            out.put(key.header().encode());
        }
        int batch = records;
        int number = records;
        for (byte[] plain : placed) {
            Frame.write(out, key, number, batch, plain);
            number++;
        }
        file.write(offset, out.flip());
        file.sync();
        offset += placedBytes;
        records = number;
        placed.clear();
        placedBytes = 0;
    }

    void close() throws IOException {
        file.close();
    }
}

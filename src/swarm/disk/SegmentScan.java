package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one segment, and tells a torn tail from damage.
///
/// The idea: a segment is all zeros, synced, before the first record goes into it, and every sync
/// covers one write. So what a crash leaves of the last, unsynced write is known: each sector has
/// its new bytes or what it had before, which is zeros from the write's beginning on. A record that
/// cannot be read is the work of a crash only if
/// (1) no readable header behind it tells of a later write, for that one came after a sync; and
/// (2) a sector of it is still zero: the one with its header, or a whole one of its body.
/// Everything else was durable once and is not any more: DamagedLog.
///
/// Two things are taken for a crash although they need not be: the last write lost as a whole, and
/// lost by whole sectors. Only a disk that lies about a sync does that.
///
/// Leaves to others: how segments follow one another (`LogChain`).
/// Source: TigerBeetle's and Alagappan's distinction of crash and corruption; F05.
final class SegmentScan {
    private static final int FIRST_RECORD_AT = FileHeader.BYTES;

    private final Seal seal;
    private final String place;
    private final long number;
    private final byte[] bytes;

    private SegmentScan(Seal seal, String place, long number, byte[] bytes) {
        this.seal = seal;
        this.place = place;
        this.number = number;
        this.bytes = bytes;
    }

    /// What a segment turned out to be.
    sealed interface Found {}

    /// Prepared, and never written to.
    record Unused(int fileBytes) implements Found {}

    /// Its first write was torn, so nothing in it was ever promised.
    record NeverBegun() implements Found {}

    /// `records` are what it says after `head`.
    record Segment(long number, LogRecord.Head head, List<LogRecord> records, int fileBytes)
        implements Found {}

    /// Reads the newest segment: it ends where its last good record does.
    static Found newest(Disk disk, Seal seal, long number) throws IOException {
        return of(disk, seal, number).scan(Integer.MAX_VALUE);
    }

    /// Reads a segment of which exactly `records` are known to have been synced.
    static Segment older(Disk disk, Seal seal, long number, int records) throws IOException {
        SegmentScan scan = of(disk, seal, number);
        return switch (scan.scan(records)) {
            case Segment segment when segment.records().size() + 1 == records -> segment;
            case Segment segment -> throw new DamagedLog(scan.place, "only "
                + (segment.records().size() + 1) + " of its " + records + " records are there");
            case Unused unused -> throw new DamagedLog(scan.place, "it holds nothing but zeros");
            case NeverBegun torn -> throw new DamagedLog(scan.place, "its beginning is missing");
        };
    }

    private static SegmentScan of(Disk disk, Seal seal, long number) throws IOException {
        String name = LogChain.name(number);
        try (Disk.DiskFile file = disk.open(name)) {
            byte[] bytes = file.read(0, Math.toIntExact(file.size()));
            return new SegmentScan(seal, disk.place(name), number, bytes);
        }
    }

    private Found scan(int recordsMax) throws DamagedLog {
        if (bytes.length < Disk.SECTOR_BYTES) {
            throw new DamagedLog(place, "only " + bytes.length + " bytes of it are left");
        }
        if (zeros(0, Disk.SECTOR_BYTES)) {
            refuseLaterWrites(0, 0, Optional.empty());
            return zeros(0, bytes.length) ? new Unused(bytes.length) : new NeverBegun();
        }
        Seal.FileKey key = key();
        List<LogRecord> records = new ArrayList<>();
        int offset = FIRST_RECORD_AT;
        while (records.size() < recordsMax) {
            int record = records.size();
            Optional<Frame> header = Frame.at(bytes, offset)
                .filter(found -> found.tag() == tag() && found.number() == record);
            if (header.isEmpty() || !header.get().intact(bytes, offset)) {
                judgeEnd(offset, record, header);
                break;
            }
            records.add(decode(header.get(), key, offset));
            offset += header.get().bytes();
        }
        return begun(records);
    }

    private Seal.FileKey key() throws DamagedLog {
        FileHeader header;
        try {
            header = FileHeader.decode(FileHeader.Kind.LOG, bytes);
        } catch (FileHeader.Malformed malformed) {
            throw new DamagedLog(place, 0, malformed.getMessage());
        }
        if (header.fileBytes() != bytes.length || header.number() != number) {
            throw new DamagedLog(place, "it was written as segment " + header.number() + " of "
                + header.fileBytes() + " bytes, and is segment " + number + " of " + bytes.length);
        }
        return seal.open(header).orElseThrow(() ->
            new DamagedLog(place, "it was sealed with another data key than this node's"));
    }

    private LogRecord decode(Frame frame, Seal.FileKey key, int offset) throws DamagedLog {
        return frame.plain(key, bytes, offset).flatMap(LogRecord::decode)
            .filter(found -> found instanceof LogRecord.Head == (frame.number() == 0))
            .orElseThrow(() -> new DamagedLog(place, offset, "record " + frame.number()
                + " has a good checksum and makes no sense: it was changed on purpose"));
    }

    /// A segment whose first write is not whole was never begun: what was in the segment before it
    /// counts, and that write may hold less of it.
    private Found begun(List<LogRecord> records) {
        Optional<LogRecord.Head> head = records.stream().limit(1)
            .map(LogRecord.Head.class::cast).findFirst();
        if (head.isEmpty() || records.size() < head.get().batchRecords()) {
            return new NeverBegun();
        }
        return new Segment(number, head.get(), records.subList(1, records.size()), bytes.length);
    }

    /// Ends quietly where the log ends or where a crash tore it; refuses everything else.
    private void judgeEnd(int offset, int record, Optional<Frame> header) throws DamagedLog {
        if (offset + Frame.HEADER_BYTES > bytes.length) {
            return;
        }
        refuseLaterWrites(offset, record, header);
        int sectorEnd = offset - offset % Disk.SECTOR_BYTES + Disk.SECTOR_BYTES;
        boolean torn = header.isPresent()
            ? missesSector(sectorEnd, offset + header.get().bytes()) : zeros(offset, sectorEnd);
        if (!torn) {
            throw new DamagedLog(place, offset, "record " + record + " does not match its"
                + " checksum, and no crash leaves it like this");
        }
    }

    /// Refuses if a record behind the unreadable one was written by a later write, or by one that
    /// must have left more of the unreadable one than there is.
    private void refuseLaterWrites(int offset, int record, Optional<Frame> header)
        throws DamagedLog {
        boolean firstOfSector = offset % Disk.SECTOR_BYTES == 0;
        for (int at = offset + Frame.HEADER_BYTES; at < bytes.length; at += Frame.HEADER_BYTES) {
            Optional<Frame> later = Frame.at(bytes, at)
                .filter(found -> offset == 0 || found.tag() == tag());
            if (later.isEmpty()) {
                continue;
            }
            int batch = later.get().batch();
            boolean sameWrite = header.isPresent() ? batch == header.get().batch()
                : batch == record || batch < record && firstOfSector;
            if (!sameWrite) {
                throw new DamagedLog(place, offset, "record " + record + " cannot be read, but"
                    + " record " + later.get().number() + " at byte " + at
                    + " could only be written after it");
            }
        }
    }

    /// Whether some whole sector between `from`, where one begins, and `to` was never written.
    private boolean missesSector(int from, int to) {
        for (int at = from; at < to; at += Disk.SECTOR_BYTES) {
            if (zeros(at, at + Disk.SECTOR_BYTES)) {
                return true;
            }
        }
        return false;
    }

    private long tag() {
        return ByteBuffer.wrap(bytes).getLong(FileHeader.TAG_AT);
    }

    private boolean zeros(int from, int to) {
        for (int at = from; at < Math.min(to, bytes.length); at++) {
            if (bytes[at] != 0) {
                return false;
            }
        }
        return true;
    }
}

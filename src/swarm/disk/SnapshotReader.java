package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import swarm.raft.SnapshotMeta;

/// Reads one snapshot: from any place on, in pieces, or through and through to verify it.
///
/// The idea: all parts but the last have the same size, so a place in the content is a place in the
/// file, and only the part that holds it is read and unsealed.
///
/// Leaves to others: the format (`Snapshots`). Used by one thread at a time.
/// Invariants: nothing is given out that its checksum and its seal do not confirm.
/// Source: Raft §7, InstallSnapshot sends chunks by their offset.
public final class SnapshotReader implements AutoCloseable {
    private static final int FRAME_BYTES_MAX = Frame.bytesOf(1 + Snapshots.PART_BYTES);
    private static final int END_BYTES = Frame.bytesOf(1 + Long.BYTES);

    private final Disk.DiskFile file;
    private final String place;
    private final Seal.FileKey key;
    private final SnapshotMeta meta;
    private final long size;
    /// Where the first part begins.
    private final long partsAt;

    private SnapshotReader(Disk.DiskFile file, String place, Seal.FileKey key)
        throws IOException {
        this.file = file;
        this.place = place;
        this.key = key;
        ByteBuffer first = record(FileHeader.BYTES, 0, Snapshots.META);
        this.partsAt = FileHeader.BYTES + Frame.bytesOf(first.limit());
        long index = first.getLong();
        long term = first.getLong();
        byte[] configuration = new byte[first.remaining()];
        first.get(configuration);
        this.meta = new SnapshotMeta(index, term, configuration);
        long endAt = Math.max(partsAt, file.size() - END_BYTES);
        long parts = (endAt - partsAt + FRAME_BYTES_MAX - 1) / FRAME_BYTES_MAX;
        this.size = record(endAt, Math.toIntExact(1 + parts), Snapshots.END).getLong();
    }

    static SnapshotReader open(Disk disk, Seal seal, String name, long index)
        throws IOException {
        Disk.DiskFile file = disk.open(name);
        try {
            String place = disk.place(name);
            FileHeader header = FileHeader.decode(FileHeader.Kind.SNAPSHOT,
                file.read(0, FileHeader.BYTES));
            Seal.FileKey key = seal.open(header).orElseThrow(() -> new DamagedLog(place,
                "it was sealed with another data key than this node's"));
            SnapshotReader reader = new SnapshotReader(file, place, key);
            if (header.number() != index || reader.meta.index() != index) {
                throw new DamagedLog(place, "it was written as the snapshot of entry "
                    + header.number());
            }
            return reader;
        } catch (FileHeader.Malformed malformed) {
            file.close();
            throw new DamagedLog(disk.place(name), 0, malformed.getMessage());
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
    }

    /// What the snapshot stands for.
    public SnapshotMeta meta() {
        return meta;
    }

    /// Content bytes.
    public long size() {
        return size;
    }

    /// The content from `offset` on: at least a byte and at most `bytesMax`, none at its end.
    public byte[] read(long offset, int bytesMax) throws IOException {
        if (offset >= size) {
            return new byte[0];
        }
        int number = Math.toIntExact(offset / Snapshots.PART_BYTES);
        ByteBuffer part = record(partsAt + (long) number * FRAME_BYTES_MAX, number + 1,
            Snapshots.PART);
        int from = part.position() + (int) (offset % Snapshots.PART_BYTES);
        int to = Math.min(part.limit(), from + bytesMax);
        if (from >= to) {
            throw new DamagedLog(place, "part " + number + " is too short");
        }
        return Arrays.copyOfRange(part.array(), from, to);
    }

    /// Reads all of it once. The end, whose number says how many parts there are, was read at the
    /// file's end before, so nothing is missing or too much.
    void verify() throws IOException {
        long at = 0;
        while (at < size) {
            at += read(at, Snapshots.PART_BYTES).length;
        }
    }

    /// The plain bytes of the frame at `offset`, behind the one that says its kind.
    private ByteBuffer record(long offset, int number, byte kind) throws IOException {
        byte[] bytes = file.read(offset, FRAME_BYTES_MAX);
        Optional<byte[]> plain = Frame.at(bytes, 0)
            .filter(found -> found.number() == number && found.intact(bytes, 0))
            .flatMap(found -> found.plain(key, bytes, 0));
        if (plain.isEmpty() || plain.get()[0] != kind) {
            throw new DamagedLog(place, offset, "record " + number + " of the snapshot is damaged"
                + " or missing");
        }
        return ByteBuffer.wrap(plain.get()).position(1);
    }

    @Override public void close() throws IOException {
        file.close();
    }
}

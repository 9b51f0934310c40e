package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import swarm.raft.SnapshotMeta;

/// Writes one snapshot aside, piece by piece, and gives it its name when it is whole.
///
/// Leaves to others: the format (`Snapshots`), reading it (`SnapshotReader`).
/// Invariants: after a failure only `abandon` may follow; without `commit` nothing is visible, and
/// the next start removes the file.
/// Source: Raft §7, InstallSnapshot.
public final class SnapshotWriter {
    private final Snapshots owner;
    private final Seal.FileKey key;
    private final String aside;
    private final SnapshotMeta meta;
    private final Disk.DiskFile file;
    /// Content that no part was made of yet, behind the byte that says PART.
    private final byte[] part = new byte[1 + Snapshots.PART_BYTES];
    /// Bytes of `part` that are set; 1 when it is empty.
    private int partBytes = 1;
    /// Where the next frame goes.
    private long offset;
    /// Frames written.
    private int frames;
    /// Content bytes taken.
    private long size;

    SnapshotWriter(Snapshots owner, Seal.FileKey key, String aside, SnapshotMeta meta)
        throws IOException {
        this.owner = owner;
        this.key = key;
        this.aside = aside;
        this.meta = meta;
        this.file = owner.disk().create(aside);
        this.part[0] = Snapshots.PART;
        put(ByteBuffer.wrap(key.header().encode()));
        frame(ByteBuffer.allocate(17 + meta.configuration().length).put(Snapshots.META)
            .putLong(meta.index()).putLong(meta.term()).put(meta.configuration()).array());
    }

    /// Adds content; pieces may have any size.
    public void add(byte[] piece) throws IOException {
        int taken = 0;
        while (taken < piece.length) {
            int more = Math.min(piece.length - taken, part.length - partBytes);
            System.arraycopy(piece, taken, part, partBytes, more);
            taken += more;
            partBytes += more;
            if (partBytes == part.length) {
                endPart();
            }
        }
        size += piece.length;
    }

    /// Content bytes so far.
    public long size() {
        return size;
    }

    /// Makes the snapshot durable, then visible; older ones are removed.
    public void commit() throws IOException {
        if (partBytes > 1) {
            endPart();
        }
        frame(ByteBuffer.allocate(9).put(Snapshots.END).putLong(size).array());
        file.sync();
        file.close();
        owner.publish(aside, meta);
    }

    /// Gives it up.
    public void abandon() throws IOException {
        file.close();
        owner.disk().delete(aside);
    }

    private void endPart() throws IOException {
        frame(Arrays.copyOf(part, partBytes));
        partBytes = 1;
    }

    private void frame(byte[] plain) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(Frame.bytesOf(plain.length));
        Frame.write(out, key, frames, 0, plain);
        put(out.flip());
        frames++;
    }

    private void put(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        file.write(offset, bytes);
        offset += length;
    }
}

package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The segment after the current one, prepared little by little: filled with zeros, synced, named.
///
/// The idea: a full disk is met here, while the current segment still has room, and not in the
/// middle of a record. And a write into blocks that are there already costs a sync no journal
/// entry. Each step is one slice, written and synced, so no step stalls the log for long.
///
/// Leaves to others: when to take a step (`Wal`).
/// Invariants: a file named as a segment has its full size, and zeros that are durable, before its
/// first record. A slice whose sync failed is written again, not only synced again.
/// Source: fdatasync(2); the measurements in swarm-state(5).
final class NextSegment {
    static final String ASIDE = "log-next.tmp";
    /// As much as a disk takes in about two milliseconds.
    static final int SLICE_BYTES = 256 * 1024;

    private final Disk disk;
    private final int fileBytes;
    /// The number that the segment will have; one higher after each that was taken.
    private long number;
    /// The file that is filled, or is ready.
    private Optional<Disk.DiskFile> file = Optional.empty();
    /// Bytes of zeros that are durable in it.
    private int filled;
    /// Whether it is filled and has its name.
    private boolean ready;
    /// Why the last step failed; empty when one succeeds.
    private Optional<String> shortage = Optional.empty();

    private NextSegment(Disk disk, int fileBytes, long number) {
        this.disk = disk;
        this.fileBytes = fileBytes;
        this.number = number;
    }

    /// The segment that a start begins with: the one that a run before it prepared, if it has the
    /// size wanted now.
    static NextSegment after(Disk disk, int segmentBytes, LogChain.NextFile planned)
        throws IOException {
        int fileBytes = Math.max(segmentBytes, planned.fileBytesMin());
        NextSegment next = new NextSegment(disk, fileBytes, planned.number());
        if (planned.prepared() && fileBytes == planned.fileBytesMin()) {
            next.file = Optional.of(disk.open(LogChain.name(planned.number())));
            next.filled = fileBytes;
            next.ready = true;
            disk.syncDirectory();
        }
        return next;
    }

    int fileBytes() {
        return fileBytes;
    }

    boolean ready() {
        return ready;
    }

    int filled() {
        return filled;
    }

    long number() {
        return number;
    }

    Optional<String> shortage() {
        return shortage;
    }

    /// One more slice of `sliceBytes`, or the name at the end. A failure is kept as the shortage,
    /// and the step is tried again by the next call; false says that it failed.
    boolean step(int sliceBytes) {
        try {
            if (filled < fileBytes) {
                fill(Math.min(sliceBytes, fileBytes - filled));
            } else {
                disk.rename(ASIDE, LogChain.name(number));
                disk.syncDirectory();
                ready = true;
            }
            shortage = Optional.empty();
        } catch (IOException failure) {
            shortage = Optional.of("cannot prepare the next log segment of " + fileBytes
                + " bytes: " + failure.getMessage());
        }
        return shortage.isEmpty();
    }

    private void fill(int slice) throws IOException {
        if (file.isEmpty()) {
            file = Optional.of(disk.create(ASIDE));
        }
        file.get().write(filled, ByteBuffer.allocate(slice));
        file.get().sync();
        filled += slice;
    }

    /// The segment's file, ready to be written; the one after it is begun.
    Disk.DiskFile take() {
        Disk.DiskFile taken = file.orElseThrow();
        forget();
        number++;
        return taken;
    }

    /// Leaves the file as it is; the next start removes it, or uses it if it is ready.
    void close() throws IOException {
        Optional<Disk.DiskFile> open = file;
        forget();
        if (open.isPresent()) {
            open.get().close();
        }
    }

    private void forget() {
        file = Optional.empty();
        filled = 0;
        ready = false;
    }
}

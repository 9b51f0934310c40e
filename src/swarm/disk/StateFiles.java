package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Small files that are replaced as a whole: a reader, and a crash, see the old bytes or the new
/// ones.
///
/// The idea: write aside, sync, rename, sync the directory.
///
/// Leaves to others: what the files are called and hold (`StateDir`, the node).
/// Source: rename(2), fsync(2); F38.
public final class StateFiles {
    private static final String ASIDE = ".tmp";
    private static final int BYTES_MAX = 1 << 20;

    private final Disk disk;

    public StateFiles(Disk disk) {
        this.disk = disk;
    }

    /// The bytes of a file, if it is there.
    public Optional<byte[]> read(String name) throws IOException {
        if (!disk.list().contains(name)) {
            return Optional.empty();
        }
        try (Disk.DiskFile file = disk.open(name)) {
            return Optional.of(file.read(0, BYTES_MAX));
        }
    }

    /// Makes `bytes` the content of a file, durably.
    public void replace(String name, byte[] bytes) throws IOException {
        String aside = name + ASIDE;
        try (Disk.DiskFile file = disk.create(aside)) {
            file.write(0, ByteBuffer.wrap(bytes));
            file.sync();
        }
        disk.rename(aside, name);
        disk.syncDirectory();
    }

    /// Removes a file, durably, if it is there.
    public void remove(String name) throws IOException {
        if (disk.list().contains(name)) {
            disk.delete(name);
            disk.syncDirectory();
        }
    }
}

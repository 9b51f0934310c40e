package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The real disk: a directory of the file system.
///
/// The idea: as thin as it can be, so that what the simulated twin does not have is not worth a
/// test. Files are made 0600. Every failure names the file, which the JDK's own messages of a
/// failed write or sync do not.
///
/// Leaves to others: making the directory and asking whose it is (`StateDir`).
/// Invariants: no state but the path, so any thread may use it.
/// Source: fdatasync(2) is `force(false)`; a directory is synced by opening it and `force(true)`.
public final class FileDisk implements Disk {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;

    /// A disk in `directory`, which must be there.
    public FileDisk(Path directory) {
        this.directory = directory;
    }

    @Override public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (Files.isRegularFile(file)) {
                    names.add(file.getFileName().toString());
                }
            }
        }
        names.sort(String::compareTo);
        return names;
    }

    @Override public DiskFile create(String name) throws IOException {
        return new Opened(name, Set.of(StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ,
            StandardOpenOption.WRITE));
    }

    @Override public DiskFile open(String name) throws IOException {
        return new Opened(name, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override public void delete(String name) throws IOException {
        Files.delete(path(name));
    }

    @Override public void syncDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException failure) {
            throw named(directory, "sync", failure);
        }
    }

    @Override public String place(String name) {
        return path(name).toString();
    }

    private Path path(String name) {
        return directory.resolve(name);
    }

    /// The failure with the file's name in it, once.
    private static IOException named(Path file, String what, IOException failure) {
        return failure instanceof FileSystemException ? failure
            : new IOException("cannot " + what + " " + file + ": " + failure.getMessage(), failure);
    }

    /// An open file over a channel.
    private final class Opened implements DiskFile {
        private final Path file;
        private final FileChannel channel;

        Opened(String name, Set<StandardOpenOption> options) throws IOException {
            this.file = path(name);
            this.channel = FileChannel.open(file, options, OWNER_ONLY);
        }

        @Override public void write(long offset, ByteBuffer bytes) throws IOException {
            try {
                long at = offset;
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
            } catch (IOException failure) {
                throw named(file, "write", failure);
            }
        }

        @Override public byte[] read(long offset, int length) throws IOException {
            try {
                long there = Math.clamp(channel.size() - offset, 0L, (long) length);
                ByteBuffer bytes = ByteBuffer.allocate((int) there);
                while (bytes.hasRemaining()
                    && channel.read(bytes, offset + bytes.position()) >= 0) {
                    continue;
                }
                byte[] read = new byte[bytes.flip().remaining()];
                bytes.get(read);
                return read;
            } catch (IOException failure) {
                throw named(file, "read", failure);
            }
        }

        @Override public void sync() throws IOException {
            try {
                channel.force(false);
            } catch (IOException failure) {
                throw named(file, "sync", failure);
            }
        }

        @Override public long size() throws IOException {
            return channel.size();
        }

        @Override public void close() throws IOException {
            channel.close();
        }
    }
}

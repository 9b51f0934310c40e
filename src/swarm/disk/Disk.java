package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// One directory of files, and all that this program does to it.
///
/// The idea: a seam so narrow that a simulated twin can be stricter than any real disk. What was
/// written is promised only after `sync`, a name only after `syncDirectory`; until then a crash may
/// keep it, drop it, or tear it at the 512 byte sectors.
///
/// Leaves to others: owners and locks (`StateDir`), what the bytes mean (`Wal`, `Snapshots`).
/// Invariants: names have no separator in them; a failed sync says nothing about what is durable.
/// Source: the contract of fdatasync(2), rename(2) and fsync(2) of a directory.
public interface Disk {
    /// What a crash tears at the finest: a sector holds its old bytes or its new ones.
    int SECTOR_BYTES = 512;

    /// The names of all files, sorted.
    List<String> list() throws IOException;

    /// A new, empty file, for reading and writing; one that had the name is emptied.
    DiskFile create(String name) throws IOException;

    /// A file that is there, for reading and writing.
    DiskFile open(String name) throws IOException;

    /// Gives a file another name; one that had it is gone. Both happen, or neither.
    void rename(String from, String to) throws IOException;

    /// Removes a file that is there.
    void delete(String name) throws IOException;

    /// Makes all creations, renames and deletions so far survive a crash.
    void syncDirectory() throws IOException;

    /// Where a file lies, in words for a message.
    String place(String name);

    /// An open file. Used by one thread at a time.
    interface DiskFile extends AutoCloseable {
        /// Writes all remaining bytes of `bytes` at `offset`; the file grows as needed.
        void write(long offset, ByteBuffer bytes) throws IOException;

        /// The bytes from `offset` on: `length` of them, fewer where the file ends.
        byte[] read(long offset, int length) throws IOException;

        /// Makes all that was written so far survive a crash (fdatasync).
        void sync() throws IOException;

        /// Bytes in the file.
        long size() throws IOException;

        @Override void close() throws IOException;
    }
}

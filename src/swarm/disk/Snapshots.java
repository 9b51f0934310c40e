package swarm.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import swarm.raft.SnapshotMeta;

/// The snapshots of one log: each a file that is whole from the moment it has its name.
///
/// The idea: a snapshot is written aside, synced, renamed, and the directory synced; only then are
/// older ones removed, and only then may the log drop what it stands for. The name has its index,
/// so the newest is found without opening any.
///
/// The file: FileHeader, then frames. Frame 0 is META (1, index 8, term 8, configuration), then
/// PARTs (2, 256 KiB of the content, the last one less), then END (3, content bytes 8).
///
/// Leaves to others: what the content is (the store), when one is taken (the manager).
/// Invariants: no state but disk and key, so any thread may use it; a writer or reader has one
/// user.
/// Source: Raft §7; rename(2).
public final class Snapshots {
    static final int PART_BYTES = 256 * 1024;
    static final byte META = 1;
    static final byte PART = 2;
    static final byte END = 3;

    private static final String PREFIX = "snapshot-";
    private static final String ASIDE = ".tmp";
    private static final int NAME_DIGITS = 16;

    private final Disk disk;
    private final Seal seal;
    private final int keepOld;

    /// The snapshots on `disk`; `keepOld` of those before the newest are kept.
    public Snapshots(Disk disk, Seal seal, int keepOld) {
        this.disk = disk;
        this.seal = seal;
        this.keepOld = keepOld;
    }

    /// The newest snapshot that is whole, NONE if there is none. To be called at the start and only
    /// then: it removes what was not finished.
    public SnapshotMeta newest() throws IOException {
        for (String name : disk.list()) {
            if (name.startsWith(PREFIX) && name.endsWith(ASIDE)) {
                disk.delete(name);
            }
        }
        Optional<DamagedLog> damage = Optional.empty();
        for (String name : names().reversed()) {
            try (SnapshotReader reader = reader(name)) {
                reader.verify();
                return reader.meta();
            } catch (DamagedLog damaged) {
                damage = damage.or(() -> Optional.of(damaged));
            }
        }
        if (damage.isPresent()) {
            throw damage.get();
        }
        return SnapshotMeta.NONE;
    }

    /// Begins a snapshot aside.
    public SnapshotWriter begin(SnapshotMeta meta) throws IOException {
        Seal.FileKey key = seal.begin(FileHeader.Kind.SNAPSHOT, 0, meta.index());
        String aside = name(meta.index()) + "." + Long.toHexString(key.header().tag()) + ASIDE;
        return new SnapshotWriter(this, key, aside, meta);
    }

    /// Opens the snapshot of this index and term, if it is there.
    public Optional<SnapshotReader> open(SnapshotMeta meta) throws IOException {
        String name = name(meta.index());
        if (!disk.list().contains(name)) {
            return Optional.empty();
        }
        SnapshotReader reader = reader(name);
        if (reader.meta().term() == meta.term()) {
            return Optional.of(reader);
        }
        reader.close();
        return Optional.empty();
    }

    private SnapshotReader reader(String name) throws IOException {
        long index = HexFormat.fromHexDigitsToLong(name, PREFIX.length(), name.length());
        return SnapshotReader.open(disk, seal, name, index);
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : disk.list()) {
            if (name.startsWith(PREFIX) && name.length() == PREFIX.length() + NAME_DIGITS) {
                names.add(name);
            }
        }
        return names;
    }

    private static String name(long index) {
        return PREFIX + HexFormat.of().toHexDigits(index);
    }

    Disk disk() {
        return disk;
    }

    /// A file that is whole and synced becomes the snapshot, and older ones go.
    void publish(String aside, SnapshotMeta meta) throws IOException {
        disk.rename(aside, name(meta.index()));
        disk.syncDirectory();
        List<String> names = names();
        for (String old : names.subList(0, Math.max(0, names.size() - 1 - keepOld))) {
            disk.delete(old);
        }
    }
}

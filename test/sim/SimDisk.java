package sim;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.disk.Disk;

/// A disk in memory that is as bad as a real one may be.
///
/// The idea: every file has two contents, the one that reads see (the page cache) and the durable
/// one. `crash` is a power cut: of the writes since a file's last sync each sector keeps as many of
/// its versions as chance says, and each change of the directory since its last sync is kept or
/// not. `kill` ends the process only: the cache stays. A sync that fails leaves the cache as it
/// was, the durable content as after a crash, and forgets that there is a difference, as Linux
/// does.
///
/// Leaves to others: what ought to survive (the tests' oracles).
/// Invariants: the same seed and the same calls give the same disk. After `crash` or `kill` files
/// that were open answer nothing but an error.
/// Source: the contract in `Disk`; Rebello et al. on failed syncs.
public final class SimDisk implements Disk {
    private static final int PAGE_BYTES = 4096;

    private final Random chance;
    /// Names as programs see them.
    private TreeMap<String, Content> names = new TreeMap<>();
    /// Names as they will be after a crash that loses all that it may.
    private TreeMap<String, Content> durableNames = new TreeMap<>();
    /// Changes of the directory since it was synced.
    private final List<Change> changes = new ArrayList<>();
    /// One higher after each crash: files opened before it are dead.
    private int life;
    /// Operations until `Crashed` is thrown; negative: never.
    private long untilCrash = -1;
    /// Syncs of files until one fails; negative: never.
    private long untilSyncFails = -1;
    /// Bytes that all files together may have.
    private long capacityBytes = Long.MAX_VALUE;
    /// How long a sync takes, and how long those took that nobody asked about yet.
    private long syncMs;
    private long tookMs;
    /// Where the next write goes instead, if it was told to go astray.
    private Optional<Long> astray = Optional.empty();

    /// A change of the directory: `from` goes, `to` comes; either may be empty.
    private record Change(String from, String to, Optional<Content> file) {
        void apply(TreeMap<String, Content> names) {
            names.remove(from);
            file.ifPresent(content -> names.put(to, content));
        }
    }

    /// A write that no sync has followed.
    private record Write(int offset, byte[] bytes) {}

    /// Thrown where the power was to be cut. Unchecked: no code under test may see it coming.
    public static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public SimDisk(long seed) {
        this.chance = new Random(seed);
    }

    /// Cuts the power at the operation that many from now.
    public void crashAfter(long operations) {
        untilCrash = operations;
    }

    /// Makes the sync of a file that many from now fail.
    public void failSyncAfter(long syncs) {
        untilSyncFails = syncs;
    }

    /// Gives the disk this size.
    public void capacity(long bytes) {
        capacityBytes = bytes;
    }

    /// Makes each sync take this long, for a simulator that asks by `tookMs`.
    public void slowSync(long ms) {
        syncMs = ms;
    }

    /// How long the syncs since the last call took.
    public long tookMs() {
        long took = tookMs;
        tookMs = 0;
        return took;
    }

    /// Sends the next write of any file to this offset instead.
    public void misdirectNextWrite(long offset) {
        astray = Optional.of(offset);
    }

    /// A copy of a file as it can be read now.
    public byte[] contents(String name) {
        Content content = names.get(name);
        return Arrays.copyOf(content.cached, content.size);
    }

    /// Puts a file there, durable, whatever was there before.
    public void put(String name, byte[] bytes) {
        Content content = new Content();
        content.apply(new Write(0, bytes));
        content.sync();
        names.put(name, content);
        durableNames.put(name, content);
    }

    /// Rot: changes one byte of a file, durably.
    public void flip(String name, int offset, int mask) {
        byte[] bytes = contents(name);
        bytes[offset] ^= (byte) mask;
        put(name, bytes);
    }

    /// The power is cut and comes back.
    public void crash() {
        kill();
        Loss loss = Loss.values()[chance.nextInt(Loss.values().length)];
        for (Change change : changes) {
            if (loss.keeps(chance)) {
                change.apply(durableNames);
            }
        }
        changes.clear();
        for (Content content : durableNames.values()) {
            content.lose(loss);
            content.dropCache();
        }
        names = new TreeMap<>(durableNames);
    }

    /// The process ends, and the machine goes on.
    public void kill() {
        life++;
        untilCrash = -1;
        untilSyncFails = -1;
        astray = Optional.empty();
    }

    /// What a crash does with what was not synced.
    private enum Loss {
        ALL, NONE, SOME, MOST;

        boolean keeps(Random chance) {
            return switch (this) {
                case ALL -> false;
                case NONE -> true;
                case SOME -> chance.nextBoolean();
                case MOST -> chance.nextInt(8) == 0;
            };
        }
    }

    private void operation() {
        if (untilCrash == 0) {
            throw new Crashed();
        }
        untilCrash--;
    }

    @Override public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override public DiskFile create(String name) {
        change(new Change("", name, Optional.of(new Content())));
        return new Opened(name, names.get(name));
    }

    @Override public DiskFile open(String name) throws IOException {
        return new Opened(name, existing(name));
    }

    @Override public void rename(String from, String to) throws IOException {
        change(new Change(from, to, Optional.of(existing(from))));
    }

    @Override public void delete(String name) throws IOException {
        existing(name);
        change(new Change(name, "", Optional.empty()));
    }

    @Override public void syncDirectory() {
        operation();
        durableNames = new TreeMap<>(names);
        changes.clear();
    }

    @Override public String place(String name) {
        return "sim:/" + name;
    }

    private void change(Change change) {
        operation();
        change.apply(names);
        changes.add(change);
    }

    private Content existing(String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new FileNotFoundException(place(name));
        }
        return names.get(name);
    }

    private long used() {
        long used = 0;
        for (Map.Entry<String, Content> file : names.entrySet()) {
            used += file.getValue().size;
        }
        return used;
    }

    /// A file's two contents.
    private final class Content {
        byte[] cached = new byte[0];
        int size;
        private byte[] durable = new byte[0];
        private int durableSize;
        private final List<Write> unsynced = new ArrayList<>();

        void apply(Write write) {
            int end = write.offset + write.bytes.length;
            cached = roomFor(cached, end);
            System.arraycopy(write.bytes, 0, cached, write.offset, write.bytes.length);
            size = Math.max(size, end);
            unsynced.add(write);
        }

        void sync() {
            unsynced.forEach(this::keep);
            unsynced.clear();
        }

        /// Keeps of each sector so many of the versions it had since the last sync.
        void lose(Loss loss) {
            SortedSet<Integer> sectors = new TreeSet<>();
            for (Write write : unsynced) {
                int last = write.offset + write.bytes.length - 1;
                for (int s = write.offset / SECTOR_BYTES; s <= last / SECTOR_BYTES; s++) {
                    sectors.add(s);
                }
            }
            for (int sector : sectors) {
                int from = sector * SECTOR_BYTES;
                for (Write write : unsynced) {
                    Optional<Write> part = part(write, from, from + SECTOR_BYTES);
                    if (part.isPresent() && !loss.keeps(chance)) {
                        break;
                    }
                    part.ifPresent(this::keep);
                }
            }
            unsynced.clear();
        }

        private Optional<Write> part(Write write, int from, int to) {
            int begin = Math.max(from, write.offset);
            int end = Math.min(to, write.offset + write.bytes.length);
            return begin >= end ? Optional.empty() : Optional.of(new Write(begin,
                Arrays.copyOfRange(write.bytes, begin - write.offset, end - write.offset)));
        }

        private void keep(Write write) {
            int end = write.offset + write.bytes.length;
            durable = roomFor(durable, end);
            System.arraycopy(write.bytes, 0, durable, write.offset, write.bytes.length);
            durableSize = Math.max(durableSize, end);
        }

        void dropCache() {
            cached = Arrays.copyOf(durable, durableSize);
            size = durableSize;
        }

        private byte[] roomFor(byte[] bytes, int end) {
            return end <= bytes.length ? bytes
                : Arrays.copyOf(bytes, Math.max(end, Math.min(2 * bytes.length, 1 << 26)));
        }
    }

    /// An open file.
    private final class Opened implements DiskFile {
        private final String name;
        private final Content content;
        private final int bornIn = life;

        Opened(String name, Content content) {
            this.name = name;
            this.content = content;
        }

        @Override public void write(long offset, ByteBuffer bytes) throws IOException {
            alive();
            operation();
            int at = Math.toIntExact(astray.orElse(offset));
            astray = Optional.empty();
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            long growth = Math.max(0, at + all.length - content.size);
            long room = capacityBytes - used();
            if (growth == 0 || growth <= room) {
                content.apply(new Write(at, all));
                return;
            }
            long fits = Math.max(0, (content.size + room) / PAGE_BYTES * PAGE_BYTES - at);
            content.apply(new Write(at, Arrays.copyOf(all, (int) fits)));
            throw new IOException("cannot write " + place(name) + ": No space left on device");
        }

        @Override public byte[] read(long offset, int length) throws IOException {
            alive();
            int from = (int) Math.min(offset, content.size);
            return Arrays.copyOfRange(content.cached, from,
                (int) Math.min((long) from + length, content.size));
        }

        @Override public void sync() throws IOException {
            alive();
            operation();
            tookMs += syncMs;
            if (untilSyncFails == 0) {
                untilSyncFails = -1;
                content.lose(Loss.SOME);
                throw new IOException("cannot sync " + place(name) + ": Input/output error");
            }
            untilSyncFails--;
            content.sync();
        }

        @Override public long size() throws IOException {
            alive();
            return content.size;
        }

        @Override public void close() {
            // Nothing is held.
        }

        private void alive() throws IOException {
            if (bornIn != life) {
                throw new IOException(place(name) + " was opened before a crash");
            }
        }
    }
}

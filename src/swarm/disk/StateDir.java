package swarm.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The state directory: what lies where, whose it is, and that only one daemon uses it.
///
///     format     "swarm-state 1": who wrote this and which layout it has
///     lock       held by the daemon that runs here; its process id
///     data.key   32 bytes that seal log and snapshots
///     leaving    there while a wipe is under way
///     raft/      log segments and snapshots
///     tasks/     the process engine's
///     swarm.log, swarm.pid, swarm.sock   of a daemon that runs in the background
///     *          the node's own files (`files`)
///
/// The idea: everything that could hurt is asked before anything is written, and each refusal is
/// one sentence.
///
/// Leaves to others: what the node's files hold; what is in the log.
/// Invariants: directories are 0700 and files 0600, and all belong to the user that runs this.
/// Source: swarm-state(5); fcntl(2) for the lock.
public final class StateDir implements AutoCloseable {
    /// Where the process engine keeps its tasks.
    public static final String TASKS = "tasks";
    /// What a daemon in the background says.
    public static final String LOG_FILE = "swarm.log";
    /// Its process id.
    public static final String PID_FILE = "swarm.pid";
    /// Its socket, if it has no better place.
    public static final String SOCKET = "swarm.sock";
    /// The machine's own key: whoever has it is the same node, in whatever swarm.
    public static final String NODE_KEY = "node.key";

    private static final String RAFT = "raft";
    private static final String FORMAT = "format";
    private static final String LOCK = "lock";
    private static final String DATA_KEY = "data.key";
    private static final String LEAVING = "leaving";
    private static final String MADE_BY = "swarm-state ";
    private static final int VERSION = 1;
    /// What may be there before the directory is a state directory, and stays when it is wiped: the
    /// daemon's own, and what its engine keeps, which is open for as long as the daemon runs.
    private static final List<String> NOT_STATE =
        List.of(FORMAT, FORMAT + ".tmp", LOCK, LOG_FILE, PID_FILE, SOCKET, TASKS, NODE_KEY);

    private final Path root;
    private final FileLock lock;
    private final StateFiles files;

    private StateDir(Path root, FileLock lock) {
        this.root = root;
        this.lock = lock;
        this.files = new StateFiles(new FileDisk(root));
    }

    /// Takes the directory for this process; makes it if it is not there.
    public static StateDir open(Path root) throws IOException {
        try {
            own(root);
            StateDir opened = new StateDir(root, lock(root));
            try {
                opened.checkFormat();
                return opened;
            } catch (IOException refused) {
                opened.close();
                throw refused;
            }
        } catch (AccessDeniedException denied) {
            throw new IOException("user " + self().getName() + " may not use the state directory "
                + root + ": access to " + denied.getFile() + " is denied", denied);
        }
    }

    private static UserPrincipal self() throws IOException {
        return Files.getOwner(Path.of("/proc/self"));
    }

    private static void own(Path root) throws IOException {
        if (!Files.exists(root)) {
            Files.createDirectories(root.toAbsolutePath().getParent());
            directory(root);
        }
        if (!Files.isDirectory(root)) {
            throw new IOException("the state directory " + root + " is not a directory");
        }
        UserPrincipal owner = Files.getOwner(root);
        if (!owner.equals(self())) {
            throw new IOException("the state directory " + root + " belongs to user "
                + owner.getName() + ", and this is user " + self().getName());
        }
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    }

    private static void directory(Path path) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------")));
    }

    private static FileLock lock(Path root) throws IOException {
        FileChannel channel = FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE,
            StandardOpenOption.READ, StandardOpenOption.WRITE);
        Optional<FileLock> taken = tryLock(channel);
        if (taken.isEmpty()) {
            ByteBuffer pid = ByteBuffer.allocate(20);
            channel.read(pid, 0);
            channel.close();
            String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
            throw new IOException("the state directory " + root + " is in use by another daemon"
                + (text.isBlank() ? "" : ", process " + text.strip()));
        }
        channel.truncate(0);
        channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
        return taken.get();
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException inThisProcess) {
            return Optional.empty();
        }
    }

    private void checkFormat() throws IOException {
        Optional<byte[]> format = files.read(FORMAT);
        if (format.isEmpty()) {
            refuseForeignFiles();
            files.replace(FORMAT, (MADE_BY + VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
            return;
        }
        String text = new String(format.get(), StandardCharsets.US_ASCII).strip();
        if (!text.equals(MADE_BY + VERSION)) {
            throw new IOException("the state directory " + root + " has format \"" + text
                + "\", and this program knows \"" + MADE_BY + VERSION + "\": start it with the"
                + " version of swarm that wrote it, or a newer one");
        }
        if (files.read(LEAVING).isPresent()) {
            wipe();
        }
    }

    private void refuseForeignFiles() throws IOException {
        try (Stream<Path> there = Files.list(root)) {
            Optional<Path> foreign = there.sorted()
                .filter(path -> !NOT_STATE.contains(path.getFileName().toString())).findFirst();
            if (foreign.isPresent()) {
                throw new IOException("the directory " + root + " is not a swarm's state and not"
                    + " empty: it holds " + foreign.get().getFileName());
            }
        }
    }

    /// A path in this directory.
    public Path path(String name) {
        return root.resolve(name);
    }

    /// The node's own small files.
    public StateFiles files() {
        return files;
    }

    /// Log segments and snapshots.
    public Disk log() throws IOException {
        if (!Files.exists(path(RAFT))) {
            directory(path(RAFT));
            new FileDisk(root).syncDirectory();
        }
        return new FileDisk(path(RAFT));
    }

    /// The data key. It is drawn once; if it is lost, so is what it sealed.
    public byte[] dataKey(RandomGenerator chance) throws IOException {
        Optional<byte[]> there = files.read(DATA_KEY);
        if (there.isEmpty() && log().list().isEmpty()) {
            byte[] drawn = new byte[Seal.KEY_BYTES];
            chance.nextBytes(drawn);
            files.replace(DATA_KEY, drawn);
            return drawn;
        }
        if (there.isEmpty() || there.get().length != Seal.KEY_BYTES) {
            throw new DamagedLog(path(DATA_KEY).toString(), "the data key is missing or cut short,"
                + " and without it " + path(RAFT) + " cannot be read");
        }
        return there.get();
    }

    /// Deletes the log and its snapshots, if there are any; so a node stops being a manager.
    public void forgetLog() throws IOException {
        if (Files.exists(path(RAFT))) {
            Files.walkFileTree(path(RAFT), new Deleting());
            new FileDisk(root).syncDirectory();
        }
    }

    /// Forgets the membership: all state goes but the machine's key and what a running daemon
    /// needs. If it is interrupted, the next `open` finishes it.
    public void wipe() throws IOException {
        files.replace(LEAVING, new byte[0]);
        List<Path> state;
        try (Stream<Path> there = Files.list(root)) {
            state = there.sorted().filter(path -> !path.endsWith(LEAVING)
                && !NOT_STATE.contains(path.getFileName().toString())).toList();
        }
        for (Path path : state) {
            Files.walkFileTree(path, new Deleting());
        }
        new FileDisk(root).syncDirectory();
        files.remove(LEAVING);
    }

    /// Deletes a tree, leaves first.
    private static final class Deleting extends SimpleFileVisitor<Path> {
        @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
            throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override public FileVisitResult postVisitDirectory(Path directory, IOException failure)
            throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }

    /// Lets another daemon have it.
    @Override public void close() throws IOException {
        lock.acquiredBy().close();
    }
}

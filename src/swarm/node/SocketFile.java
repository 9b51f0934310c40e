package swarm.node;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// The daemon's listening socket. It is bound in a directory that only we may enter, given its mode
/// and group there, and renamed into place: at no time can others connect to it who may not. A
/// socket that nobody answers on is the leftover of a killed daemon and is replaced.
final class SocketFile implements AutoCloseable {
    /// What a unix socket's address can hold (unix(7): 108 bytes with the final zero).
    private static final int PATH_BYTES_MAX = 107;
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SHARED =
            PosixFilePermissions.fromString("rw-rw----");

    private final Path path;
    private final ServerSocketChannel channel;

    private SocketFile(Path path, ServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// A socket at `path` that its owner and `group` may connect to.
    ///
    /// @throws IOException in one sentence, when the place is taken or cannot be used
    static SocketFile bind(Path path, Optional<String> group) throws IOException {
        refuseTaken(path);
        Path parent = path.getParent();
        Files.createDirectories(parent);
        Path aside = Files.createTempDirectory(parent, ".swarm",
                PosixFilePermissions.asFileAttribute(PRIVATE));
        Path made = aside.resolve("s");
        refuseLong(path, made);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(made));
            Files.setPosixFilePermissions(made, SHARED);
            if (group.isPresent()) {
                giveTo(made, group.get());
            }
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            return new SocketFile(path, channel);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(made);
            throw e;
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /// To accept from.
    ServerSocketChannel channel() {
        return channel;
    }

    @Override public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    private static void refuseTaken(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        boolean regular = Files.isRegularFile(path) || Files.isDirectory(path);
        if (regular) {
            throw new IOException(path + " is there and is no socket; name another with --host");
        }
        if (answered(path)) {
            throw new IOException("another daemon answers on unix://" + path
                    + "; stop it, or name another socket with --host");
        }
    }

    private static boolean answered(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static void refuseLong(Path path, Path made) throws IOException {
        int longest = Math.max(path.toString().getBytes(StandardCharsets.UTF_8).length,
                made.toString().getBytes(StandardCharsets.UTF_8).length);
        if (longest > PATH_BYTES_MAX) {
            Files.deleteIfExists(made.getParent());
            throw new IOException("the socket's path is too long: " + path + " needs " + longest
                    + " bytes, a socket's address holds " + PATH_BYTES_MAX
                    + "; name a shorter one with --host");
        }
    }

    private static void giveTo(Path made, String group) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(made, PosixFileAttributeView.class);
        view.setGroup(made.getFileSystem().getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(group));
    }
}

package swarm.engine;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import swarm.http.Endpoint;
import swarm.json.Json;

/// The way to an engine that is reached by TLS with a client certificate: a private unix socket
/// behind which every connection goes on to the engine over TLS. So all that speaks to engines
/// knows unix sockets and plain TCP only, and what is passed through is still passed byte by byte.
///
/// The socket lies in a directory that only the owner may enter: who reaches it has the engine.
/// A connection that cannot be had is answered with HTTP's 503 and the reason.
///
/// Source: Docker, "Protect the Docker daemon socket" (`ca.pem`, `cert.pem`, `key.pem`).
final class TlsDoor implements Closeable {
    private static final int CONNECT_MS = 2_000;
    private static final int HANDSHAKE_MS = 5_000;
    /// Without a free file descriptor no connection can be accepted; one will be free later.
    private static final long PAUSE_NS = 100_000_000;
    private static final char[] NO_PASSWORD = {};

    private final Path socket;
    private final String text;
    private final String host;
    private final int port;
    private final SSLContext tls;
    private final ServerSocketChannel server;

    private TlsDoor(Path socket, Endpoint engine, SSLContext tls) throws IOException {
        this.socket = socket;
        this.text = engine.text();
        this.host = engine.host();
        this.port = engine.port();
        this.tls = tls;
        Files.createDirectories(socket.getParent(), PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        Files.deleteIfExists(socket);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    /// Opens the door to the engine, with the files in the directory of certificates.
    ///
    /// @throws IOException in one sentence, when they cannot be used
    static TlsDoor open(Path socket, Endpoint engine, Path certificates) throws IOException {
        TlsDoor door = new TlsDoor(socket, engine, context(certificates));
        Thread.ofVirtual().name("tls-door").start(door::accept);
        return door;
    }

    /// Where to go in; it says of itself where it leads to.
    Endpoint endpoint() {
        return new Endpoint(text, socket.toString(), "localhost", 0);
    }

    @Override public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }

    private static SSLContext context(Path certificates) throws IOException {
        try {
            List<Certificate> own = certificates(certificates.resolve("cert.pem"));
            KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
            keys.load(null, NO_PASSWORD);
            keys.setKeyEntry("client", PemKey.read(Files.readString(certificates.resolve(
                    "key.pem")), own.getFirst().getPublicKey()), NO_PASSWORD,
                    own.toArray(Certificate[]::new));
            for (Certificate root : certificates(certificates.resolve("ca.pem"))) {
                keys.setCertificateEntry("ca" + keys.size(), root);
            }
            KeyManagerFactory client = KeyManagerFactory.getInstance("PKIX");
            client.init(keys, NO_PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(keys);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(client.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            String what = e instanceof NoSuchFileException ? "no file " : "";
            throw new IOException("the certificates in " + certificates + " (ca.pem, cert.pem, "
                    + "key.pem) cannot be used: " + what + e.getMessage(), e);
        }
    }

    private static List<Certificate> certificates(Path pem)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            List<Certificate> found = List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (found.isEmpty()) {
                throw new IOException(pem + " has no certificate");
            }
            return found;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("tls-door").start(() -> serve(client));
            } catch (IOException closedOrTooMany) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void serve(SocketChannel client) {
        Socket plain = new Socket();
        Runnable broken = () -> close(client, plain);
        OutputStream toClient = Channels.newOutputStream(client);
        try {
            SSLSocket engine = connect(plain);
            InputStream fromEngine = engine.getInputStream();
            Thread back = Thread.ofVirtual().name("tls-door-back").start(() ->
                    pass(fromEngine, toClient, client::shutdownOutput, broken));
            pass(Channels.newInputStream(client), engine.getOutputStream(),
                    engine::shutdownOutput, broken);
            back.join();
        } catch (IOException unreachable) {
            pass(new ByteArrayInputStream(refusal(unreachable)), toClient,
                    client::shutdownOutput, broken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            broken.run();
        }
    }

    /// The connection is the plain one: closing that never waits for a writer that is stuck.
    private SSLSocket connect(Socket plain) throws IOException {
        plain.connect(new InetSocketAddress(host, port), CONNECT_MS);
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(HANDSHAKE_MS);
        SSLSocket engine = (SSLSocket) tls.getSocketFactory()
                .createSocket(plain, host, port, true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        engine.startHandshake();
        plain.setSoTimeout(0);
        return engine;
    }

    private byte[] refusal(IOException reason) {
        String body = Json.obj().with("message", "Cannot connect to the Docker daemon at " + text
                + ": " + reason.getMessage()).text();
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\nConnection: close\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    /// What is done when one way has come to its end.
    private interface End {
        void pass() throws IOException;
    }

    /// Copies one way to its end, and passes the end on; a failure ends both ways.
    private static void pass(InputStream from, OutputStream to, End end, Runnable broken) {
        try {
            from.transferTo(to);
            end.pass();
        } catch (IOException e) {
            broken.run();
        }
    }

    private static void close(SocketChannel client, Socket plain) {
        try (client) {
            plain.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection does not close", e);
        }
    }
}

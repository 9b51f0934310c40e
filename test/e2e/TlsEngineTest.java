package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.Engines;

/// An engine reached by TLS as the docker command does it: certificates and keys are openssl's, the
/// engine is a server that wants a client certificate and knows one answer.
class TlsEngineTest {
    private static final char[] PASSWORD = "password".toCharArray();
    private static final String ROOT = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
            + "-nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca";
    private static final String BODY = "{\"ServerVersion\":\"over-tls\"}";

    private Path dir;
    private SSLServerSocket server;

    @BeforeEach
    void open() throws Exception {
        TestEngine.need(Ran.run("sh", "-c", "command -v openssl").status() == 0, "no openssl");
        dir = Scratch.make("swt");
        openssl(ROOT);
        Files.writeString(dir.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
        openssl("ecparam -name prime256v1 -genkey -out server.key");
        certificate("server", "server.key");
        openssl("pkcs12 -export -in server.pem -inkey server.key -out server.p12 -passout "
                + "pass:password");
        server = (SSLServerSocket) context().getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        server.setNeedClientAuth(true);
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        Scratch.remove(dir);
    }

    @Test
    void everyFormOfKeyThatOpensslWritesIsRead() throws IOException {
        for (String make : List.of("genrsa -traditional -out key.pem 2048",
                "genrsa -out key.pem 2048",
                "ecparam -name prime256v1 -genkey -out key.pem",
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem")) {
            openssl(make);
            certificate("cert", "key.pem");
            EngineAnswer answer = described("127.0.0.1");
            assertTrue(answer instanceof EngineAnswer.Described described
                    && described.engine().engineVersion().equals("over-tls"), make + answer);
        }
    }

    @Test
    void aServerOfAnotherNameOrWithoutOurCertificateIsRefused() throws IOException {
        openssl("genrsa -out key.pem 2048");
        certificate("cert", "key.pem");
        EngineAnswer.Failed otherName = (EngineAnswer.Failed) described("localhost");
        assertEquals(EngineAnswer.Cause.UNAVAILABLE, otherName.cause());
        assertTrue(otherName.message().startsWith("Cannot connect to the Docker daemon at "
                + "tcp://localhost:" + server.getLocalPort() + ": "), otherName.message());
        openssl(ROOT);
        EngineAnswer.Failed otherRoot = (EngineAnswer.Failed) described("127.0.0.1");
        assertEquals(EngineAnswer.Cause.UNAVAILABLE, otherRoot.cause());
        assertFalse(Files.exists(dir.resolve("door/tls.sock")));
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws IOException {
        String message = assertThrows(IOException.class, () -> described("127.0.0.1"))
                .getMessage();
        assertTrue(message.contains("no file " + dir.resolve("cert.pem")), message);
        openssl("genrsa -aes128 -passout pass:password -out key.pem 2048");
        openssl("genrsa -out other.key 2048");
        certificate("cert", "other.key");
        String encrypted = assertThrows(IOException.class, () -> described("127.0.0.1"))
                .getMessage();
        assertTrue(encrypted.contains("no private key, or an encrypted one"), encrypted);
    }

    private EngineAnswer described(String host) throws IOException {
        Engines.Opened opened = Engines.open("docker", Specs.LABEL, dir.resolve("door"), Map.of(
                "DOCKER_HOST", "tcp://" + host + ":" + server.getLocalPort(),
                "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", dir.toString()));
        try {
            return opened.engine().perform(new EngineCall.Describe());
        } finally {
            opened.engine().close();
        }
    }

    private void certificate(String name, String key) throws IOException {
        openssl("req -new -key " + key + " -subj /CN=" + name + " -out request");
        openssl("x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile "
                + "names -out " + name + ".pem");
    }

    private void openssl(String words) throws IOException {
        Ran.run("sh", "-c", "cd " + dir + " && openssl " + words).ok();
    }

    private SSLContext context() throws Exception {
        KeyStore keys = KeyStore.getInstance(dir.resolve("server.p12").toFile(), PASSWORD);
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, PASSWORD);
        try (InputStream in = Files.newInputStream(dir.resolve("ca.pem"))) {
            roots.setCertificateEntry("ca", CertificateFactory
                    .getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    /// One request with a head alone after the other.
    private static void answer(Socket client) {
        try (client) {
            OutputStream out = client.getOutputStream();
            StringBuilder head = new StringBuilder();
            for (int b = client.getInputStream().read(); b >= 0;
                    b = client.getInputStream().read()) {
                head.append((char) b);
                if (head.toString().endsWith("\r\n\r\n")) {
                    out.write(("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: "
                            + BODY.length() + "\r\n\r\n" + BODY)
                            .getBytes(StandardCharsets.US_ASCII));
                    head.setLength(0);
                }
            }
        } catch (IOException refused) {
            return;
        }
    }
}

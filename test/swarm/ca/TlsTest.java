package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.api.Test;

/// Handshakes between two engines in memory.
final class TlsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final RootCa ROOT = RootCa.make(NOW, new Seeded(1));
    private static final RootCa STRANGER = RootCa.make(NOW, new Seeded(2));
    private static final NodeName MANAGER = new NodeName("m1", NodeName.Role.MANAGER, "c1");
    private static final NodeName WORKER = new NodeName("w1", NodeName.Role.WORKER, "c1");
    private static final JoinToken TOKEN = JoinToken.draw(ROOT.certificate(), new Seeded(3));

    private static Identity identity(RootCa root, NodeName name) {
        SigningKey key = SigningKey.make(new Seeded(4));
        Certificate certificate = root.sign(SigningRequest.make(key, new Seeded(5)), name,
            RootCa.NODE_VALIDITY, NOW, new Seeded(6));
        return new Identity(key, List.of(certificate));
    }

    private static Tls tls(RootCa root, NodeName name) {
        return Tls.of(identity(root, name), root.certificate(), CLOCK, new Seeded(7));
    }

    private static SSLEngine server(Tls tls, String... alpn) {
        SSLEngine engine = tls.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(tls.server(List.of(alpn)));
        return engine;
    }

    private static SSLEngine client(Tls tls, String... alpn) {
        SSLEngine engine = tls.context().createSSLEngine("10.10.10.42", 2377);
        engine.setUseClientMode(true);
        engine.setSSLParameters(tls.client(List.of(alpn)));
        return engine;
    }

    /// Carries bytes between the two until neither has anything more to say.
    private static void shake(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
        ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
        boolean moved = true;
        while (moved) {
            moved = speak(client, toServer) | hear(server, toServer)
                | speak(server, toClient) | hear(client, toClient);
        }
    }

    private static boolean speak(SSLEngine engine, ByteBuffer out) throws SSLException {
        int before = out.position();
        runTasks(engine);
        SSLEngineResult result;
        do {
            result = engine.wrap(ByteBuffer.allocate(0), out);
            runTasks(engine);
        } while (result.bytesProduced() > 0);
        return out.position() > before;
    }

    private static boolean hear(SSLEngine engine, ByteBuffer in) throws SSLException {
        in.flip();
        boolean heard = false;
        ByteBuffer data = ByteBuffer.allocate(32 * 1024);
        SSLEngineResult result;
        do {
            result = engine.unwrap(in, data);
            runTasks(engine);
            heard |= result.bytesConsumed() > 0;
        } while (result.bytesConsumed() > 0 && in.hasRemaining());
        in.compact();
        return heard;
    }

    private static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    private static SSLSession shaken(SSLEngine client, SSLEngine server) throws SSLException {
        shake(client, server);
        assertEquals("TLSv1.3", client.getSession().getProtocol());
        return server.getSession();
    }

    @Test void membersLearnWhoTheOtherIs() throws SSLException {
        SSLEngine client = client(tls(ROOT, WORKER), "agent");
        SSLSession atServer = shaken(client, server(tls(ROOT, MANAGER), "agent"));
        assertEquals(Optional.of(WORKER), Tls.peer(atServer));
        assertEquals(Optional.of(MANAGER), Tls.peer(client.getSession()));
    }

    @Test void protocolIsTheFirstThatBothSpeak() throws SSLException {
        SSLEngine client = client(tls(ROOT, WORKER), "future", "agent", "join");
        SSLEngine server = server(tls(ROOT, MANAGER), "join", "agent");
        shaken(client, server);
        assertEquals(client.getApplicationProtocol(), server.getApplicationProtocol());
        assertTrue(List.of("agent", "join").contains(client.getApplicationProtocol()));
    }

    @Test void noCommonProtocolEndsTheHandshake() {
        SSLEngine client = client(tls(ROOT, WORKER), "gossip");
        SSLEngine server = server(tls(ROOT, MANAGER), "agent");
        assertThrows(SSLException.class, () -> shake(client, server));
    }

    @Test void joiningNodeFindsTheManagerAndHasNoNameItself() throws SSLException {
        SSLEngine client = client(Tls.joining(TOKEN, CLOCK, new Seeded(8)), "join");
        SSLSession atServer = shaken(client, server(tls(ROOT, MANAGER), "join"));
        assertEquals(Optional.empty(), Tls.peer(atServer));
        assertEquals(Optional.of(MANAGER), Tls.peer(client.getSession()));
    }

    @Test void joiningNodeRefusesAnotherRoot() {
        refused("remote CA does not match fingerprint.",
            client(Tls.joining(TOKEN, CLOCK, new Seeded(8)), "join"),
            server(tls(STRANGER, MANAGER), "join"));
    }

    @Test void joiningNodeRefusesAWorker() {
        refused("the remote node is not a manager",
            client(Tls.joining(TOKEN, CLOCK, new Seeded(8)), "join"),
            server(tls(ROOT, WORKER), "join"));
    }

    @Test void joiningNodeRefusesTheRightRootShownByAStranger() {
        Identity stranger = identity(STRANGER, MANAGER);
        Tls liar = Tls.of(stranger, ROOT.certificate(), CLOCK, new Seeded(7));
        refused("another root", client(Tls.joining(TOKEN, CLOCK, new Seeded(8)), "join"),
            server(liar, "join"));
    }

    @Test void memberRefusesAServerOfAnotherRoot() {
        refused("another root", client(tls(ROOT, WORKER), "agent"),
            server(tls(STRANGER, MANAGER), "agent"));
    }

    @Test void serverRefusesAClientOfAnotherRoot() {
        Tls stranger = Tls.of(identity(STRANGER, WORKER), ROOT.certificate(), CLOCK, new Seeded(7));
        refused("another root", client(stranger, "agent"), server(tls(ROOT, MANAGER), "agent"));
    }

    @Test void certificatesAreJudgedByTheGivenTime() {
        for (Duration shift : List.of(Duration.ofDays(91), Duration.ofHours(-2))) {
            Tls elsewhen = Tls.of(identity(ROOT, MANAGER), ROOT.certificate(),
                InstantSource.fixed(NOW.plus(shift)), new Seeded(7));
            refused("out of date", client(tls(ROOT, WORKER), "agent"), server(elsewhen, "agent"));
        }
    }

    @Test void rootsOwnKeyIsNoNode() throws Exception {
        Certificate root = ROOT.certificate();
        Trust trust = new Trust(new Trust.Anchor.Known(root), CLOCK);
        X509Certificate shown = (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(root.der()));
        X509Certificate[] chain = {shown};
        assertThrows(CertificateException.class,
            () -> trust.checkClientTrusted(chain, "EC"));
        assertThrows(CertificateException.class,
            () -> trust.checkServerTrusted(new X509Certificate[0], "EC"));
    }

    private static void refused(String reason, SSLEngine client, SSLEngine server) {
        Throwable failure = assertThrows(SSLException.class, () -> shake(client, server));
        StringBuilder told = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            told.append(cause.getMessage()).append('\n');
        }
        assertTrue(told.toString().contains(reason), told.toString());
    }

    @Test void olderProtocolsAreRefused() {
        Tls tls = tls(ROOT, WORKER);
        SSLEngine client = client(tls, "agent");
        SSLParameters older = tls.client(List.of("agent"));
        older.setProtocols(new String[] {"TLSv1.2"});
        client.setSSLParameters(older);
        assertThrows(SSLException.class, () -> shake(client, server(tls(ROOT, MANAGER), "agent")));
    }

    @Test void everyHandshakeChecksAnewAndLeavesNothing() throws SSLException {
        AtomicInteger checks = new AtomicInteger();
        InstantSource counted = () -> {
            checks.incrementAndGet();
            return NOW;
        };
        Tls dialling = Tls.of(identity(ROOT, WORKER), ROOT.certificate(), counted, new Seeded(7));
        Tls accepting = Tls.of(identity(ROOT, MANAGER), ROOT.certificate(), counted, new Seeded(8));
        for (int i = 1; i <= 5; i++) {
            shaken(client(dialling, "agent"), server(accepting, "agent"));
            assertEquals(2 * i, checks.get());
        }
        assertTrue(kept(dialling.context().getClientSessionContext()) <= 1);
        assertTrue(kept(accepting.context().getServerSessionContext()) <= 1);
    }

    private static int kept(SSLSessionContext sessions) {
        return Collections.list(sessions.getIds()).size();
    }
}

package e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import swarm.ca.Identity;
import swarm.ca.JoinToken;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.ca.Tls;
import swarm.wire.Dialer;
import swarm.wire.Limited;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;

/// A swarm's identities, ports on loopback, and those who dial them, all in this process; closing
/// ends whatever was opened.
final class WireLab implements AutoCloseable {
    static final NodeName.Role MANAGER = NodeName.Role.MANAGER;
    static final NodeName.Role WORKER = NodeName.Role.WORKER;
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final InstantSource CLOCK = InstantSource.system();

    /// Older than any certificate of its nodes.
    final RootCa root = RootCa.make(Instant.now().minus(Duration.ofDays(100)), RANDOM);
    /// What ports were told that went wrong.
    final List<Exception> troubles = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    Identity identity(NodeName.Role role, Instant since) {
        return identity(root, role, since);
    }

    static Identity identity(RootCa by, NodeName.Role role, Instant since) {
        SigningKey key = SigningKey.make(RANDOM);
        NodeName name = new NodeName(role == MANAGER ? "m1" : "w1", role, "c1");
        return new Identity(key, List.of(by.sign(SigningRequest.make(key, RANDOM), name,
            RootCa.NODE_VALIDITY, since, RANDOM)));
    }

    Tls tls(NodeName.Role role) {
        return tls(identity(role, Instant.now()));
    }

    Tls tls(Identity identity) {
        return Tls.of(identity, root.certificate(), CLOCK, RANDOM);
    }

    /// Of another swarm.
    Tls stranger(NodeName.Role role) {
        RootCa other = RootCa.make(Instant.now(), RANDOM);
        return Tls.of(identity(other, role, Instant.now()), other.certificate(), CLOCK, RANDOM);
    }

    /// For a machine that has nothing but the token of that swarm.
    Tls joining() {
        return Tls.joining(JoinToken.draw(root.certificate(), RANDOM), CLOCK, RANDOM);
    }

    /// A manager's port with limits that no test reaches, open to everybody.
    Port port(Port.Guest guest) throws IOException {
        return port(Limited.PATIENT, (protocol, peer) -> Optional.empty(), guest);
    }

    Port port(Limited limits, Port.Gate gate, Port.Guest guest) throws IOException {
        return opened(limits.open(loopback(0), tls(MANAGER), gate, guest, troubles::add));
    }

    <T extends AutoCloseable> T opened(T some) {
        opened.addFirst(some);
        return some;
    }

    FaultProxy proxy(Port port) throws IOException {
        return opened(new FaultProxy(port.port()));
    }

    Link dial(Port port, Protocol protocol, Tls tls) throws IOException {
        return dial(addr(port), protocol, tls);
    }

    Link dial(String addr, Protocol protocol, Tls tls) throws IOException {
        return opened(dialer(tls).dial(addr, protocol, PATIENCE.toMillis()));
    }

    static Dialer dialer(Tls tls) {
        return Limited.PATIENT.dialer(tls);
    }

    static String addr(Port port) {
        return "127.0.0.1:" + port.port();
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    /// A connection that speaks bytes, or nothing.
    Socket raw(Port port) throws IOException {
        Socket socket = opened(new Socket());
        socket.connect(loopback(port.port()));
        return socket;
    }

    /// A connection that speaks TLS and is let in, but frames as it likes.
    SSLSocket foreign(Port port, Protocol protocol, NodeName.Role role) throws IOException {
        Tls own = protocol == Protocol.JOIN ? joining() : tls(role);
        SSLSocket socket = opened((SSLSocket) own.context().getSocketFactory()
            .createSocket("127.0.0.1", port.port()));
        socket.setSSLParameters(own.client(List.of(protocol.alpn())));
        socket.getInputStream().readNBytes(4);
        return socket;
    }

    /// Whether that connection was ended by the port; waits for it.
    static boolean ended(Socket raw) throws IOException {
        raw.setSoTimeout((int) PATIENCE.toMillis());
        try {
            InputStream in = raw.getInputStream();
            while (in.read() >= 0) {
                Thread.onSpinWait();
            }
            return true;
        } catch (SocketException reset) {
            return true;
        }
    }

    static void await(String what, Lab.Condition condition) throws Exception {
        Lab.await(what, PATIENCE, condition);
    }

    /// Sends back every frame until a goodbye, which it returns too.
    static void echo(Link link) throws IOException {
        byte[] frame = link.receive();
        while (frame.length > 0) {
            link.send(frame);
            frame = link.receive();
        }
        link.goodbye();
    }

    @Override public void close() throws IOException {
        for (AutoCloseable each : opened) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}

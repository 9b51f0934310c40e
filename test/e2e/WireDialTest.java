package e2e;

import static e2e.WireLab.MANAGER;
import static e2e.WireLab.WORKER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.ca.Tls;
import swarm.wire.Dialer;
import swarm.wire.Limited;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;
import swarm.wire.RefusedException;

/// Every way in which a dial fails has a sentence of its own, which names the address.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WireDialTest {
    /// For dials that are meant to take too long.
    private static final Limited SHORT = new Limited(200, 64, 600_000);

    private WireLab lab;

    @BeforeEach void open() {
        lab = new WireLab();
    }

    @AfterEach void close() throws IOException {
        lab.close();
    }

    /// What answers a connection that is no swarm port.
    private interface Answer {
        void to(Socket socket) throws IOException;
    }

    private String listening(Answer answer) throws IOException {
        return listening(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), answer);
    }

    private String listening(ServerSocket listener, Answer answer) {
        lab.opened(listener);
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try (Socket socket = listener.accept()) {
                    answer.to(socket);
                } catch (IOException theirAffair) {
                    Thread.yield();
                }
            }
        });
        return "127.0.0.1:" + listener.getLocalPort();
    }

    private <E extends IOException> void fails(Class<E> kind, String sentence, String addr,
            Tls tls) {
        fails(kind, sentence, addr, Protocol.AGENT, WireLab.dialer(tls));
    }

    /// The sentence says `ADDR` for the address; it may be the beginning only.
    private <E extends IOException> void fails(Class<E> kind, String sentence, String addr,
            Protocol protocol, Dialer dialer) {
        E failure = assertThrows(kind, () -> dialer.dial(addr, protocol, 60_000));
        String expected = sentence.replace("ADDR", addr);
        assertTrue(failure.getMessage().startsWith(expected), failure.getMessage());
        assertEquals(kind, failure.getClass());
    }

    @Test void closedPortRefuses() throws IOException {
        String addr = closedPort();
        fails(ConnectException.class, "nothing listens at ADDR (connection refused)", addr,
            lab.tls(WORKER));
    }

    private static String closedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return "127.0.0.1:" + free.getLocalPort();
        }
    }

    /// A listener that takes no connection, once its backlog is full, drops what comes.
    @Test void silenceIsNotARefusal() throws IOException {
        ServerSocket full = lab.opened(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
        String addr = "127.0.0.1:" + full.getLocalPort();
        Dialer dialer = SHORT.dialer(lab.tls(WORKER));
        List<String> told = new ArrayList<>();
        Lab.await("the backlog is full", WireLab.PATIENCE, () -> {
            told.add(assertThrows(SocketTimeoutException.class,
                () -> dialer.dial(addr, Protocol.AGENT, 200)).getMessage());
            return told.getLast().equals("no answer from " + addr
                + ": the machine is off, or a firewall drops the connection");
        });
        assertEquals(addr + " accepts connections but does not go on: it is overloaded, or not a "
            + "swarm port", told.getFirst());
    }

    @Test void acceptedAndLeftAloneIsATimeOut() throws IOException {
        String addr = listening(socket -> socket.getInputStream().transferTo(
            OutputStream.nullOutputStream()));
        fails(SocketTimeoutException.class, "ADDR accepts connections but does not go on", addr,
            Protocol.AGENT, SHORT.dialer(lab.tls(WORKER)));
    }

    @Test void handshakeByteByByteIsATimeOut() throws IOException {
        String addr = listening(socket -> {
            socket.getInputStream().read();
            socket.setSoTimeout(20);
            byte[] endless = {22, 3, 3, 0x40, 0};
            for (int i = 0; i < 16_000; i++) {
                socket.getOutputStream().write(i < endless.length ? endless[i] : 0);
                try {
                    socket.getInputStream().readAllBytes();
                    return;
                } catch (SocketTimeoutException quiet) {
                    continue;
                }
            }
        });
        fails(SocketTimeoutException.class, "ADDR accepts connections but does not go on", addr,
            Protocol.AGENT, SHORT.dialer(lab.tls(WORKER)));
    }

    @Test void webServerIsNoSwarmPort() throws IOException {
        String addr = listening(socket -> {
            socket.getInputStream().read(new byte[8192]);
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
        });
        fails(SSLException.class, "ADDR is not a swarm port: something else answers there", addr,
            lab.tls(WORKER));
    }

    @Test void otherTlsIsNoSwarmPort() throws IOException {
        for (List<String> alpn : List.of(List.<String>of(), List.of("h2"))) {
            Tls tls = lab.tls(MANAGER);
            SSLServerSocket listener = (SSLServerSocket) tls.context().getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
            listener.setSSLParameters(tls.server(alpn));
            fails(SSLException.class, "ADDR is not a swarm port: something else answers there",
                listening(listener, socket -> socket.getInputStream().readAllBytes()),
                lab.tls(WORKER));
        }
    }

    @Test void hangingUpIsSaid() throws IOException {
        String addr = listening(socket -> socket.getInputStream().read(new byte[8192]));
        fails(IOException.class, "ADDR closed the connection within the handshake: it is "
            + "overloaded, stops, or is not a swarm port", addr, lab.tls(WORKER));
    }

    @Test void otherSwarmIsNotBelieved() throws IOException {
        String addr = WireLab.addr(lab.port(WireLab::echo));
        fails(SSLException.class, "the node at ADDR cannot be believed: a certificate of another "
            + "root: that node belongs to another swarm", addr, lab.stranger(WORKER));
    }

    @Test void otherFingerprintIsNotJoined() throws IOException {
        String addr = WireLab.addr(lab.port(WireLab::echo));
        Tls other = lab.opened(new WireLab()).joining();
        fails(SSLException.class, "the node at ADDR cannot be believed: remote CA does not match "
            + "fingerprint.", addr, Protocol.JOIN, WireLab.dialer(other));
    }

    private String portSince(Duration ago) throws IOException {
        Tls tls = lab.tls(lab.identity(MANAGER, Instant.now().minus(ago)));
        return WireLab.addr(lab.opened(Limited.PATIENT.open(WireLab.loopback(0), tls,
            (protocol, peer) -> Optional.empty(), WireLab::echo, lab.troubles::add)));
    }

    @Test void expiredAndEarlyCertificatesAreNotBelieved() throws IOException {
        String outOfDate = "the node at ADDR cannot be believed: a certificate out of date";
        for (int days : List.of(91, -2)) {
            String addr = portSince(Duration.ofDays(days));
            fails(SSLException.class, outOfDate, addr, lab.tls(WORKER));
            String told = assertThrows(SSLException.class, () -> WireLab.dialer(lab.tls(WORKER))
                .dial(addr, Protocol.AGENT, 60_000)).getMessage();
            assertTrue(told.contains(days > 0 ? "it has expired, or" : "it is not valid yet, or"),
                told);
        }
    }

    @Test void ownExpiredCertificateIsNotBelieved() throws IOException {
        String addr = WireLab.addr(lab.port(WireLab::echo));
        Instant then = Instant.now().minus(Duration.ofDays(91));
        for (int i = 0; i < 20; i++) {
            fails(SSLException.class, "the node at ADDR does not believe this node's certificate: "
                + "it has expired, or one of the two clocks is wrong", addr,
                lab.tls(lab.identity(WORKER, then)));
        }
    }

    @Test void workerIsDialledBackButNotAsked() throws IOException {
        String addr = WireLab.addr(lab.opened(Limited.PATIENT.open(WireLab.loopback(0),
            lab.tls(WORKER), (protocol, peer) -> Optional.empty(), WireLab::echo,
            lab.troubles::add)));
        for (Protocol protocol : List.of(Protocol.ASK, Protocol.AGENT, Protocol.RAFT)) {
            fails(SSLException.class, "the node at ADDR cannot be believed: the remote node is not "
                + "a manager", addr, protocol, WireLab.dialer(lab.tls(WORKER)));
        }
        Link hello = lab.dial(addr, Protocol.HELLO, lab.tls(MANAGER));
        assertEquals("w1", hello.peer().orElseThrow().nodeId());
    }

    @Test void refusalIsTheGatesSentence() throws IOException {
        Port port = lab.port(Limited.PATIENT, (protocol, peer) -> Optional.of("not today"),
            WireLab::echo);
        fails(RefusedException.class, "ADDR refuses: not today", WireLab.addr(port),
            lab.tls(WORKER));
    }

    @Test void addressIsAHostAndAPort() {
        for (String addr : List.of("", "localhost", ":2377", "localhost:", "localhost:0", "::1:1",
                "localhost:65536", "localhost:http", "[]:1")) {
            fails(IOException.class, "cannot connect to ADDR: expected host:port or [IPv6 "
                + "address]:port", addr, lab.tls(WORKER));
        }
        fails(IOException.class, "cannot connect to ADDR: no such host", "nobody.invalid:2377",
            lab.tls(WORKER));
    }

    @Test void bracketsHoldAnAddress() throws IOException {
        Port port = lab.opened(Limited.PATIENT.open(new InetSocketAddress("::1", 0),
            lab.tls(MANAGER), (protocol, peer) -> Optional.empty(), WireLab::echo,
            lab.troubles::add));
        Link link = lab.dial("[::1]:" + port.port(), Protocol.AGENT, lab.tls(WORKER));
        assertEquals("0:0:0:0:0:0:0:1", link.remoteAddress());
    }
}

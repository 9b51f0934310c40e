package e2e;

import static e2e.WireLab.MANAGER;
import static e2e.WireLab.WORKER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.ca.Tls;
import swarm.wire.Limited;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;
import swarm.wire.RefusedException;
import swarm.wire.Rights;

/// The listener on real sockets: whom it lets in, what strangers can do to it, and that its end is
/// the end of everything.
@Timeout(180)
final class WirePortTest {
    private WireLab lab;

    @BeforeEach void open() {
        lab = new WireLab();
    }

    @AfterEach void close() throws IOException {
        lab.close();
    }

    private Port gated(Limited limits, Rights.Standing standing) throws IOException {
        return lab.port(limits, (protocol, peer) -> Rights.refusal(protocol, peer, "c1", standing),
            WireLab::echo);
    }

    private void works(Port port) throws IOException {
        Link link = lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        link.send(new byte[] {1});
        assertEquals(1, link.receive().length);
        link.goodbye();
    }

    @Test void withoutACertificateOnlyJoinIsReached() throws IOException {
        Port port = gated(Limited.PATIENT, Rights.Standing.MANAGER);
        for (Protocol protocol : Protocol.values()) {
            if (protocol == Protocol.JOIN) {
                lab.dial(port, protocol, lab.joining()).goodbye();
            } else {
                String told = assertThrows(RefusedException.class,
                    () -> lab.dial(port, protocol, lab.joining())).getMessage();
                assertEquals(WireLab.addr(port) + " refuses: a node without a certificate has to "
                    + "join first", told);
            }
        }
        lab.dial(port, Protocol.RAFT, lab.tls(MANAGER)).goodbye();
    }

    @Test void gateIsAskedForEachConnection() throws Exception {
        AtomicBoolean removed = new AtomicBoolean();
        Port port = lab.port(Limited.PATIENT, (protocol, peer) -> Rights.refusal(protocol, peer,
            "c1", removed.get() ? Rights.Standing.UNKNOWN : Rights.Standing.WORKER),
            WireLab::echo);
        Tls tls = lab.tls(WORKER);
        lab.dial(port, Protocol.AGENT, tls).goodbye();
        removed.set(true);
        assertThrows(RefusedException.class, () -> lab.dial(port, Protocol.AGENT, tls));
        WireLab.await("the port tells", () -> lab.troubles.stream().anyMatch(each ->
            each.getMessage().equals("127.0.0.1 was not let in: this node is not part of "
                + "the swarm")));
    }

    @Test void wrongBytesHarmNobody() throws Exception {
        Port port = gated(Limited.PATIENT, Rights.Standing.WORKER);
        Random random = new Random(7);
        byte[] bytes = new byte[300];
        for (int i = 0; i < 100; i++) {
            random.nextBytes(bytes);
            bytes[0] = i % 2 == 0 ? 22 : bytes[0];
            try (Socket raw = lab.raw(port)) {
                raw.getOutputStream().write(bytes, 0, random.nextInt(bytes.length));
            }
        }
        try (Socket web = lab.raw(port)) {
            web.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes());
            assertTrue(WireLab.ended(web));
        }
        works(port);
    }

    /// As many as could compute at a time; each gains nothing by sending on, and keeps nobody.
    @Test void slowHandshakesHinderNobody() throws IOException {
        Port port = gated(Limited.PATIENT, Rights.Standing.WORKER);
        for (int i = 0; i < 2 * Limited.turns(); i++) {
            lab.raw(port).getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
        }
        works(port);
    }

    @Test void handshakeEndsHoweverManyBytesCome() throws IOException {
        Port port = gated(new Limited(300, 64, 600_000), Rights.Standing.WORKER);
        Socket slow = lab.raw(port);
        byte[] endless = {22, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 0xfc};
        slow.setSoTimeout(20);
        long until = System.nanoTime() + WireLab.PATIENCE.toNanos();
        assertTrue(endsWhileItSends(slow, endless, until));
    }

    private static boolean endsWhileItSends(Socket slow, byte[] head, long until) {
        for (int i = 0; System.nanoTime() < until; i++) {
            try {
                slow.getOutputStream().write(i < head.length ? head[i] : 0);
                slow.getInputStream().readAllBytes();
                return true;
            } catch (SocketTimeoutException quiet) {
                continue;
            } catch (IOException reset) {
                return true;
            }
        }
        return false;
    }

    @Test void oneStrangerTooManyIsClosedAtOnce() throws Exception {
        Port port = gated(Limited.PATIENT, Rights.Standing.WORKER);
        Socket first = lab.raw(port);
        for (int i = 1; i < 64; i++) {
            lab.raw(port);
        }
        assertTrue(WireLab.ended(lab.raw(port)));
        first.setSoTimeout(1);
        assertThrows(SocketTimeoutException.class, () -> first.getInputStream().read());
        first.close();
        WireLab.await("there is room for one", () -> letIn(port));
    }

    private boolean letIn(Port port) {
        try {
            works(port);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test void membersAreNotStrangers() throws IOException {
        Port port = gated(new Limited(600_000, 2, 600_000), Rights.Standing.WORKER);
        for (int i = 0; i < 10; i++) {
            lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        }
        works(port);
    }

    @Test void halfOpenConnectionsTimeOut() throws Exception {
        Port port = gated(new Limited(300, 64, 600_000), Rights.Standing.WORKER);
        for (int i = 0; i < 80; i++) {
            lab.raw(port);
        }
        WireLab.await("a real one gets in", () -> letIn(port));
    }

    @Test void joiningStrangersMayNotStay() throws Exception {
        Port port = gated(new Limited(60_000, 1, 200), Rights.Standing.WORKER);
        Link idle = lab.dial(port, Protocol.JOIN, lab.joining());
        assertThrows(IOException.class, idle::receive);
        WireLab.await("a real one gets in", () -> letIn(port));
    }

    @Test void linkEndsWithItsGuest() throws IOException {
        Port port = lab.port(link -> {
            throw new IllegalStateException("bug");
        });
        Link link = lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        assertThrows(IOException.class, link::receive);
        assertThrows(IOException.class, lab.dial(port, Protocol.AGENT, lab.tls(WORKER))::receive);
        assertTrue(lab.troubles.stream().allMatch(each -> each.getMessage().equals("bug")),
            lab.troubles.toString());
        assertFalse(lab.troubles.isEmpty());
    }

    @Test void closeEndsLinksAndWaitsForTheirGuests() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Port port = lab.port(link -> {
            assertThrows(IOException.class, link::receive);
            noticed.countDown();
            Lab.await("it may end", WireLab.PATIENCE, () -> mayEnd.getCount() == 0);
            ended.set(true);
        });
        Link link = lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        lab.raw(port);
        Thread closing = Thread.ofPlatform().start(port::close);
        assertTrue(noticed.await(WireLab.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertFalse(closing.join(Duration.ofMillis(100)));
        mayEnd.countDown();
        assertTrue(closing.join(WireLab.PATIENCE));
        assertTrue(ended.get());
        assertThrows(IOException.class, link::receive);
        assertThrows(ConnectException.class,
            () -> lab.dial(port, Protocol.AGENT, lab.tls(WORKER)));
        assertEquals(List.of(), lab.troubles);
    }

    @Test void closeDoesNotWaitForHandshakesOrStuckWriters() throws Exception {
        CountDownLatch sending = new CountDownLatch(1);
        Port port = lab.port(link -> {
            sending.countDown();
            link.send(new byte[64 << 20]);
        });
        for (int i = 0; i < 10; i++) {
            lab.raw(port).getOutputStream().write(22);
        }
        lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        sending.await();
        Thread closing = Thread.ofPlatform().start(port::close);
        assertTrue(closing.join(WireLab.PATIENCE));
        assertEquals(List.of(), lab.troubles);
    }

    @Test void takenAddressIsNamed() throws IOException {
        int taken = lab.port(WireLab::echo).port();
        String told = assertThrows(IOException.class, () -> Port.open(WireLab.loopback(taken),
            () -> lab.tls(MANAGER), (protocol, peer) -> Optional.empty(), WireLab::echo,
            lab.troubles::add)).getMessage();
        assertEquals("cannot listen on 127.0.0.1:" + taken + ": the address is already in use: end "
            + "what listens there (`ss -ltnp` names it), or choose another port", told);
    }

    @Test void portCanBeOpenedAgainAtOnce() throws IOException {
        Port first = lab.port(WireLab::echo);
        Link link = lab.dial(first, Protocol.AGENT, lab.tls(WORKER));
        int number = first.port();
        first.close();
        assertThrows(IOException.class, link::receive);
        works(lab.opened(Port.open(WireLab.loopback(number), () -> lab.tls(MANAGER),
            (protocol, peer) -> Optional.empty(), WireLab::echo, lab.troubles::add)));
    }
}

package e2e;

import static e2e.WireLab.WORKER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;

/// Links on real sockets: what is carried, what is too much, and how each of them ends when its
/// network does not.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WireLinkTest {
    private static final int MIB = 1 << 20;
    private static final int SENDERS = 8;
    private static final int FRAMES_EACH = 50;
    private static final int LARGEST = 64 * MIB;
    private static final int LARGEST_OF_STRANGERS = 64 << 10;

    private WireLab lab;

    @BeforeEach void open() {
        lab = new WireLab();
    }

    @AfterEach void close() throws IOException {
        lab.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /// What became of a thread that sends or receives until it cannot any more.
    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work, BlockingQueue<Exception> ends) {
        return Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    work.run();
                }
            } catch (IOException e) {
                ends.add(e);
            }
        });
    }

    /// Whether a thread waits for its socket to take or give bytes.
    private static boolean waits(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.NioSocketImpl")
                && frame.getMethodName().equals("park"));
    }

    private static void joined(Thread thread) throws InterruptedException {
        assertTrue(thread.join(WireLab.PATIENCE), () -> "still running: "
            + Arrays.toString(thread.getStackTrace()));
    }

    @Test void framesComeAsTheyWereSentBothWays() throws IOException {
        Link link = lab.dial(lab.port(WireLab::echo), Protocol.AGENT, lab.tls(WORKER));
        List<byte[]> frames = List.of(random(1), random(20_000), random(100_000), random(3));
        link.sendAll(frames);
        for (byte[] frame : frames) {
            assertArrayEquals(frame, link.receive());
        }
        link.goodbye();
        assertEquals(0, link.receive().length);
        assertThrows(EOFException.class, link::receive);
        assertEquals(List.of(), lab.troubles);
    }

    @Test void eachEndKnowsTheOther() throws Exception {
        BlockingQueue<Link> guests = new LinkedBlockingQueue<>();
        Port port = lab.port(link -> {
            guests.add(link);
            WireLab.echo(link);
        });
        Link link = lab.dial(port, Protocol.AGENT, lab.tls(WORKER));
        Link guest = guests.take();
        assertEquals("m1", link.peer().orElseThrow().nodeId());
        assertEquals("w1", guest.peer().orElseThrow().nodeId());
        assertEquals(List.of(Protocol.AGENT, Protocol.AGENT),
            List.of(link.protocol(), guest.protocol()));
        assertEquals(List.of("127.0.0.1", "127.0.0.1"),
            List.of(link.remoteAddress(), guest.remoteAddress()));
    }

    @Test void framesOfManyThreadsStayWhole() throws Exception {
        Link link = lab.dial(lab.port(WireLab::echo), Protocol.RAFT, lab.tls(WireLab.MANAGER));
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < SENDERS; i++) {
            byte[] frame = random(20_000 + i);
            Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    for (int sent = 0; sent < FRAMES_EACH; sent++) {
                        link.sendAll(List.of(frame, frame));
                    }
                } catch (IOException | InterruptedException e) {
                    lab.troubles.add(e);
                }
            });
        }
        start.countDown();
        for (int i = 0; i < 2 * SENDERS * FRAMES_EACH; i++) {
            byte[] frame = link.receive();
            assertArrayEquals(random(frame.length), frame);
        }
        assertEquals(List.of(), lab.troubles);
    }

    /// Two frames, the second of which is not given before another sender wants to send, too.
    private static final class Between extends AbstractList<byte[]> {
        private final Thread other;
        private boolean checked;

        Between(Thread other) {
            this.other = other;
        }

        @Override public byte[] get(int index) {
            if (index == 1 && checked) {
                other.start();
                while (other.getState() != Thread.State.BLOCKED && other.isAlive()) {
                    Thread.onSpinWait();
                }
            }
            checked |= index == 1;
            return random(10 + index);
        }

        @Override public int size() {
            return 2;
        }
    }

    @Test void nobodySendsBetweenFramesSentTogether() throws IOException {
        Link link = lab.dial(lab.port(WireLab::echo), Protocol.RAFT, lab.tls(WireLab.MANAGER));
        link.sendAll(new Between(Thread.ofPlatform().unstarted(() -> {
            try {
                link.send(random(99));
            } catch (IOException e) {
                lab.troubles.add(e);
            }
        })));
        for (int length : List.of(10, 11, 99)) {
            assertEquals(length, link.receive(WireLab.PATIENCE.toMillis()).length);
        }
    }

    @Test void largestIsCarriedAndOneMoreIsNotSent() throws IOException {
        Port port = lab.port(WireLinkTest::sum);
        largest(lab.dial(port, Protocol.RAFT, lab.tls(WireLab.MANAGER)), LARGEST);
    }

    @Test void joinIsForSmallFrames() throws IOException {
        Port port = lab.port(WireLinkTest::sum);
        largest(lab.dial(port, Protocol.JOIN, lab.joining()), LARGEST_OF_STRANGERS);
        largest(lab.dial(port, Protocol.JOIN, lab.tls(WORKER)), LARGEST_OF_STRANGERS);
        largest(lab.dial(port, Protocol.AGENT, lab.joining()), LARGEST_OF_STRANGERS);
    }

    /// The one that is too large is refused before anything of it or with it is sent.
    private static void largest(Link link, int bytesMax) throws IOException {
        String refusal = assertThrows(IOException.class,
            () -> link.sendAll(List.of(new byte[3], new byte[bytesMax + 1]))).getMessage();
        assertEquals("a frame of " + (bytesMax + 1) + " bytes for 127.0.0.1, which reads at most "
            + bytesMax, refusal);
        byte[] largest = random(bytesMax);
        link.send(largest);
        assertEquals(sum(largest), ByteBuffer.wrap(link.receive()).getLong());
    }

    /// Answers one frame with its sum.
    private static void sum(Link link) throws IOException {
        link.send(ByteBuffer.allocate(Long.BYTES).putLong(sum(link.receive())).array());
    }

    private static long sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
    }

    /// The other end is not ours: it says a length that ours never would.
    @Test void tooLargeIsRefusedUnread() throws Exception {
        for (Protocol protocol : List.of(Protocol.JOIN, Protocol.AGENT)) {
            int bytesMax = protocol == Protocol.JOIN ? LARGEST_OF_STRANGERS : LARGEST;
            Port port = lab.port(WireLab::echo);
            try (Socket other = lab.foreign(port, protocol, WORKER)) {
                other.getOutputStream().write(
                    ByteBuffer.allocate(4).putInt(bytesMax + 1).array());
                assertTrue(WireLab.ended(other));
            }
            WireLab.await("the port says why", () -> lab.troubles.stream()
                .anyMatch(each -> each.getMessage().equals("a frame of " + (bytesMax + 1)
                    + " bytes came, at most " + bytesMax + " are read here")));
        }
    }

    @Test void timeOutLosesNothing() throws IOException {
        Port port = lab.port(WireLab::echo);
        FaultProxy proxy = lab.proxy(port);
        Link link = lab.dial(proxy.addr(), Protocol.AGENT, lab.tls(WORKER));
        proxy.flow(FaultProxy.Way.TO_DIALER, FaultProxy.Flow.STALLED);
        byte[] frame = random(50_000);
        link.send(frame);
        assertThrows(SocketTimeoutException.class, () -> link.receive(1));
        proxy.flow(FaultProxy.Way.TO_DIALER, FaultProxy.Flow.ONE_BYTE_AT_A_TIME);
        byte[] received = new byte[0];
        while (received.length == 0) {
            try {
                received = link.receive(1);
            } catch (SocketTimeoutException notYet) {
                assertFalse(notYet.getMessage().isEmpty());
            }
        }
        assertArrayEquals(frame, received);
        link.goodbye();
        assertEquals(0, link.receive().length);
    }

    @Test void bytesMayComeOneAtATime() throws IOException {
        FaultProxy proxy = lab.proxy(lab.port(WireLab::echo));
        proxy.flow(FaultProxy.Flow.ONE_BYTE_AT_A_TIME);
        Link link = lab.dial(proxy.addr(), Protocol.AGENT, lab.tls(WORKER));
        link.sendAll(List.of(random(5_000), random(7)));
        assertArrayEquals(random(5_000), link.receive());
        assertArrayEquals(random(7), link.receive());
    }

    @Test void closeEndsAStuckSendAndAReceive() throws Exception {
        FaultProxy proxy = lab.proxy(lab.port(WireLab::echo));
        Link link = lab.dial(proxy.addr(), Protocol.AGENT, lab.tls(WORKER));
        proxy.flow(FaultProxy.Flow.STALLED);
        BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();
        byte[] largest = new byte[LARGEST];
        Thread sending = start(() -> link.send(largest), ends);
        Thread receiving = start(link::receive, ends);
        WireLab.await("both wait", () -> waits(sending) && waits(receiving));
        Thread closing = Thread.ofVirtual().start(() -> {
            link.close();
            link.close();
        });
        joined(closing);
        joined(sending);
        joined(receiving);
        assertEquals(2, ends.size());
        assertThrows(IOException.class, () -> link.send(new byte[1]));
        assertThrows(IOException.class, link::receive);
    }

    @Test void resetEndsBothEnds() throws Exception {
        BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();
        FaultProxy proxy = lab.proxy(lab.port(link ->
            joinedQuietly(start(link::receive, ends))));
        Link link = lab.dial(proxy.addr(), Protocol.AGENT, lab.tls(WORKER));
        Thread receiving = start(link::receive, ends);
        proxy.reset();
        joined(receiving);
        WireLab.await("both have ended", () -> ends.size() == 2);
    }

    private static void joinedQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test void halfOpenLinkIsFoundByTimeAlone() throws IOException {
        FaultProxy proxy = lab.proxy(lab.port(WireLab::echo));
        Link link = lab.dial(proxy.addr(), Protocol.AGENT, lab.tls(WORKER));
        proxy.halfOpen();
        link.send(random(9));
        assertThrows(SocketTimeoutException.class, () -> link.receive(50));
        link.close();
        assertThrows(IOException.class, link::receive);
    }

    @Test void leavingWithoutGoodbyeIsAnEndToTheOther() throws Exception {
        BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();
        Port port = lab.port(link -> {
            EOFException end = assertThrows(EOFException.class, link::receive);
            ends.add(end);
        });
        lab.dial(port, Protocol.AGENT, lab.tls(WORKER)).close();
        WireLab.await("the port's end has ended", () -> ends.size() == 1);
    }
}

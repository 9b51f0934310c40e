package e2e;

import static e2e.HttpLab.EMPTY;
import static e2e.HttpLab.LONG_MS;
import static e2e.HttpLab.SHORT_MS;
import static e2e.HttpLab.get;
import static e2e.HttpLab.text;
import static e2e.HttpRoutes.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.http.Duplex;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.HttpServer;
import swarm.http.Request;
import swarm.http.Timeouts;

/// The client on real sockets: what it waits for and how long, what it keeps and what it repeats.
@Timeout(Lab.PATIENCE_S)
final class HttpClientTest {
    private HttpLab lab;
    private HttpServer server;
    private final HttpRoutes routes = new HttpRoutes();

    @BeforeEach
    void start() throws IOException {
        lab = new HttpLab();
        server = lab.serve("s", HttpLab.PATIENT, routes);
    }

    @AfterEach
    void stop() throws Exception {
        routes.allowed.countDown();
        lab.close();
    }

    private HttpClient client(int idleMax) {
        return new HttpClient(lab.at("s"), Timeouts.NONE, idleMax);
    }

    @Test
    void refusedUploadStillReadsItsRefusal() throws IOException {
        byte[] large = new byte[8 << 20];
        try (HttpCall call = client(0).send(new Request("POST", "/small", Headers.NONE), large)) {
            assertEquals(413, call.status());
        }
        try (HttpCall call = client(0).upload(new Request("POST", "/small", Headers.NONE),
                new ByteArrayInputStream(large))) {
            assertEquals(413, call.status());
        }
    }

    @Test
    void streamedPieceArrivesBeforeTheNextIsWritten() throws IOException {
        try (HttpCall call = get(client(0), "/pieces")) {
            assertArrayEquals(bytes("first"), call.body().readNBytes(5));
            routes.allowed.countDown();
            assertArrayEquals(bytes("second"), call.body().readAll(100));
        }
    }

    @Test
    void cutStreamIsNoEnd() throws IOException {
        try (HttpCall call = get(client(1), "/cut")) {
            assertThrows(IOException.class, () -> call.body().readAll(100));
        }
        assertEquals(1, lab.troubles.size());
    }

    @Test
    void hijackedConnectionHalfCloses() throws IOException {
        Headers upgrade = Headers.of("Connection", "Upgrade").with("Upgrade", "tcp");
        HttpCall call = client(0).send(new Request("POST", "/raw", upgrade), EMPTY);
        try (Duplex raw = call.hijack()) {
            raw.out().write(bytes("echo "));
            assertArrayEquals(bytes("echo "), raw.in().readNBytes(5));
            raw.shutdownOutput();
            assertArrayEquals(bytes("bye"), raw.in().readAllBytes());
        }
    }

    @Test
    void closingEndsABlockedRead() throws Exception {
        HttpCall call = get(client(0), "/pieces");
        assertArrayEquals(bytes("first"), call.body().readNBytes(5));
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            CountDownLatch reading = new CountDownLatch(1);
            Future<Integer> read = threads.submit(() -> {
                reading.countDown();
                return call.body().read();
            });
            reading.await();
            call.close();
            assertThrows(Exception.class, () -> read.get(Lab.PATIENCE_S, TimeUnit.SECONDS));
        }
    }

    @Test
    void clientDoesNotWaitBeyondItsTimeouts() throws IOException {
        HttpClient head = new HttpClient(lab.at("s"), new Timeouts(0, SHORT_MS, 0), 0);
        assertThrows(SocketTimeoutException.class, () -> get(head, "/wait"));
        HttpClient read = new HttpClient(lab.at("s"), new Timeouts(0, 0, SHORT_MS), 0);
        try (HttpCall call = get(read, "/pieces")) {
            assertThrows(SocketTimeoutException.class, () -> call.body().readAll(100));
        }
        lab.listen("full", 1);
        List<HttpLab.Raw> waiting = new ArrayList<>();
        waiting.add(lab.connect("full"));
        waiting.add(lab.connect("full"));
        HttpClient connect = new HttpClient(lab.at("full"), new Timeouts(SHORT_MS, 0, 0), 0);
        assertThrows(ConnectException.class, () -> get(connect, "/"));
        for (HttpLab.Raw raw : waiting) {
            raw.close();
        }
    }

    /// Calls that a busy machine makes too slow are made again; that their deadlines have passed is
    /// told by two that are missed.
    @Test
    void pastDeadlinesDoNotHauntLaterCalls() throws IOException {
        HttpClient client = new HttpClient(lab.at("s"),
                new Timeouts(SHORT_MS, SHORT_MS, SHORT_MS), 1);
        lab.listen("mute", 64);
        HttpClient clock = new HttpClient(lab.at("mute"), new Timeouts(0, SHORT_MS, 0), 0);
        routes.allowed.countDown();
        Lab.await("a connection outlives its deadlines", () -> {
            try {
                String thread = text(get(client, "/name"));
                assertEquals("firstsecond", text(get(client, "/pieces")));
                for (int i = 0; i < 2; i++) {
                    assertThrows(SocketTimeoutException.class, () -> get(clock, "/"));
                }
                return thread.equals(text(get(client, "/name")));
            } catch (SocketTimeoutException slow) {
                return false;
            }
        });
    }

    @Test
    void absentServerIsAConnectException() {
        HttpClient client = new HttpClient(lab.at("nobody"), Timeouts.NONE, 0);
        assertTrue(assertThrows(ConnectException.class, () -> get(client, "/")).getMessage()
                .startsWith("cannot connect to unix:///"));
    }

    @Test
    void connectionIsKeptWhenTheBodyWasRead() throws IOException {
        HttpClient client = client(1);
        String first = text(get(client, "/name"));
        assertEquals(first, text(get(client, "/name")));
        get(client, "/name").close();
        assertFalse(first.equals(text(get(client, "/name"))));
    }

    @Test
    void connectionTheServerClosedIsReplaced() throws Exception {
        HttpClient client = client(4);
        text(get(client, "/name"));
        server.stop(LONG_MS);
        lab.serve("s", HttpLab.PATIENT, routes);
        Request post = new Request("POST", "/echo", Headers.NONE);
        assertEquals("again", text(client.send(post, bytes("again"))));
    }

    @Test
    void connectionWithABodyUnderWayIsNotKept() throws IOException {
        HttpClient client = client(1);
        try (HttpCall call = get(client, "/pieces")) {
            assertArrayEquals(bytes("first"), call.body().readNBytes(5));
        }
        assertEquals("/target", text(get(client, "/target")));
    }

    @Test
    void refusalIsReadThoughTheBodyCouldNotBeSent() throws Exception {
        ServerSocketChannel listener = lab.listen("harsh", 8);
        Thread harsh = Thread.ofVirtual().start(() -> refuseUnread(listener));
        HttpClient client = new HttpClient(lab.at("harsh"), Timeouts.NONE, 0);
        Request post = new Request("POST", "/", Headers.NONE);
        byte[] large = new byte[8 << 20];
        assertEquals("no", text(client.send(post, large)));
        assertEquals("no", text(client.upload(post, new ByteArrayInputStream(large))));
        harsh.join();
    }

    private static void refuseUnread(ServerSocketChannel listener) {
        for (int i = 0; i < 2; i++) {
            try (HttpLab.Raw raw = new HttpLab.Raw(listener.accept())) {
                raw.hear("\r\n\r\n");
                raw.say("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void silentConnectionIsRetriedForIdempotentMethodsOnly() throws Exception {
        ServerSocketChannel listener = lab.listen("fickle", 8);
        Thread fickle = Thread.ofVirtual().start(() -> serveOneThenDropTheNext(listener));
        HttpClient client = new HttpClient(lab.at("fickle"), Timeouts.NONE, 1);
        assertEquals("", text(get(client, "/1")));
        assertEquals("", text(get(client, "/2 dropped, then asked again".replace(' ', '-'))));
        Request post = new Request("POST", "/3", Headers.NONE);
        assertThrows(IOException.class, () -> client.send(post, EMPTY));
        fickle.join();
    }

    /// Answers the first request of a connection and closes after it has read the second, twice.
    private static void serveOneThenDropTheNext(ServerSocketChannel listener) {
        for (int i = 0; i < 2; i++) {
            try (HttpLab.Raw raw = new HttpLab.Raw(listener.accept())) {
                raw.hear("\r\n\r\n");
                raw.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").hear("\r\n\r\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void manyConnectionsAreServedAtOnce() throws Exception {
        byte[] body = new byte[100_000];
        new Random(1).nextBytes(body);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = client(50)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> echoes(client, body)));
            }
            for (Future<Boolean> one : all) {
                assertTrue(one.get(Lab.PATIENCE_S, TimeUnit.SECONDS));
            }
        }
    }

    private static boolean echoes(HttpClient client, byte[] body) throws IOException {
        for (int i = 0; i < 5; i++) {
            try (HttpCall call = client.send(new Request("PUT", "/echo", Headers.NONE), body)) {
                assertArrayEquals(body, call.body().readAll(1 << 20));
            }
        }
        return true;
    }

    @Test
    void speaksTcpToo() throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        HttpServer tcp = new HttpServer(listener, HttpLab.PATIENT, routes, e -> { });
        tcp.start();
        Endpoint endpoint = Endpoint.parse("tcp://127.0.0.1:" + port);
        HttpClient client = new HttpClient(endpoint, new Timeouts(LONG_MS, LONG_MS, LONG_MS), 1);
        assertEquals("/target?a=b", text(get(client, "/target?a=b")));
        Request post = new Request("POST", "/small", Headers.NONE);
        for (int i = 0; i < 20; i++) {
            try (HttpCall call = client.send(post, new byte[1 << 20])) {
                assertEquals(413, call.status());
            }
        }
        tcp.stop(100);
        assertThrows(ConnectException.class, () -> get(client, "/target"));
        HttpClient nowhere = new HttpClient(Endpoint.parse("tcp://" + "x".repeat(64) + ":1"),
                Timeouts.NONE, 0);
        assertThrows(ConnectException.class, () -> get(nowhere, "/"));
    }

    @Test
    void endpointsAreReadOrExplained() throws IOException {
        assertEquals("/run/x.sock", Endpoint.parse("unix:///run/x.sock").path());
        assertEquals(2375, Endpoint.parse("tcp://[::1]:2375/").port());
        for (String bad : List.of("", "x", "unix://", "tcp://", "tcp://a", "tcp://a:", "tcp://:1",
                "tcp://a:0", "tcp://a:65536", "tcp://a:1x", "tcp://a:99999999999", "http://a:1")) {
            assertThrows(IOException.class, () -> Endpoint.parse(bad), bad);
        }
    }
}

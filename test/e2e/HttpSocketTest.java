package e2e;

import static e2e.HttpLab.EMPTY;
import static e2e.HttpLab.get;
import static e2e.HttpLab.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
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
import swarm.http.Exchange;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.HttpException;
import swarm.http.HttpServer;
import swarm.http.Request;
import swarm.http.ServerLimits;
import swarm.http.Timeouts;

/// Server and client on real sockets: what goes over the wire, what ends when, and what a slow or
/// broken peer can do.
@Timeout(30)
final class HttpSocketTest {
    private static final String HOST = "Host: x\r\n";

    private HttpLab lab;
    private HttpServer server;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch allowed = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        lab = new HttpLab();
        server = lab.serve("s", ServerLimits.STANDARD, this::handle);
    }

    @AfterEach
    void stop() throws Exception {
        allowed.countDown();
        lab.close();
    }

    private void handle(Exchange exchange) throws IOException {
        Headers plain = Headers.of("Content-Type", "text/plain");
        switch (exchange.request().path()) {
            case "/echo" -> exchange.respond(200, plain, exchange.body(1 << 20));
            case "/small" -> exchange.respond(200, plain, exchange.body(4));
            case "/name" -> exchange.respond(200, plain, bytes(Thread.currentThread().getName()));
            case "/target" -> exchange.respond(200, plain, bytes(exchange.request().target()));
            case "/empty" -> exchange.respond(204, Headers.NONE, EMPTY);
            case "/wait" -> {
                pause();
                exchange.respond(200, plain, bytes("waited"));
            }
            case "/pieces" -> {
                OutputStream out = exchange.stream(200, plain);
                out.write(bytes("first"));
                pause();
                out.write(bytes("second"));
            }
            case "/cut" -> {
                exchange.stream(200, plain).write(bytes("half"));
                throw new IllegalStateException("halfway");
            }
            case "/follow" -> {
                exchange.whenClientLeaves(left::countDown);
                exchange.respond(200, plain, EMPTY);
            }
            case "/raw" -> {
                Duplex raw = exchange.hijack(101, Headers.of("Connection", "Upgrade"));
                raw.in().transferTo(raw.out());
                raw.out().write(bytes("bye"));
            }
            case "/refuse" -> throw new HttpException(409, "say \"no\"\n");
            case "/bug" -> throw new IllegalStateException("bug");
            default -> {
                // Not answered at all.
            }
        }
    }

    private void pause() {
        reached.countDown();
        try {
            allowed.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private HttpClient client(int idleMax) {
        return new HttpClient(lab.at("s"), Timeouts.NONE, idleMax);
    }

    private String tell(String bytes) throws IOException {
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say(bytes).endOutput();
            return raw.hearAll();
        }
    }

    @Test
    void answerIsFramedOnTheWire() throws IOException {
        assertEquals("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
                + "Connection: close\r\n\r\nabc", tell("POST /echo HTTP/1.1\r\n" + HOST
                + "Content-Length: 3\r\nConnection: close\r\n\r\nabc"));
    }

    @Test
    void headHasLengthButNoBody() throws IOException {
        String answer = tell("HEAD /target HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
        assertTrue(answer.contains("Content-Length: 7\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void noContentHasNoLength() throws IOException {
        assertEquals("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                tell("GET /empty HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            all.append("POST /echo HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n3\r\n")
                    .append(100 + i).append("\r\n0\r\n\r\n");
        }
        String answers = tell(all.toString());
        int from = 0;
        for (int i = 0; i < 50; i++) {
            from = answers.indexOf("\r\n\r\n" + (100 + i), from);
            assertTrue(from >= 0, "answer " + i);
        }
    }

    @Test
    void oldClientIsClosedUnlessItAsks() throws IOException {
        String one = tell("GET /target HTTP/1.0\r\n\r\nGET /target HTTP/1.0\r\n\r\n");
        assertEquals(one.indexOf("HTTP/1.1 200"), one.lastIndexOf("HTTP/1.1 200"));
        assertTrue(one.contains("Connection: close\r\n"), one);
        String two = tell("GET /target HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                + "GET /target HTTP/1.0\r\n\r\n");
        assertTrue(two.contains("Connection: keep-alive\r\n"), two);
        assertTrue(two.lastIndexOf("HTTP/1.1 200") > 0, two);
    }

    @Test
    void oldClientGetsAStreamToTheEnd() throws IOException {
        allowed.countDown();
        String answer = tell("GET /pieces HTTP/1.0\r\n\r\n");
        assertTrue(answer.endsWith("\r\n\r\nfirstsecond"), answer);
    }

    @Test
    void malformedRequestIsRefusedAndClosed() throws IOException {
        try (HttpLab.Raw raw = lab.connect("s")) {
            String answer = raw.say("GET /echo HTTP/1.1\nHost: x\n\n").hearAll();
            assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
            assertTrue(answer.endsWith("{\"message\":\"request line ends with a bare LF, "
                    + "expected CRLF\"}\n"), answer);
        }
    }

    @Test
    void bodyBeyondTheLimitIsRefusedUnread() throws IOException {
        String declared = tell("POST /small HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\n");
        assertTrue(declared.startsWith("HTTP/1.1 413"), declared);
        String chunked = tell("POST /small HTTP/1.1\r\n" + HOST
                + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n");
        assertTrue(chunked.startsWith("HTTP/1.1 413"), chunked);
        String fits = tell("POST /small HTTP/1.1\r\n" + HOST
                + "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n");
        assertTrue(fits.endsWith("abcd"), fits);
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
    void expectedBodyIsAskedForOnlyWhenWanted() throws IOException {
        String head = " HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        try (HttpLab.Raw raw = lab.connect("s")) {
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n",
                    raw.say("POST /echo" + head).hear("\r\n\r\n"));
            assertTrue(raw.say("ok").hear("ok").startsWith("HTTP/1.1 200"));
        }
        try (HttpLab.Raw raw = lab.connect("s")) {
            String refused = raw.say("POST /refuse" + head).hear("\r\n\r\n");
            assertTrue(refused.startsWith("HTTP/1.1 409"), refused);
            assertTrue(refused.contains("Connection: close"), refused);
        }
    }

    @Test
    void handlersMistakesAreAnswered() throws IOException {
        HttpClient client = client(1);
        try (HttpCall call = get(client, "/bug")) {
            assertEquals(500, call.status());
            assertEquals("{\"message\":\"bug\"}\n", text(call));
        }
        try (HttpCall call = get(client, "/refuse")) {
            assertEquals(409, call.status());
            assertEquals("{\"message\":\"say \\\"no\\\"\\u000a\"}\n", text(call));
        }
        try (HttpCall call = get(client, "/unanswered")) {
            assertEquals(500, call.status());
        }
        assertEquals(1, lab.troubles.size());
        assertEquals("waited", waited(client));
    }

    private String waited(HttpClient client) throws IOException {
        allowed.countDown();
        return text(get(client, "/wait"));
    }

    @Test
    void streamedPieceArrivesBeforeTheNextIsWritten() throws IOException {
        try (HttpCall call = get(client(0), "/pieces")) {
            assertArrayEquals(bytes("first"), call.body().readNBytes(5));
            allowed.countDown();
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
    void bytesBehindAnUpgradeAreNotLost() throws IOException {
        assertTrue(tell("POST /raw HTTP/1.1\r\n" + HOST + "Connection: Upgrade\r\n\r\nearly")
                .endsWith("\r\n\r\nearlybye"));
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
            assertThrows(Exception.class, () -> read.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void clientDoesNotWaitBeyondItsTimeouts() throws IOException {
        HttpClient head = new HttpClient(lab.at("s"), new Timeouts(0, 50, 0), 0);
        assertThrows(SocketTimeoutException.class, () -> get(head, "/wait"));
        HttpClient read = new HttpClient(lab.at("s"), new Timeouts(0, 0, 50), 0);
        try (HttpCall call = get(read, "/pieces")) {
            assertThrows(SocketTimeoutException.class, () -> call.body().readAll(100));
        }
        lab.listen("full", 1);
        List<HttpLab.Raw> waiting = new ArrayList<>();
        waiting.add(lab.connect("full"));
        waiting.add(lab.connect("full"));
        HttpClient connect = new HttpClient(lab.at("full"), new Timeouts(50, 0, 0), 0);
        assertThrows(ConnectException.class, () -> get(connect, "/"));
        for (HttpLab.Raw raw : waiting) {
            raw.close();
        }
    }

    @Test
    void missedDeadlinesDoNotHauntLaterCalls() throws Exception {
        HttpClient client = new HttpClient(lab.at("s"), new Timeouts(80, 80, 80), 1);
        String thread = text(get(client, "/name"));
        Thread.sleep(200);
        assertEquals(thread, text(get(client, "/name")));
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
        server.stop(1_000);
        lab.serve("s", ServerLimits.STANDARD, this::handle);
        Request post = new Request("POST", "/echo", Headers.NONE);
        assertEquals("again", text(client.send(post, bytes("again"))));
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
    void slowHeadIsEndedOthersAreServed() throws IOException {
        lab.serve("quick", new ServerLimits(10, 10_000, 100, 100), this::handle);
        try (HttpLab.Raw slow = lab.connect("quick"); HttpLab.Raw body = lab.connect("quick")) {
            slow.say("GET /echo HT");
            body.say("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\nabc");
            HttpClient client = new HttpClient(lab.at("quick"), Timeouts.NONE, 0);
            assertEquals("/target", text(get(client, "/target")));
            assertTrue(slow.hearAll().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
            assertTrue(body.hearAll().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
        }
    }

    @Test
    void idleConnectionIsClosedSilently() throws IOException {
        lab.serve("quick", new ServerLimits(10, 50, 10_000, 10_000), this::handle);
        try (HttpLab.Raw raw = lab.connect("quick")) {
            assertEquals("", raw.hearAll());
        }
        try (HttpLab.Raw raw = lab.connect("quick")) {
            raw.say("GET /follow HTTP/1.1\r\n" + HOST + "\r\n");
            assertTrue(raw.hearAll().startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void connectionBeyondTheCapIsTurnedAway() throws IOException {
        lab.serve("few", new ServerLimits(2, 10_000, 10_000, 10_000), this::handle);
        try (HttpLab.Raw one = lab.connect("few"); HttpLab.Raw two = lab.connect("few")) {
            one.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
            two.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
            try (HttpLab.Raw three = lab.connect("few")) {
                String answer = three.hearAll();
                assertTrue(answer.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), answer);
            }
            one.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
        }
    }

    @Test
    void brokenClientsHarmNobody() throws IOException {
        Random random = new Random(7);
        String whole = "POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 30\r\n\r\nabcdef";
        for (int i = 0; i < 300; i++) {
            try (HttpLab.Raw raw = lab.connect("s")) {
                raw.say(whole.substring(0, random.nextInt(whole.length())));
            }
        }
        assertEquals("/target", text(get(client(0), "/target")));
        assertEquals(List.of(), lab.troubles);
    }

    @Test
    void clientLeavingIsNoticed() throws Exception {
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("GET /follow HTTP/1.1\r\n" + HOST + "\r\n").hear("\r\n\r\n");
            raw.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
            assertEquals(1, left.getCount());
            raw.say("GET /follow HTTP/1.1\r\n" + HOST + "\r\n").hear("\r\n\r\n");
        }
        assertTrue(left.await(10, TimeUnit.SECONDS));
    }

    @Test
    void stopLetsRequestsFinishAndClosesTheRest() throws Exception {
        try (HttpLab.Raw idle = lab.connect("s"); HttpLab.Raw busy = lab.connect("s")) {
            idle.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
            busy.say("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            reached.await();
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    server.stop(10_000);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertEquals("", idle.hearAll());
            allowed.countDown();
            assertTrue(busy.hearAll().endsWith("waited"));
            stopping.join();
            assertThrows(IOException.class, () -> lab.connect("s"));
        }
    }

    @Test
    void stopDoesNotWaitForever() throws Exception {
        try (HttpLab.Raw busy = lab.connect("s")) {
            busy.say("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            reached.await();
            server.stop(50);
            assertEquals("", busy.hearAll());
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
                assertTrue(one.get(20, TimeUnit.SECONDS));
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
        HttpServer tcp = new HttpServer(listener, ServerLimits.STANDARD, this::handle, e -> { });
        tcp.start();
        Endpoint endpoint = Endpoint.parse("tcp://127.0.0.1:" + port);
        HttpClient client = new HttpClient(endpoint, new Timeouts(1_000, 5_000, 5_000), 1);
        assertEquals("/target?a=b", text(get(client, "/target?a=b")));
        tcp.stop(100);
        assertThrows(ConnectException.class, () -> get(client, "/target"));
        HttpClient nowhere = new HttpClient(Endpoint.parse("tcp://no.such.host.invalid:1"),
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

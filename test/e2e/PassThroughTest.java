package e2e;

import static e2e.HttpLab.EMPTY;
import static e2e.HttpLab.get;
import static e2e.HttpLab.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.http.Duplex;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.PassThrough;
import swarm.http.Request;
import swarm.http.Timeouts;

/// What passes through, against an engine that follows a script of bytes: framing, interim answers,
/// tunnels that half-close, and the ends that each side can come to.
@Timeout(Lab.PATIENCE_S)
final class PassThroughTest {
    private static final String GET = "GET /logs HTTP/1.1\r\nHost: x\r\n\r\n";

    private HttpLab lab;
    private ServerSocketChannel engine;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    /// What the engine does with a connection.
    private interface Script {
        void play(HttpLab.Raw raw) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        lab = new HttpLab();
        lab.serve("s", HttpLab.PATIENT, new PassThrough(lab.at("engine")));
        engine = lab.listen("engine", 64);
    }

    @AfterEach
    void stop() throws IOException {
        lab.close();
    }

    /// Plays the scripts, one connection after the other.
    private void engine(Script... scripts) {
        Thread.ofVirtual().start(() -> {
            for (Script script : scripts) {
                try (HttpLab.Raw raw = new HttpLab.Raw(engine.accept())) {
                    script.play(raw);
                } catch (Exception e) {
                    heard.add("broken: " + e.getMessage());
                }
            }
        });
    }

    private Script answer(String bytes) {
        return raw -> {
            heard.add(raw.hear("\r\n\r\n"));
            raw.say(bytes);
        };
    }

    private String heard() throws InterruptedException {
        String text = heard.poll(Lab.PATIENCE_S, TimeUnit.SECONDS);
        assertTrue(text != null, "the engine heard nothing");
        return text;
    }

    private String tell(String bytes) throws IOException {
        try (HttpLab.Raw raw = lab.connect("s")) {
            return raw.say(bytes).hearAll();
        }
    }

    private HttpClient client() {
        return new HttpClient(lab.at("s"), Timeouts.NONE, 1);
    }

    @Test
    void headersOfTheMessagePassThoseOfTheConnectionDoNot() throws Exception {
        engine(answer("HTTP/1.1 200 Fine\r\nApi-Version: 1.47\r\nKeep-Alive: 5\r\nA: 1\r\nA: 2\r\n"
                + "Content-Length: 2\r\n\r\nok"));
        assertEquals("HTTP/1.1 200 Fine\r\nApi-Version: 1.47\r\nA: 1\r\nA: 2\r\n"
                + "Content-Length: 2\r\nConnection: close\r\n\r\nok",
                tell("GET /v1.47/x?a=%20b HTTP/1.1\r\nHost: docker\r\nX-Registry-Auth: e30=\r\n"
                        + "Connection: close, X-Own\r\nX-Own: 1\r\n\r\n"));
        assertEquals("GET /v1.47/x?a=%20b HTTP/1.1\r\nHost: docker\r\nX-Registry-Auth: e30=\r\n"
                + "\r\n", heard());
    }

    @Test
    void requestsOfOneConnectionFollowEachOther() throws IOException {
        Script ok = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        engine(ok, answer("HTTP/1.1 204 No Content\r\n\r\n"),
                answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
                answer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"), ok);
        try (HttpLab.Raw raw = lab.connect("s")) {
            assertTrue(raw.say(GET).hear("\r\n\r\nok").startsWith("HTTP/1.1 200 OK"));
            assertEquals("HTTP/1.1 204 No Content\r\n\r\n", raw.say(GET).hear("\r\n\r\n"));
            assertEquals("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                    raw.say(GET).hear("\r\n\r\n"));
            String head = raw.say(GET.replace("GET", "HEAD")).hear("\r\n\r\n");
            assertTrue(head.contains("Content-Length: 99\r\n"), head);
            assertTrue(raw.say(GET).hear("\r\n\r\nok").startsWith("HTTP/1.1 200 OK"));
        }
    }

    @Test
    void pipelinedRequestsPassInOrder() throws IOException {
        engine(answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"),
                answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"));
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say(GET + GET).hear("\r\n\r\na");
            assertTrue(raw.hear("0\r\n\r\n").endsWith("\r\n\r\n1\r\nb\r\n0\r\n\r\n"));
        }
    }

    @Test
    void chunksPassAsTheyComeWithTrailers() throws Exception {
        engine(raw -> {
            heard.add(raw.hear("T: up\r\n\r\n"));
            raw.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\none\r\n");
            heard.add(raw.hear("never"));
        });
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("POST /load HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "4\r\nbody\r\n0\r\nT: up\r\n\r\n");
            assertTrue(heard().endsWith("Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
                    + "T: up\r\n\r\n"));
            assertTrue(raw.hear("one\r\n").endsWith("\r\n\r\n3\r\none\r\n"));
        }
        assertEquals("<end>", heard());
    }

    @Test
    void answersTrailersPass() throws IOException {
        engine(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n"
                + "T: down\r\n\r\n"));
        try (HttpLab.Raw raw = lab.connect("s")) {
            assertTrue(raw.say(GET).hear("down\r\n\r\n").endsWith("one\r\n0\r\nT: down\r\n\r\n"));
        }
    }

    @Test
    void followerWhoLeavesIsMissedByTheEngine() throws Exception {
        engine(raw -> {
            raw.hear("\r\n\r\n");
            raw.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            heard.add(raw.hear("never"));
        });
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say(GET).hear("\r\n\r\n");
        }
        assertEquals("<end>", heard());
    }

    @Test
    void engineThatHangsKeepsNobodyWhoLeft() throws Exception {
        CountDownLatch hung = new CountDownLatch(1);
        lab.serve("brief", HttpLab.PATIENT, new PassThrough(lab.at("engine"), HttpLab.SHORT_MS));
        engine(raw -> {
            heard.add(raw.hear("never"));
            hung.await();
        });
        try (HttpLab.Raw raw = lab.connect("brief")) {
            raw.say(GET).endOutput();
            assertTrue(raw.hearAll().startsWith("HTTP/1.1 502"));
        }
        hung.countDown();
    }

    /// What comes through it shows that it is a tunnel, before the client closes its half.
    @Test
    void tunnelOutlivesTheTimeOfTheForsaken() throws Exception {
        lab.serve("brief", HttpLab.PATIENT,
                new PassThrough(lab.at("engine"), HttpLab.SHORT_MS));
        engine(raw -> {
            raw.hear("\r\n\r\n");
            raw.say("HTTP/1.1 101 UPGRADED\r\n\r\nhello");
            heard.add(raw.hear("never"));
            Lab.pause(Duration.ofMillis(4 * HttpLab.SHORT_MS));
            raw.say("late");
        });
        try (HttpLab.Raw raw = lab.connect("brief")) {
            raw.say("POST /attach HTTP/1.1\r\nHost: x\r\n\r\n").hear("hello");
            raw.endOutput();
            assertEquals("late", raw.hearAll());
        }
    }

    @Test
    void interimAnswersPass() throws Exception {
        engine(raw -> {
            heard.add(raw.hear("\r\n\r\n"));
            raw.say("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
            heard.add(raw.hear("body"));
            raw.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("PUT /archive HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            assertEquals("HTTP/1.1 102 Processing\r\n\r\n", raw.hear("\r\n\r\n"));
            assertEquals("HTTP/1.1 100 Continue\r\n\r\n", raw.hear("\r\n\r\n"));
            assertTrue(heard().contains("Expect: 100-continue"));
            assertTrue(raw.say("body").hear("\r\n\r\n").startsWith("HTTP/1.1 200"));
        }
        assertEquals("body", heard());
    }

    @Test
    void refusalBeforeTheBodyPassesAndCloses() throws IOException {
        engine(answer("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
        byte[] large = new byte[4 << 20];
        Request put = new Request("PUT", "/archive", Headers.NONE);
        try (HttpCall call = client().send(put, large)) {
            assertEquals(413, call.status());
            assertEquals("no", text(call));
        }
        assertEquals(List.of(), lab.troubles);
    }

    /// 101 as today, and 200 with a raw stream as Docker's old clients are answered.
    @Test
    void upgradeBecomesATunnelWithHalfClose() throws Exception {
        for (String head : List.of("101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n",
                "200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n")) {
            engine(raw -> {
                heard.add(raw.hear("\r\n\r\n"));
                raw.say("HTTP/1.1 " + head + "\r\nhello");
                heard.add(raw.hear("never"));
                raw.say("still here");
            });
            Headers upgrade = Headers.of("Connection", "Upgrade").with("Upgrade", "tcp");
            Request attach = new Request("POST", "/attach", upgrade);
            try (Duplex raw = client().send(attach, EMPTY).hijack()) {
                assertTrue(heard().contains("Upgrade: tcp\r\n"));
                assertArrayEquals("hello".getBytes(), raw.in().readNBytes(5));
                raw.out().write("typed".getBytes());
                raw.shutdownOutput();
                assertEquals("typed<end>", heard());
                assertArrayEquals("still here".getBytes(), raw.in().readAllBytes());
            }
        }
    }

    @Test
    void tunnelLivesOnWhenTheEnginesHalfHasEnded() throws Exception {
        engine(raw -> {
            raw.hear("\r\n\r\n");
            raw.say("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
            raw.endOutput();
            heard.add(raw.hear("typed"));
            heard.add(raw.hear("never"));
        });
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("POST /session HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                    + "\r\n");
            String head = raw.hearAll();
            assertTrue(head.contains("Upgrade: h2c\r\n"), head);
            assertFalse(head.contains("Connection: close"), head);
            raw.say("typed");
            assertEquals("typed", heard());
        }
        assertEquals("<end>", heard());
    }

    @Test
    void bytesTypedBeforeTheUpgradePass() throws Exception {
        engine(raw -> {
            raw.hear("\r\n\r\n");
            raw.say("HTTP/1.1 101 UPGRADED\r\n\r\n");
            heard.add(raw.hear("never"));
        });
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                    + "\r\nearly").endOutput();
            assertEquals("early<end>", heard());
            assertTrue(raw.hearAll().startsWith("HTTP/1.1 101"));
        }
    }

    @Test
    void answerWithoutLengthEndsWithTheConnection() throws IOException {
        engine(answer("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end"));
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say(GET);
            raw.endOutput();
            assertTrue(raw.hearAll().endsWith("\r\n\r\nto the end"));
        }
    }

    @Test
    void engineThatDiesHalfwayIsSeenToHaveDied() throws IOException {
        engine(answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
                answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
        assertTrue(tell(GET).endsWith("\r\n\r\nhalf"));
        assertTrue(tell(GET).endsWith("\r\n\r\n4\r\nhalf\r\n"));
        assertEquals(List.of(), lab.troubles);
    }

    @Test
    void engineThatSaysNothingOrNonsenseIsABadGateway() throws IOException {
        engine(answer(""), answer("SSH-2.0-x\r\n"),
                answer("HTTP/1.1 200 OK\r\nbad header\r\n\r\n"));
        for (int i = 0; i < 3; i++) {
            String answer = tell(GET);
            assertTrue(answer.startsWith("HTTP/1.1 502 Bad Gateway\r\n"), answer);
            String start = "{\"message\":\"no answer from the container engine: ";
            assertTrue(answer.contains(start), answer);
        }
    }

    @Test
    void absentEngineIsSaidInDockersWords() throws IOException {
        engine.close();
        try (HttpCall call = get(client(), "/containers/json")) {
            assertEquals(503, call.status());
            assertEquals("{\"message\":\"Cannot connect to the Docker daemon at "
                    + lab.at("engine").text() + ". Is the docker daemon running?\"}\n", text(call));
        }
    }

    @Test
    void clientThatDiesInItsBodyEndsTheEnginesRequest() throws Exception {
        engine(raw -> heard.add(raw.hear("never")));
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("POST /load HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
        }
        assertTrue(heard().endsWith("\r\n\r\nhalf<end>"));
        assertEquals(List.of(), lab.troubles);
    }

    @Test
    void oldClientGetsWhatItUnderstands() throws Exception {
        engine(answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
        assertEquals("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo",
                tell("GET / HTTP/1.0\r\n\r\n"));
        assertTrue(heard().contains("Host: localhost\r\n"));
    }

    @Test
    void largeBodiesPassUnchangedBothWays() throws IOException {
        byte[] large = new byte[32 << 20];
        new Random(3).nextBytes(large);
        CRC32C expected = new CRC32C();
        expected.update(large);
        lab.serve("engine", HttpLab.PATIENT, exchange -> {
            assertEquals(expected.getValue(), sum(exchange.body()));
            exchange.stream(200, Headers.NONE).write(large);
        });
        Request post = new Request("POST", "/images/load", Headers.NONE);
        try (HttpCall call = client().upload(post, new ByteArrayInputStream(large))) {
            assertEquals(expected.getValue(), sum(call.body()));
        }
    }

    private static long sum(InputStream in) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[64 << 10];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            sum.update(buffer, 0, n);
        }
        return sum.getValue();
    }
}

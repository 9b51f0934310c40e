package e2e;

import static e2e.HttpLab.LONG_MS;
import static e2e.HttpLab.SHORT_MS;
import static e2e.HttpLab.get;
import static e2e.HttpLab.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.HttpServer;
import swarm.http.Request;
import swarm.http.ServerLimits;
import swarm.http.Timeouts;

/// The server on real sockets: what goes over the wire, what ends when, and what a slow or broken
/// client can do.
@Timeout(Lab.PATIENCE_S)
final class HttpSocketTest {
    private static final String HOST = "Host: x\r\n";

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
        routes.allowed.countDown();
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

    /// Clients that write before they read would lose the refusal to a broken pipe.
    @Test
    void refusedClientMayFinishWriting() throws IOException {
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("POST /small HTTP/1.1\r\n" + HOST + "Content-Length: 1000000\r\n\r\n");
            assertTrue(raw.hear("\r\n\r\n").startsWith("HTTP/1.1 413"));
            raw.say("x".repeat(1_000_000));
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
        routes.allowed.countDown();
        return text(get(client, "/wait"));
    }

    @Test
    void bytesBehindAnUpgradeAreNotLost() throws IOException {
        assertTrue(tell("POST /raw HTTP/1.1\r\n" + HOST + "Connection: Upgrade\r\n\r\nearly")
                .endsWith("\r\n\r\nearlybye"));
    }

    @Test
    void slowHeadIsEnded() throws IOException {
        lab.serve("quick", new ServerLimits(10, LONG_MS, SHORT_MS, LONG_MS), routes);
        try (HttpLab.Raw slow = lab.connect("quick")) {
            String answer = slow.say("GET /echo HT").hearAll();
            assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
            assertTrue(answer.contains("request head took too long"), answer);
        }
    }

    @Test
    void slowBodyIsEnded() throws IOException {
        lab.serve("quick", new ServerLimits(10, LONG_MS, LONG_MS, SHORT_MS), routes);
        try (HttpLab.Raw slow = lab.connect("quick")) {
            String answer = slow.say("POST /echo HTTP/1.1\r\n" + HOST
                    + "Content-Length: 9\r\n\r\nabc").hearAll();
            assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
            assertTrue(answer.contains("request body took too long"), answer);
        }
    }

    @Test
    void othersAreServedBesideTheSlow() throws IOException {
        try (HttpLab.Raw head = lab.connect("s"); HttpLab.Raw body = lab.connect("s")) {
            head.say("GET /echo HT");
            body.say("POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\nabc");
            assertEquals("/target", text(get(client(0), "/target")));
        }
    }

    /// A head that comes too late on a busy machine is sent again; then the times of two others,
    /// which never come whole, tell that its own has long passed.
    @Test
    void followersOutliveTheTimeOfAHead() throws Exception {
        lab.serve("quick", new ServerLimits(10, LONG_MS, SHORT_MS, SHORT_MS), routes);
        String flood = "GET /flood HTTP/1.1\r\n" + HOST + "\r\n";
        HttpLab.Raw[] follower = {lab.connect("quick")};
        Lab.await("a head comes in time", () -> {
            follower[0].close();
            follower[0] = lab.connect("quick");
            return follower[0].say(flood).hear("unread").startsWith("HTTP/1.1 200");
        });
        try (HttpLab.Raw raw = follower[0]) {
            for (int i = 0; i < 2; i++) {
                try (HttpLab.Raw clock = lab.connect("quick")) {
                    assertTrue(clock.say("GET /ec").hearAll().startsWith("HTTP/1.1 408"));
                }
            }
            assertEquals(1, routes.left.getCount());
            routes.allowed.countDown();
            assertTrue(raw.hear("0\r\n\r\n").endsWith("0\r\n\r\n"));
        }
    }

    @Test
    void idleConnectionIsClosedSilently() throws IOException {
        lab.serve("quick", new ServerLimits(10, SHORT_MS, LONG_MS, LONG_MS), routes);
        try (HttpLab.Raw raw = lab.connect("quick")) {
            assertEquals("", raw.hearAll());
        }
    }

    /// One that was idle for too long before the request, on a busy machine, is tried again.
    @Test
    void connectionIsClosedWhenItIdlesAfterARequest() throws IOException {
        lab.serve("quick", new ServerLimits(10, SHORT_MS, LONG_MS, LONG_MS), routes);
        Lab.await("a request comes before the end", () -> {
            try (HttpLab.Raw raw = lab.connect("quick")) {
                raw.say("GET /follow HTTP/1.1\r\n" + HOST + "\r\n");
                return raw.hearAll().startsWith("HTTP/1.1 200");
            } catch (IOException endedAlready) {
                return false;
            }
        });
    }

    @Test
    void connectionBeyondTheCapIsTurnedAway() throws IOException {
        lab.serve("few", new ServerLimits(2, LONG_MS, LONG_MS, LONG_MS), routes);
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
        String whole = "POST /echo HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\n"
                + "Content-Length: 30\r\n\r\nabcdef";
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
            assertEquals(1, routes.left.getCount());
            raw.say("GET /follow HTTP/1.1\r\n" + HOST + "\r\n").hear("\r\n\r\n");
        }
        assertTrue(routes.left.await(Lab.PATIENCE_S, TimeUnit.SECONDS));
    }

    @Test
    void clientLeavingWithUnreadBytesIsNoticed() throws Exception {
        try (HttpLab.Raw raw = lab.connect("s")) {
            raw.say("GET /flood HTTP/1.1\r\n" + HOST + "\r\n");
            routes.reached.await();
        }
        assertTrue(routes.left.await(Lab.PATIENCE_S, TimeUnit.SECONDS));
    }

    @Test
    void stopLetsRequestsFinishAndClosesTheRest() throws Exception {
        try (HttpLab.Raw idle = lab.connect("s"); HttpLab.Raw busy = lab.connect("s")) {
            idle.say("GET /target HTTP/1.1\r\n" + HOST + "\r\n").hear("/target");
            busy.say("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            routes.reached.await();
            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    server.stop(LONG_MS);
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertEquals("", idle.hearAll());
            routes.allowed.countDown();
            assertTrue(busy.hearAll().endsWith("waited"));
            stopping.join();
            assertThrows(IOException.class, () -> lab.connect("s"));
        }
    }

    @Test
    void stopDoesNotWaitForever() throws Exception {
        try (HttpLab.Raw busy = lab.connect("s")) {
            busy.say("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            routes.reached.await();
            server.stop(SHORT_MS);
            assertEquals("", busy.hearAll());
        }
    }
}

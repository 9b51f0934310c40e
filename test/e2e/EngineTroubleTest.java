package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.engine.DockerEngine;
import swarm.engine.Engine;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.EngineEvent;
import swarm.http.Endpoint;
import swarm.model.LogOptions;

/// An engine that is not there, hangs, breaks off, talks nonsense or refuses: each call ends in an
/// answer that says so in one line, and tells what may work later from what will not.
class EngineTroubleTest {
    private static final String STREAM = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private FakeEngine fake;
    private DockerEngine engine;

    @BeforeEach
    void open() throws IOException {
        fake = new FakeEngine();
        engine = new DockerEngine(Endpoint.parse(fake.host()), Specs.LABEL);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        fake.close();
    }

    @Test
    void anEngineThatIsNotThereIsNamed() throws IOException {
        fake.close();
        assertUnavailable("Cannot connect to the Docker daemon at " + fake.host()
                + ". Is the docker daemon running?", new EngineCall.Describe());
    }

    @Test
    void anEngineThatHangsHoldsUpNoRequestOfOurs() throws IOException {
        try (EngineProxy hung = new EngineProxy(fake.host())) {
            hung.be(EngineProxy.Mood.HANGS);
            try (Lab lab = Lab.ofContainers(hung.host()).start();
                    ApiClient api = new ApiClient(lab)) {
                int[] answered = {0};
                Lab.await("a hundred are answered in the time of a few that wait", () -> {
                    assertEquals("inactive", api.read("/info").ok().json().asObj().obj("Swarm")
                            .str("LocalNodeState"));
                    assertEquals(200, api.read("/version").status());
                    answered[0]++;
                    return answered[0] == 50;
                });
            }
        }
    }

    @Test
    void anEngineInASwarmOfItsOwnIsRefused() {
        fake.json("GET /info", 200, "{\"ServerVersion\":\"1\","
                + "\"Swarm\":{\"LocalNodeState\":\"active\"}}");
        EngineAnswer.Failed failed = failed(new EngineCall.Describe());
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertTrue(failed.message().contains("swarm of its own"), failed.message());
    }

    @Test
    void troubleOfTheEnginesOwnIsPassedOnInOneLine() {
        fake.json("GET /containers/json", 500, "{\"message\":\"disk\\nfull\"}");
        assertUnavailable("disk full", new EngineCall.ListContainers(Specs.LABEL, "us"));
        fake.json("GET /containers/one/json", 500, "<html>");
        assertUnavailable("status 500", new EngineCall.Inspect("one"));
    }

    @Test
    void anAnswerThatIsNotTheOneAskedForIsNotTaken() {
        for (String nonsense : List.of("", "{", "[]", "{}", "null", "{\"Id\":7}", "\u0000")) {
            fake.json("GET /containers/one/json", 200, nonsense);
            assertUnavailable("", new EngineCall.Inspect("one"));
        }
        fake.json("GET /containers/json", 200, "{}");
        assertUnavailable("no list", new EngineCall.ListContainers(Specs.LABEL, "us"));
        fake.json("GET /info", 200, "{}");
        assertUnavailable("no ServerVersion", new EngineCall.Describe());
        fake.json("POST /containers/create", 201, "{}");
        assertUnavailable("no Id", new EngineCall.Create(Specs.request("one", "true")));
    }

    @Test
    void whatIsNoHttpOrBreaksOffMayHaveWorked() {
        for (String broken : List.of("", "SSH-2.0-x\r\n", "HTTP/1.1 201 Cre",
                "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"Id\":")) {
            fake.answer("POST /containers/create", broken);
            assertUnavailable("", new EngineCall.Create(Specs.request("one", "true")));
        }
    }

    @Test
    @Tag("e2e")
    @Timeout(Lab.PATIENCE_S)
    void anEngineThatHangsIsGivenUp() {
        fake.answer("GET /info", FakeEngine.HANG);
        assertUnavailable("timed out", new EngineCall.Describe());
    }

    @Test
    void aMissingImageIsPulledWithItsTagAndTheCredentials() {
        fake.answer("POST /images/create", stream("{\"status\":\"Pulling\"}\r\n",
                "{\"status\":\"Done\"}\r\n"));
        assertEquals(new EngineAnswer.Done(),
                engine.perform(new EngineCall.EnsureImage("reg:5000/a/web", "c2VjcmV0")));
        String pull = fake.requests().getLast();
        assertTrue(pull.startsWith("POST /v1.41/images/create?fromImage=reg%3A5000%2Fa%2Fweb"
                + "%3Alatest HTTP"), pull);
        assertTrue(pull.contains("X-Registry-Auth: c2VjcmV0\r\n"), pull);
        engine.perform(new EngineCall.EnsureImage("web@sha256:0123", ""));
        assertTrue(fake.requests().getLast().contains("fromImage=web%40sha256%3A0123 "));
    }

    @Test
    void aNameIsOnePartOfThePathWhateverIsInIt() {
        engine.perform(new EngineCall.Inspect("a b/../c?x#+"));
        assertTrue(fake.requests().getLast().startsWith(
                "GET /v1.41/containers/a%20b%2F..%2Fc%3Fx%23%2B/json HTTP"),
                fake.requests().getLast());
    }

    @Test
    void anErrorWithinTheProgressIsFound() {
        fake.answer("POST /images/create", stream("{\"status\":\"Pulling\"}\r\n",
                "{\"errorDetail\":{\"message\":\"denied\"},\"error\":\"denied\"}\r\n"));
        EngineAnswer.Failed failed = failed(new EngineCall.EnsureImage("web", ""));
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertEquals("No such image: web (denied)", failed.message());
    }

    @Test
    void progressThatBreaksOffIsNoImage() {
        fake.answer("POST /images/create", STREAM + "17\r\n{\"status\":\"Pulling\"}\r\n\r\n");
        assertUnavailable("", new EngineCall.EnsureImage("web", ""));
    }

    @Test
    @Tag("e2e")
    @Timeout(Lab.PATIENCE_S)
    void aRegistryThatIsSilentIsGivenUp() {
        fake.answer("POST /images/create", STREAM + "16\r\n{\"status\":\"Pulling\"}\r\n\r\n"
                + FakeEngine.HANG);
        EngineAnswer.Failed failed = failed(new EngineCall.EnsureImage("web", ""));
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertEquals("No such image: web (nothing was heard of its registry for 30 s)",
                failed.message());
    }

    @Test
    void theEnginesVersionIsSpokenUpToOurs() {
        fake.json("GET /info", 500, "{}");
        for (String[] pair : new String[][] {{"1.24", "/v1.24/info"}, {"1.99", "/v1.47/info"},
                {"2.0", "/info"}, {"1.x", "/info"}}) {
            fake.answer("GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: " + pair[0]
                    + "\r\nContent-Length: 0\r\n\r\n");
            engine.close();
            engine = new DockerEngine(endpoint(), Specs.LABEL);
            engine.perform(new EngineCall.Describe());
            assertTrue(fake.requests().getLast().startsWith("GET " + pair[1] + " "),
                    fake.requests().getLast());
        }
    }

    @Test
    void eachNewStreamOfEventsIsAGapAndEachEndALoss() throws IOException {
        fake.answer("GET /events", stream("{\"Actor\":{\"ID\":\"1\",\"Attributes\":"
                + "{\"name\":\"one\"}}}\n", "nonsense\n"));
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        engine.watch(events::add);
        Lab.await("two streams", () -> events.size() >= 6);
        for (int at = 0; at < 6; at += 3) {
            assertEquals(new EngineEvent.Gap(), events.get(at));
            assertEquals(new EngineEvent.Touched("1", "one"), events.get(at + 1));
            assertTrue(events.get(at + 2) instanceof EngineEvent.Lost, events.toString());
        }
        String asked = fake.requests().stream().filter(text -> text.contains("/events"))
                .findFirst().orElseThrow();
        assertTrue(asked.contains("%22label%22%3A%5B%22" + Specs.LABEL + "%22%5D"), asked);
    }

    @Test
    void anEngineThatStaysAwayIsReportedOnce() throws IOException {
        fake.answer("GET /_ping", "").answer("GET /events", "");
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        engine.watch(events::add);
        Lab.await("four tries", () -> asked(" /_ping ") >= 4);
        assertEquals(1, events.size(), events.toString());
        assertTrue(events.getFirst() instanceof EngineEvent.Lost);
    }

    @Test
    void anEngineThatGoesAwayIsReportedOnceAndMayComeBackAnother() throws IOException {
        fake.answer("GET /events", STREAM + FakeEngine.HANG);
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        engine.watch(events::add);
        Lab.await("the gap", () -> !events.isEmpty());
        fake.json("GET /events", 500, "{}");
        fake.answer("GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.30\r\nContent-Length: 0\r\n"
                + "\r\n");
        fake.hangUp();
        Lab.await("three tries", () -> asked(" /v1.30/events") >= 3);
        assertEquals(2, events.size(), events.toString());
        assertTrue(events.getLast() instanceof EngineEvent.Lost);
    }

    @Test
    void closingEndsTheWatch() throws IOException {
        fake.answer("GET /events", STREAM + FakeEngine.HANG);
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        engine.watch(events::add);
        Lab.await("the gap", () -> !events.isEmpty());
        engine.close();
        Lab.pause(Duration.ofMillis(500));
        assertEquals(1, asked("/events"));
    }

    @Test
    void logsThatBreakOffFail() {
        fake.json("GET /containers/one/json", 200, "{\"Id\":\"1\"}");
        fake.answer("GET /containers/one/logs", STREAM + "5\r\n\1\0\0\0\0\r\n");
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        try {
            engine.logs("one", new LogOptions(true, true, false, false, "", "", "all",
                    false), frames);
            throw new AssertionError("logs that break off seem whole");
        } catch (IOException brokenOff) {
            assertEquals(5, frames.size());
        }
    }

    /// How many requests so far have this in their first line.
    private long asked(String words) {
        return fake.requests().stream().filter(text -> text.lines().findFirst().orElse("")
                .contains(words)).count();
    }

    private Endpoint endpoint() {
        return Endpoint.unix(Path.of(fake.host().substring("unix://".length())).toString());
    }

    private static String stream(String... chunks) {
        StringBuilder stream = new StringBuilder(STREAM);
        for (String chunk : chunks) {
            stream.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk)
                    .append("\r\n");
        }
        return stream.append("0\r\n\r\n").toString();
    }

    private EngineAnswer.Failed failed(EngineCall call) {
        EngineAnswer answer = engine.perform(call);
        assertTrue(answer instanceof EngineAnswer.Failed, answer.toString());
        return (EngineAnswer.Failed) answer;
    }

    private void assertUnavailable(String message, EngineCall call) {
        EngineAnswer.Failed failed = failed(call);
        assertEquals(EngineAnswer.Cause.UNAVAILABLE, failed.cause(), failed.message());
        assertTrue(failed.message().contains(message), failed.message());
        assertTrue(failed.message().indexOf('\n') < 0, failed.message());
    }
}

package swarm.engine;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;

/// Follows an engine's events. Each time the stream begins, the first report is a gap: whatever
/// happened before is not replayed but inspected, so nothing rests on the engine's memory of it.
final class EngineEvents {
    private static final Timeouts PATIENT = new Timeouts(2_000, 10_000, 0);
    /// Those that change what an inspect says. The commands of health checks are events as well.
    private static final List<String> WANTED = List.of("create", "start", "die", "destroy",
            "pause", "unpause", "restart", "rename", "oom", "health_status");
    private static final long RETRY_MIN_MS = 100;
    private static final long RETRY_MAX_MS = 2_000;

    private final Endpoint endpoint;
    private final ApiVersion version;
    private final String label;
    /// Who is told; set once by `start`.
    private Consumer<EngineEvent> listener = _ -> { };
    /// The stream being read, if one is; guarded by this.
    private Optional<HttpCall> stream = Optional.empty();
    /// How long to wait, in ms, before the next stream: more each time until an event comes; the
    /// follower's thread alone uses it.
    private long wait = RETRY_MIN_MS;
    /// The engine has sent a stream and not ended it; the follower's thread alone uses it.
    private boolean inSight;
    /// No stream is begun any more; guarded by this.
    private boolean closed;

    EngineEvents(Endpoint endpoint, ApiVersion version, String label) {
        this.endpoint = endpoint;
        this.version = version;
        this.label = label;
    }

    /// Begins to follow, on a thread of its own.
    void start(Consumer<EngineEvent> told) {
        listener = told;
        Thread.ofVirtual().name("engine-events").start(this::follow);
    }

    /// Ends it.
    synchronized void close() {
        closed = true;
        notifyAll();
        try {
            if (stream.isPresent()) {
                stream.get().close();
            }
        } catch (IOException e) {
            stream = Optional.empty();
        }
    }

    private void follow() {
        boolean first = true;
        while (open()) {
            String why = read();
            if (open() && (inSight || first)) {
                listener.accept(new EngineEvent.Lost("the engine at " + endpoint.text()
                        + " is out of sight: " + why));
            }
            inSight = false;
            version.forget();
            first = false;
            pause(wait);
            wait = Math.min(RETRY_MAX_MS, 2 * wait);
        }
    }

    /// Reads one stream to its end; why it ended.
    private String read() {
        try (HttpClient client = new HttpClient(endpoint, PATIENT, 0);
                HttpCall call = client.send(request(), new byte[0])) {
            if (call.status() != 200) {
                return "status " + call.status();
            }
            if (reading(Optional.of(call))) {
                inSight = true;
                listener.accept(new EngineEvent.Gap());
                report(new JsonLines(call.body()));
            }
            return "it ended the stream of events";
        } catch (IOException e) {
            return e.getMessage();
        } finally {
            reading(Optional.empty());
        }
    }

    private Request request() throws IOException {
        Json.Obj filters = Json.obj().with("type", texts(List.of("container")))
                .with("event", texts(WANTED)).with("label", texts(List.of(label)));
        return new Request("GET", version.of("/events?filters="
                + URLEncoder.encode(filters.text(), StandardCharsets.UTF_8)), Headers.NONE);
    }

    private static Json texts(List<String> words) {
        return new Json.Arr(words.stream().<Json>map(Json.Str::new).toList());
    }

    private void report(JsonLines lines) throws IOException {
        for (Optional<Json.Obj> line = lines.next(); line.isPresent(); line = lines.next()) {
            wait = RETRY_MIN_MS;
            Json.Obj actor = line.get().obj("Actor");
            listener.accept(new EngineEvent.Touched(actor.str("ID"),
                    actor.obj("Attributes").str("name")));
        }
    }

    private synchronized boolean reading(Optional<HttpCall> call) {
        stream = call;
        return !closed;
    }

    private synchronized boolean open() {
        return !closed;
    }

    private synchronized void pause(long ms) {
        try {
            if (!closed) {
                wait(ms);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}

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
    private static final long RETRY_MIN_MS = 100;
    private static final long RETRY_MAX_MS = 2_000;

    private final Endpoint endpoint;
    private final String label;
    /// Who is told; set once by `start`.
    private Consumer<EngineEvent> listener = _ -> { };
    /// The stream being read, if one is; guarded by this.
    private Optional<HttpCall> stream = Optional.empty();
    /// No stream is begun any more; guarded by this.
    private boolean closed;

    EngineEvents(Endpoint endpoint, String label) {
        this.endpoint = endpoint;
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
        stream.ifPresent(call -> {
            try {
                call.close();
            } catch (IOException e) {
                lost(e);
            }
        });
    }

    /// Tells that the engine is out of sight.
    void lost(IOException why) {
        listener.accept(new EngineEvent.Lost("the engine at " + endpoint.text()
                + " is out of sight: " + why.getMessage()));
    }

    private void follow() {
        long wait = RETRY_MIN_MS;
        boolean told = false;
        while (open()) {
            try {
                if (read()) {
                    wait = RETRY_MIN_MS;
                    told = false;
                }
                throw new IOException("the stream of events ended");
            } catch (IOException e) {
                if (!told && open()) {
                    lost(e);
                }
                told = true;
            }
            pause(wait);
            wait = Math.min(RETRY_MAX_MS, 2 * wait);
        }
    }

    /// Reads one stream to its end; whether it began at all.
    private boolean read() throws IOException {
        Json.Obj filters = Json.obj()
                .with("type", new Json.Arr(List.of(new Json.Str("container"))))
                .with("label", new Json.Arr(List.of(new Json.Str(label))));
        String target = "/events?filters="
                + URLEncoder.encode(filters.text(), StandardCharsets.UTF_8);
        try (HttpClient client = new HttpClient(endpoint, PATIENT, 0);
                HttpCall call = client.send(new Request("GET", target, Headers.NONE),
                        new byte[0])) {
            if (call.status() != 200) {
                throw new IOException("status " + call.status());
            }
            if (!reading(Optional.of(call))) {
                return true;
            }
            listener.accept(new EngineEvent.Gap());
            report(new JsonLines(call.body()));
            return true;
        } finally {
            reading(Optional.empty());
        }
    }

    private void report(JsonLines lines) {
        try {
            for (Optional<Json.Obj> line = lines.next(); line.isPresent(); line = lines.next()) {
                Json.Obj actor = line.get().obj("Actor");
                listener.accept(new EngineEvent.Touched(actor.str("ID"),
                        actor.obj("Attributes").str("name")));
            }
        } catch (IOException broken) {
            lost(broken);
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

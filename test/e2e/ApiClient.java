package e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;
import swarm.json.JsonException;

/// A client of a daemon's socket that sends bodies as they are written and keeps its connection:
/// what a test uses that counts writes. An answer that does not come is an IOException, and then
/// nobody knows whether the request was done.
public final class ApiClient implements AutoCloseable {
    private static final long PATIENCE_MS = 1_000 * Lab.PATIENCE_S;
    private static final Timeouts TIMEOUTS = new Timeouts(PATIENCE_MS, PATIENCE_MS, PATIENCE_MS);
    private static final int ANSWER_BYTES_MAX = 16 << 20;

    private final HttpClient http;

    public ApiClient(Lab lab) {
        Path socket = Path.of(lab.host().substring("unix://".length()));
        http = new HttpClient(Endpoint.unix(socket.toString()), TIMEOUTS, 1);
    }

    /// An answer as it came.
    public record Said(int status, String text) {
        /// This, if it says that all went well.
        Said ok() {
            if (status >= 300) {
                throw new AssertionError("status " + status + ": " + text);
            }
            return this;
        }

        Json json() {
            try {
                return Json.parse(text);
            } catch (JsonException nonsense) {
                throw new AssertionError("no JSON: " + text, nonsense);
            }
        }
    }

    public Said ask(String method, String target, String body) throws IOException {
        Headers headers = body.isEmpty() ? Headers.NONE
                : Headers.of("Content-Type", "application/json");
        try (HttpCall call = http.send(new Request(method, target, headers),
                body.getBytes(StandardCharsets.UTF_8))) {
            return new Said(call.status(), new String(call.body().readAll(ANSWER_BYTES_MAX),
                    StandardCharsets.UTF_8));
        }
    }

    public Said read(String target) throws IOException {
        return ask("GET", target, "");
    }

    /// Makes the daemon a swarm of one whose log is cut into a snapshot every so many entries.
    Said init(long snapshotInterval) throws IOException {
        String address = "127.0.0.1:" + Lab.freePort();
        return ask("POST", "/swarm/init", "{\"AdvertiseAddr\":\"" + address
                + "\",\"ListenAddr\":\"" + address
                + "\",\"Spec\":{\"Raft\":{\"SnapshotInterval\":" + snapshotInterval + "}}}");
    }

    @Override public void close() throws IOException {
        http.close();
    }
}

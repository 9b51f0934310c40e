package bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;
import swarm.json.JsonException;

/// The containers of a benchmark on an engine that others may use too, asked for straight.
final class Containers implements AutoCloseable {
    /// By this label they are found.
    static final String LABEL = "swarm.bench=" + ProcessHandle.current().pid();
    private static final String OURS = "filters=" + URLEncoder.encode("{\"label\":[\"" + LABEL
            + "\"]}", StandardCharsets.UTF_8);
    private static final int ANSWER_MAX = 64 << 20;
    private static final int KEPT = 8;

    private final HttpClient http;

    Containers(String host) throws IOException {
        http = new HttpClient(Endpoint.parse(host), Timeouts.NONE, KEPT);
    }

    List<String> running() throws IOException {
        return ids("/containers/json?" + OURS);
    }

    List<String> all() throws IOException {
        return ids("/containers/json?all=1&" + OURS);
    }

    private List<String> ids(String target) throws IOException {
        return call("GET", target, Json.NULL).asArr().stream()
                .map(container -> container.asObj().str("Id")).toList();
    }

    /// The request that would make a container like this one, but without the labels that say it
    /// is a task's: an agent removes what looks like a task and is none.
    Json.Obj like(String id) throws IOException {
        Json.Obj found = call("GET", "/containers/" + id + "/json", Json.NULL).asObj();
        int is = LABEL.indexOf('=');
        Json.Obj label = Json.obj().with(LABEL.substring(0, is),
                new Json.Str(LABEL.substring(is + 1)));
        return found.obj("Config").with("Labels", label)
                .with("HostConfig", found.obj("HostConfig"));
    }

    void createAndStart(Json request) throws IOException {
        String id = call("POST", "/containers/create", request).asObj().str("Id");
        call("POST", "/containers/" + id + "/start", Json.NULL);
    }

    void kill(String id) throws IOException {
        call("POST", "/containers/" + id + "/kill", Json.NULL);
    }

    void removeAll() throws IOException {
        for (String id : all()) {
            call("DELETE", "/containers/" + id + "?force=1", Json.NULL);
        }
    }

    private Json call(String method, String target, Json body) throws IOException {
        byte[] sent = body.isEmpty() ? new byte[0] : body.text().getBytes("UTF-8");
        Headers headers = sent.length == 0
                ? Headers.NONE : Headers.of("Content-Type", "application/json");
        try (HttpCall call = http.send(new Request(method, target, headers), sent)) {
            byte[] answer = call.body().readAll(ANSWER_MAX);
            if (call.status() >= 300) {
                throw new IOException(method + " " + target + ": " + new String(answer, "UTF-8"));
            }
            return answer.length == 0 ? Json.NULL : Json.parse(answer);
        } catch (JsonException malformed) {
            throw new IOException(malformed);
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}

package swarm.engine;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.model.LogOptions;

/// A Docker engine, through its API on a unix socket or TCP. Every call has a time-out and ends in
/// an answer; what the engine says in its errors is passed on in one line.
public final class DockerEngine implements Engine {
    /// Creating and starting a hundred containers at once keeps an engine busy for this long.
    private static final Timeouts CALL = new Timeouts(2_000, 120_000, 30_000);
    /// A question about the engine or one container is answered soon or not at all.
    private static final Timeouts QUESTION = new Timeouts(2_000, 10_000, 10_000);
    /// As many as the agent has calls in flight.
    private static final int IDLE_MOST = 8;
    private static final int BODY_BYTES_MAX = 16 << 20;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /// How much longer than the grace a stop may take until its answer is missed.
    private static final long STOP_SLACK_MS = 30_000;

    private final Endpoint endpoint;
    private final HttpClient calls;
    private final HttpClient questions;
    private final ApiVersion version;
    private final EngineEvents events;
    private final Closeable under;

    /// The engine at an endpoint; nothing is sent yet. Only containers with the label are reported.
    public DockerEngine(Endpoint endpoint, String label) {
        this(endpoint, label, () -> { });
    }

    /// The same, over something that is closed with it.
    DockerEngine(Endpoint endpoint, String label, Closeable under) {
        this.under = under;
        this.endpoint = endpoint;
        this.calls = new HttpClient(endpoint, CALL, IDLE_MOST);
        this.questions = new HttpClient(endpoint, QUESTION, IDLE_MOST);
        this.version = new ApiVersion(questions);
        this.events = new EngineEvents(endpoint, version, label);
    }

    @Override public EngineAnswer perform(EngineCall call) {
        try {
            return switch (call) {
                case EngineCall.Describe _ -> describe();
                case EngineCall.ListContainers list -> list(list);
                case EngineCall.Inspect inspect -> inspect(inspect.container());
                case EngineCall.EnsureImage image -> ensure(image);
                case EngineCall.Create create -> create(create.request());
                case EngineCall.Start start -> done(post(calls, "/containers/"
                        + escaped(start.container()) + "/start"));
                case EngineCall.Stop stop -> stop(stop);
                case EngineCall.Remove remove -> remove(remove.container());
            };
        } catch (IOException | JsonException e) {
            return unavailable(e);
        }
    }

    @Override public void watch(Consumer<EngineEvent> listener) {
        events.start(listener);
    }

    @Override public void logs(String containerId, LogOptions request, OutputStream frames)
            throws IOException {
        Timeouts patient = new Timeouts(2_000, 10_000, 0);
        boolean tty = tty(containerId);
        String query = "?stdout=" + request.stdout() + "&stderr=" + request.stderr() + "&follow="
                + request.follow() + "&timestamps=" + request.timestamps() + "&since="
                + escaped(request.since()) + "&until=" + escaped(request.until()) + "&tail="
                + escaped(request.tail());
        try (HttpClient client = new HttpClient(endpoint, patient, 0);
                HttpCall call = client.send(get("/containers/" + escaped(containerId) + "/logs"
                        + query), new byte[0])) {
            if (call.status() != 200) {
                throw new IOException(message(call));
            }
            if (tty) {
                LineFrames lines = new LineFrames(frames, LineFrames.STDOUT);
                call.body().transferTo(lines);
                lines.end();
            } else {
                call.body().transferTo(frames);
            }
        }
    }

    @Override public void close() {
        events.close();
        try {
            calls.close();
            questions.close();
            under.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the engine's connections do not close", e);
        }
    }

    private EngineAnswer describe() throws IOException, JsonException {
        try (HttpCall call = questions.send(get("/info"), new byte[0])) {
            if (call.status() != 200) {
                return failed(call);
            }
            return EngineInfo.described(object(call, "ServerVersion"), endpoint.text());
        }
    }

    private EngineAnswer list(EngineCall.ListContainers list) throws IOException, JsonException {
        Json.Obj filters = Json.obj().with("label",
                new Json.Arr(List.of(new Json.Str(list.label() + "=" + list.value()))));
        try (HttpCall call = questions.send(get("/containers/json?all=1&filters="
                + escaped(filters.text())), new byte[0])) {
            if (call.status() != 200) {
                return failed(call);
            }
            if (read(call) instanceof Json.Arr found) {
                return new EngineAnswer.Listed(found.items().stream().map(Json::asObj)
                        .map(ContainerJson::listed).toList());
            }
            throw new IOException("its answer is no list");
        }
    }

    private EngineAnswer inspect(String container) throws IOException, JsonException {
        try (HttpCall call = questions.send(get("/containers/" + escaped(container) + "/json"),
                new byte[0])) {
            return call.status() != 200 ? failed(call)
                    : new EngineAnswer.Inspected(ContainerJson.inspected(object(call, "Id")));
        }
    }

    /// An image on the node is used at once; the registry is asked only when it is missing.
    private EngineAnswer ensure(EngineCall.EnsureImage wanted) throws IOException, JsonException {
        try (HttpCall call = questions.send(get("/images/" + path(wanted.image()) + "/json"),
                new byte[0])) {
            if (call.status() == 200) {
                call.body().readAll(BODY_BYTES_MAX);
                return new EngineAnswer.Done();
            }
            if (call.status() != 404) {
                return failed(call);
            }
        }
        return new ImagePull(endpoint, version).pull(wanted.image(), wanted.registryAuth());
    }

    private EngineAnswer create(EngineCall.ContainerRequest request)
            throws IOException, JsonException {
        byte[] body = ContainerJson.create(request).text().getBytes(StandardCharsets.UTF_8);
        Request post = new Request("POST", version.of("/containers/create?name="
                + escaped(request.name())), Headers.of("Content-Type", "application/json"));
        try (HttpCall call = calls.send(post, body)) {
            return call.status() != 201 ? verdict(call)
                    : new EngineAnswer.Created(object(call, "Id").str("Id"));
        }
    }

    private EngineAnswer stop(EngineCall.Stop stop) throws IOException, JsonException {
        long seconds = Math.ceilDiv(stop.graceNs(), NANOS_PER_SECOND);
        Timeouts patient = new Timeouts(CALL.connectMs(), seconds * 1_000 + STOP_SLACK_MS,
                CALL.readMs());
        try (HttpClient client = new HttpClient(endpoint, patient, 0)) {
            return done(post(client, "/containers/" + escaped(stop.container()) + "/stop?t="
                    + seconds));
        }
    }

    /// Gone already is as good as removed; one that is being removed will soon be gone.
    private EngineAnswer remove(String container) throws IOException, JsonException {
        Request delete = new Request("DELETE", version.of("/containers/" + escaped(container)
                + "?force=1&v=1"), Headers.NONE);
        try (HttpCall call = calls.send(delete, new byte[0])) {
            if (call.status() == 204 || call.status() == 404) {
                call.body().readAll(BODY_BYTES_MAX);
                return new EngineAnswer.Done();
            }
            return call.status() == 409
                    ? new EngineAnswer.Failed(EngineAnswer.Cause.UNAVAILABLE, message(call))
                    : failed(call);
        }
    }

    private HttpCall post(HttpClient client, String target) throws IOException {
        return client.send(new Request("POST", version.of(target), Headers.NONE), new byte[0]);
    }

    private Request get(String target) throws IOException {
        return new Request("GET", version.of(target), Headers.NONE);
    }

    /// 204 did it, 304 found it done.
    private static EngineAnswer done(HttpCall call) throws IOException, JsonException {
        try (call) {
            boolean done = call.status() == 204 || call.status() == 304 || call.status() == 200;
            if (done) {
                call.body().readAll(BODY_BYTES_MAX);
                return new EngineAnswer.Done();
            }
            return verdict(call);
        }
    }

    private static Json read(HttpCall call) throws IOException, JsonException {
        return Json.parse(call.body().readAll(BODY_BYTES_MAX));
    }

    /// An object that is what was asked for: one without that text in it is somebody else's.
    private static Json.Obj object(HttpCall call, String key) throws IOException, JsonException {
        Json.Obj object = read(call).asObj();
        if (object.str(key).isEmpty()) {
            throw new IOException("its answer has no " + key);
        }
        return object;
    }

    /// A question that got no answer: only what the engine says of the container itself is final.
    private static EngineAnswer failed(HttpCall call) throws IOException {
        return failed(call, EngineAnswer.Cause.UNAVAILABLE);
    }

    /// An engine's verdict on a container: a 500 at its making or start mostly says that it cannot
    /// be (no such program, a taken port), and would be said again.
    private static EngineAnswer verdict(HttpCall call) throws IOException {
        return failed(call, EngineAnswer.Cause.REFUSED);
    }

    private static EngineAnswer failed(HttpCall call, EngineAnswer.Cause otherwise)
            throws IOException {
        EngineAnswer.Cause cause = switch (call.status()) {
            case 400 -> EngineAnswer.Cause.REFUSED;
            case 404 -> EngineAnswer.Cause.NOT_FOUND;
            case 409 -> EngineAnswer.Cause.CONFLICT;
            case 502, 503, 504 -> EngineAnswer.Cause.UNAVAILABLE;
            default -> otherwise;
        };
        return new EngineAnswer.Failed(cause, message(call));
    }

    /// What the engine said went wrong, in one line.
    static String message(HttpCall call) throws IOException {
        byte[] body = call.body().readAll(BODY_BYTES_MAX);
        try {
            String message = Json.parse(body).asObj().str("message");
            return message.isEmpty() ? "status " + call.status() : message.replace('\n', ' ');
        } catch (JsonException notJson) {
            return "status " + call.status();
        }
    }

    private EngineAnswer unavailable(Exception e) {
        String what = e instanceof ConnectException
                ? "Cannot connect to the Docker daemon at " + endpoint.text()
                        + ". Is the docker daemon running?"
                : "the engine at " + endpoint.text() + " failed: " + e.getMessage();
        return new EngineAnswer.Failed(EngineAnswer.Cause.UNAVAILABLE, what);
    }

    private boolean tty(String container) throws IOException {
        try (HttpCall call = questions.send(get("/containers/" + escaped(container) + "/json"),
                new byte[0])) {
            if (call.status() != 200) {
                throw new IOException(message(call));
            }
            return object(call, "Id").obj("Config").bool("Tty");
        } catch (JsonException e) {
            throw new IOException("the engine's answer cannot be read: " + e.getMessage(), e);
        }
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// An image's name in a path, where slashes and colons stand as they are.
    private static String path(String image) {
        return escaped(image).replace("%2F", "/").replace("%3A", ":").replace("%40", "@");
    }
}

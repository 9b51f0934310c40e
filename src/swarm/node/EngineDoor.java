package swarm.node;

import java.io.IOException;
import java.util.Optional;
import swarm.agent.Owner;
import swarm.disk.StateDir;
import swarm.engine.Engine;
import swarm.engine.Engines;
import swarm.http.Endpoint;
import swarm.http.Exchange;
import swarm.http.Handler;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.HttpException;
import swarm.http.PassThrough;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;
import swarm.json.JsonException;

/// The engine as the API's clients meet it: the way through to it, its version, and what it says of
/// itself. A node without a Docker engine has no way through, and says so.
final class EngineDoor implements AutoCloseable {
    /// The version whose fields we answer with when no engine sets another.
    static final String API_VERSION = "1.41";
    private static final Timeouts TIMEOUTS = new Timeouts(2_000, 5_000, 5_000);
    private static final int ANSWER_BYTES_MAX = 4 << 20;

    private final Engine engine;
    private final String kind;
    private final Optional<Endpoint> endpoint;
    private final EngineWord versionWord = new EngineWord(() -> ask("/version"));
    private final EngineWord infoWord = new EngineWord(() -> ask("/info"));
    /// What the engine speaks, once it has said so.
    private volatile Optional<String> version = Optional.empty();

    EngineDoor(Engine engine, String kind, Optional<Endpoint> endpoint) {
        this.engine = engine;
        this.kind = kind;
        this.endpoint = endpoint;
    }

    /// The engine that the settings name.
    ///
    /// @throws IOException in one sentence, when there is no such kind or its place is unusable
    static EngineDoor open(Settings settings, StateDir dir) throws IOException {
        Engines.Opened opened = Engines.open(settings.engine(), Owner.LABEL,
                dir.path(StateDir.TASKS), System.getenv());
        return new EngineDoor(opened.engine(), settings.engine(), opened.endpoint());
    }

    Engine engine() {
        return engine;
    }

    @Override public void close() {
        engine.close();
    }

    /// Hands an exchange on to the engine.
    Handler passThrough() {
        return endpoint.<Handler>map(PassThrough::new).orElse(this::noEngine);
    }

    /// The newest API version that both the engine and its clients may speak.
    String apiVersion() {
        if (version.isEmpty() && endpoint.isPresent()) {
            String said = version().str("ApiVersion");
            version = said.isEmpty() ? Optional.empty() : Optional.of(said);
        }
        return version.orElse(API_VERSION);
    }

    /// The engine's `/version`; empty when it has none.
    Json.Obj version() {
        return versionWord.get();
    }

    /// The engine's `/info`; empty when it has none.
    Json.Obj info() {
        return infoWord.get();
    }

    private Json.Obj ask(String path) {
        if (endpoint.isEmpty()) {
            return Json.obj();
        }
        try (HttpClient client = new HttpClient(endpoint.get(), TIMEOUTS, 0);
                HttpCall call = client.send(new Request("GET", path, Headers.NONE),
                        new byte[0])) {
            Json said = Json.parse(call.body().readAll(ANSWER_BYTES_MAX));
            return call.status() == 200 ? said.asObj() : Json.obj();
        } catch (IOException | JsonException unavailable) {
            return Json.obj();
        }
    }

    private void noEngine(Exchange exchange) throws IOException {
        throw new HttpException(501, "this node's engine is \"" + kind + "\": "
                + exchange.request().path() + " needs a Docker engine");
    }
}

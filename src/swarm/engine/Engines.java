package swarm.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import swarm.http.Endpoint;

/// Opens the engine that a node was told to use: `docker`, at the place that the environment names
/// in Docker's words, `process` or `none`.
public final class Engines {
    private static final String HOST = "unix:///var/run/docker.sock";

    private Engines() { }

    /// An engine, and where its own API answers if it has one.
    public record Opened(Engine engine, Optional<Endpoint> endpoint) { }

    /// Opens an engine of that kind. Only containers with the label are reported; the engine keeps
    /// what it needs under the directory.
    ///
    /// @throws IOException in one sentence, when there is no such kind or its place is unusable
    public static Opened open(String kind, String label, Path dir,
            Map<String, String> environment) throws IOException {
        return switch (kind) {
            case "docker" -> {
                Endpoint endpoint = Endpoint.parse(environment.getOrDefault("DOCKER_HOST", HOST));
                yield new Opened(new DockerEngine(endpoint, label), Optional.of(endpoint));
            }
            case "process" -> new Opened(ProcessEngine.open(dir, environment), Optional.empty());
            case "none" -> new Opened(new NoEngine(), Optional.empty());
            case String other -> throw new IOException("unknown engine \"" + other
                    + "\": expected docker, process or none");
        };
    }
}

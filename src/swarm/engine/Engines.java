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

    private static final String SOCKET = "tls.sock";

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
            case "docker" -> docker(label, dir, environment);
            case "process" -> new Opened(ProcessEngine.open(dir, environment), Optional.empty());
            case "none" -> new Opened(new NoEngine(), Optional.empty());
            case String other -> throw new IOException("unknown engine \"" + other
                    + "\": expected docker, process or none");
        };
    }

    /// As the docker command: `DOCKER_HOST`, and with `DOCKER_TLS_VERIFY` TLS by the files in
    /// `DOCKER_CERT_PATH`. A variable that is empty is as good as none.
    private static Opened docker(String label, Path dir, Map<String, String> environment)
            throws IOException {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        Endpoint endpoint = Endpoint.parse(host.isEmpty() ? HOST : host);
        boolean verify = !environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty();
        if (!verify || endpoint.port() == 0) {
            return new Opened(new DockerEngine(endpoint, label), Optional.of(endpoint));
        }
        String certificates = environment.getOrDefault("DOCKER_CERT_PATH", "");
        Path home = Path.of(environment.getOrDefault("HOME", "/"));
        TlsDoor door = TlsDoor.open(dir.resolve(SOCKET), endpoint, certificates.isEmpty()
                ? home.resolve(".docker") : Path.of(certificates));
        return new Opened(new DockerEngine(door.endpoint(), label, door),
                Optional.of(door.endpoint()));
    }
}

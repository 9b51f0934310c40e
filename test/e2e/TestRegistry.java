package e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/// A registry on loopback that asks for a password: user `swarm`, password `secret`.
final class TestRegistry implements AutoCloseable {
    /// The credentials as clients of an engine pass them on.
    static final String AUTH = Base64.getUrlEncoder().encodeToString(
            "{\"username\":\"swarm\",\"password\":\"secret\"}".getBytes(StandardCharsets.UTF_8));
    /// The password as bcrypt keeps it.
    private static final String HTPASSWD =
            "swarm:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    private final Path dir;
    private final int port;
    private final Process process;

    private TestRegistry(Path dir, int port, Process process) {
        this.dir = dir;
        this.port = port;
        this.process = process;
    }

    static TestRegistry start() throws IOException {
        TestEngine.need(Ran.run("sh", "-c", "command -v docker-registry").status() == 0,
                "no docker-registry");
        Path dir = Scratch.make("swg");
        int port = Lab.freePort();
        Files.writeString(dir.resolve("htpasswd"), HTPASSWD);
        Files.writeString(dir.resolve("config.yml"), String.join("\n", List.of("version: 0.1",
                "storage: {filesystem: {rootdirectory: " + dir + "/data}}",
                "http: {addr: \"127.0.0.1:" + port + "\"}",
                "auth: {htpasswd: {realm: test, path: " + dir + "/htpasswd}}", "")));
        Process process = new ProcessBuilder("docker-registry", "serve", dir + "/config.yml")
                .redirectErrorStream(true).redirectOutput(dir.resolve("log").toFile()).start();
        TestRegistry registry = new TestRegistry(dir, port, process);
        Lab.await("the registry listens", registry::listens);
        return registry;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /// A directory for the docker client to keep the password in, instead of the user's own.
    String config() {
        return dir.resolve("client").toString();
    }

    @Override public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        Scratch.remove(dir);
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}

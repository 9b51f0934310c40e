package e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/// A real Docker engine for tests: the one that `SWARM_TEST_ENGINE` names, or one of our own, made
/// by `engine.sh`.
///
/// Where none can be had (no root, no dockerd) a test is skipped with the reason, unless
/// `SWARM_TEST_REQUIRED` is set: then it fails.
public final class TestEngine implements AutoCloseable {
    private static final Path SCRIPT = Path.of(System.getProperty("test.dir"), "e2e", "engine.sh");
    /// The engine that the tests of this run share; made when the first test asks, ended with the
    /// JVM.
    private static TestEngine shared;

    private final Path dir;

    private TestEngine(Path dir) {
        this.dir = dir;
    }

    /// The address of an engine that all tests share: they may use it, not restart it.
    public static synchronized String address() throws IOException {
        String named = System.getenv("SWARM_TEST_ENGINE");
        if (named != null && !named.isEmpty()) {
            Ran ping = Ran.run("docker", "-H", named, "version");
            need(ping.status() == 0, "no engine answers at " + named);
            return named;
        }
        if (shared == null) {
            shared = start();
            Runtime.getRuntime().addShutdownHook(new Thread(TestEngine::endShared));
        }
        return shared.host();
    }

    /// An engine of the caller's own, to be restarted, killed and closed.
    public static TestEngine start() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        need(root && Ran.run("sh", "-c", "command -v dockerd docker busybox").status() == 0,
                "a real engine needs root, dockerd, docker and busybox");
        TestEngine engine = new TestEngine(Scratch.make("swe"));
        engine.script("start").ok();
        return engine;
    }

    public String host() {
        return "unix://" + dir + "/docker.sock";
    }

    /// Runs the docker client against this engine.
    public Ran docker(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", host()));
        command.addAll(List.of(words));
        return Ran.run(Map.of(), command);
    }

    public void restart() throws IOException {
        script("restart").ok();
    }

    /// Ends the engine without a chance to tidy up, and starts it again.
    public void crash() throws IOException {
        script("restart", "KILL").ok();
    }

    @Override
    public void close() throws IOException {
        script("stop").ok();
    }

    private Ran script(String verb, String... more) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("sh", SCRIPT.toString(), verb, dir.toString()));
        command.addAll(List.of(more));
        return Ran.run(Map.of(), command);
    }

    private static void endShared() {
        try {
            shared.close();
        } catch (IOException failed) {
            System.err.println("the shared engine does not end: " + failed);
        }
    }

    /// Skips the test when something is missing, or fails it where that must not be missing.
    public static void need(boolean there, String what) {
        if (System.getenv("SWARM_TEST_REQUIRED") != null) {
            Assertions.assertTrue(there, what);
        }
        assumeTrue(there, what);
    }
}

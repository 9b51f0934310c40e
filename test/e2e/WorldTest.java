package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `test/run/world.sh` promises: a world in which nothing of the machine is seen, and of which
/// nothing is left. The tree that it keeps in sight is a scratch one below /tmp.
@Tag("e2e")
class WorldTest {
    private static final Path SCRIPT = Path.of(System.getProperty("test.dir"), "run", "world.sh");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path tree;
    private Path script;

    @BeforeEach
    void plantTree() throws IOException {
        TestEngine.need("root".equals(System.getProperty("user.name")), "a world needs root");
        script = Files.createDirectories(tree.resolve("test/run")).resolve("world.sh");
        Files.copy(SCRIPT, script);
    }

    @Test
    void seesNothingThatWasThereBefore() throws IOException {
        Path lab = Files.createTempDirectory(Path.of("/tmp"), "swarm-lab.");
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals("0\n0\n0\nlo:\nworld", world("ls -A /tmp | grep -c swarm-lab.;"
                    + " ps -o comm= -e | grep -c java; tail -n +2 /proc/net/tcp | wc -l;"
                    + " ip -o link | cut -d ' ' -f 2; cat /proc/sys/kernel/hostname").ok().text(),
                    () -> "there are a lab, this process and " + port);
        } finally {
            Files.delete(lab);
        }
    }

    @Test
    void keepsTheTreeInItsPlaceAndPassesTheStatusOn() throws IOException {
        Ran ran = world("pwd; echo made > made; echo left > /tmp/left; exit 7");
        assertEquals(7, ran.status(), ran.err());
        assertEquals(tree.toRealPath().toString(), ran.text());
        assertEquals("made\n", Files.readString(tree.resolve("made")));
        assertEquals(List.of(), leftovers());
    }

    @Test
    void worldInAWorldIsTheSame() throws IOException {
        assertEquals("1 own", world("touch /tmp/mine && sh test/run/world.sh sh -c "
                + "'echo $(ls /tmp | grep -c mine) $SWARM_TEST_WORLD'").ok().text());
    }

    @Test
    void endsWithAllThatItStartedWhenKilled() throws IOException {
        assertEndsWith(Process::destroyForcibly, "setsid sleep 1000 & sleep 1000 & ");
        assertEquals(1, leftovers().size());
        world("true").ok();
        assertEquals(List.of(), leftovers());
    }

    @Test
    void endsWithAllThatItStartedWhenAskedTo() throws IOException {
        assertEndsWith(Process::destroy, "trap '' TERM; sleep 1000 & ");
    }

    @Test
    void worldsBesideEachOtherLeaveEachOtherAlone() throws IOException {
        Process first = start("touch /tmp/mine ready; until [ -e go ]; do sleep 0.1; done;"
                + " test -e /tmp/mine");
        Lab.await("the first world is there", PATIENCE, () -> Files.exists(tree.resolve("ready")));
        world("test ! -e /tmp/mine").ok();
        Files.createFile(tree.resolve("go"));
        assertTrue(Ran.ended(first, PATIENCE.toSeconds()));
        assertEquals(0, first.exitValue());
    }

    @Test
    void withoutRootItSaysSoAndRunsTheCommandAsItIs() throws IOException {
        Ran ran = Ran.run(Map.of("SWARM_TEST_WORLD", ""), List.of("setpriv", "--reuid", "65534",
                "--clear-groups", "sh", SCRIPT.toString(), "sh", "-c", "id -u; exit 7"));
        assertEquals(7, ran.status());
        assertEquals("no world of their own for the tests (that needs root and unshare): "
                + "they see this machine\n65534\n", ran.out());
    }

    private void assertEndsWith(Consumer<Process> end, String commands) throws IOException {
        Process outer = start(commands + "touch ready; wait");
        Lab.await("the world is there", PATIENCE, () -> Files.exists(tree.resolve("ready")));
        List<ProcessHandle> inside = outer.descendants().toList();
        try {
            assertTrue(inside.size() >= 4, inside::toString);
            end.accept(outer);
            Lab.await("nothing of it runs", PATIENCE,
                    () -> inside.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            inside.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private Ran world(String commands) throws IOException {
        return Ran.run(Map.of("SWARM_TEST_WORLD", ""),
                List.of("sh", script.toString(), "sh", "-c", commands));
    }

    private Process start(String commands) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString(), "sh", "-c", commands)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("SWARM_TEST_WORLD");
        return builder.start();
    }

    /// The folders that worlds of this tree have left.
    private List<String> leftovers() {
        File[] found = tree.resolve("build").toFile().listFiles();
        return found == null ? List.of() : List.of(found).stream().map(File::getName).toList();
    }
}

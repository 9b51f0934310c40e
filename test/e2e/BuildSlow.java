package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `make` promises of the jar, the launcher and the installation.
class BuildSlow {
    private static final Path ROOT = Path.of(System.getProperty("test.dir")).getParent();
    private static final String JAR = System.getProperty("swarm.jar");

    @TempDir
    private Path scratch;

    @Test
    void sameSourcesGiveTheSameBytes() throws IOException {
        Path copy = scratch.resolve("elsewhere");
        Files.createDirectories(copy);
        Ran.run("cp", "-r", ROOT + "/Makefile", ROOT + "/src", copy.toString()).ok();
        Ran.run(Map.of("TZ", "Asia/Tokyo", "LC_ALL", "C"),
                List.of("make", "-C", copy.toString())).ok();
        assertEquals(-1, Files.mismatch(Path.of(JAR), copy.resolve("swarm.jar")));
    }

    @Test
    void oldJavaIsToldWhichOneToUse() throws IOException {
        String old = Ran.run("sh", "-c", "for home in /usr/lib/jvm/*; do"
                + " grep -qsE 'JAVA_VERSION=\"(1\\.8|[89]|1[0-9]|2[0-4])[.\"]' $home/release"
                + " && [ -x $home/bin/java ] && echo $home/bin/java && break; done; true").text();
        assumeFalse(old.isEmpty(), "there is no old Java here");
        Ran ran = Ran.run(old, "-jar", JAR, "node", "ls");
        assertEquals(1, ran.status());
        assertTrue(ran.err().matches("swarm needs Java 25 or newer; this is Java \\d+\\. "
                + "Run it with /\\S+/bin/java instead\\.\n"), ran.err());
    }

    @Test
    void installedLauncherRunsAndUninstallTakesAllAway() throws IOException {
        make("install", "PREFIX=" + scratch);
        Ran ran = Ran.run(scratch + "/bin/swarm", "--version").ok();
        assertTrue(ran.out().startsWith("swarm version "), ran.out());
        assertTrue(Files.readString(scratch.resolve("lib/systemd/system/swarm.service"))
                .contains("ExecStart=" + scratch + "/bin/swarm daemon\n"));
        make("uninstall", "PREFIX=" + scratch);
        assertEquals("", Ran.run("find", scratch.toString(), "-type", "f").text());
    }

    @Test
    void withoutANewJavaOneSentenceSaysSo() throws IOException {
        TestEngine.need("root".equals(System.getProperty("user.name")), "hiding JDKs needs root");
        Ran ran = Ran.run(Map.of("JAVA_HOME", "", "HOME", "/nonexistent"), List.of("unshare", "-m",
                "sh", "-c", "mount -t tmpfs none /usr/lib/jvm && mount -t tmpfs none /opt && . "
                + ROOT + "/src/install/jdk.sh"));
        assertTrue(ran.status() != 0);
        assertEquals("swarm needs a JDK 25 or newer: none in JAVA_HOME, /usr/lib/jvm, /opt,"
                + " ~/.sdkman or PATH.\n", ran.err());
    }

    @Test
    void scriptsPassTheShellsLint() throws IOException {
        TestEngine.need(Ran.run("sh", "-c", "command -v shellcheck").status() == 0,
                "shellcheck is not here");
        Ran ran = Ran.run("sh", "-c", "cd " + ROOT + " && shellcheck .ci/run src/install/*.sh"
                + " test/*/*.sh $(ls examples/*.sh 2>/dev/null)");
        assertEquals(0, ran.status(), ran.out());
    }

    private static void make(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("make", "-C", ROOT.toString()));
        command.addAll(List.of(words));
        Ran.run(Map.of(), command).ok();
    }
}

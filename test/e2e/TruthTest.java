package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to tasks behind our back is shown as it is, and mended. With processes, and with an
/// engine that was never there; `TruthSlow` has a real engine in trouble.
class TruthTest {
    @Test
    void killedAndRemovedProcessesAreReplaced() throws IOException {
        try (Lab lab = Lab.ofProcesses().start(); Sleepers sleepers = new Sleepers(lab, 3)) {
            List<TaskProcess> before = sleepers.whole();
            Lab.signal("KILL", before.get(0).pid());
            sleepers.await(before.get(0).task(), "failed");
            assertReplaced(before.get(0), before, sleepers.whole());
            before = sleepers.whole();
            TaskProcess removed = before.get(1);
            remove(lab, removed);
            assertReplaced(removed, before, sleepers.whole());
        }
    }

    @Test
    void stoppedProcessIsLeftAloneAndGoesOn() throws IOException {
        try (Lab lab = Lab.ofProcesses().start(); Sleepers sleepers = new Sleepers(lab, 2)) {
            List<TaskProcess> before = sleepers.whole();
            Lab.signal("STOP", before.get(0).pid());
            Lab.pause(Duration.ofSeconds(2));
            assertEquals(before, sleepers.whole());
            Lab.signal("CONT", before.get(0).pid());
            Lab.signal("STOP", before.get(1).pid());
            Lab.signal("KILL", before.get(1).pid());
            assertReplaced(before.get(1), before, sleepers.whole());
        }
    }

    @Test
    void engineThatIsNotThereIsSaidAndTheDaemonLives(@TempDir Path dir) throws IOException {
        Path nothing = dir.resolve("engine.sock");
        try (Lab lab = Lab.ofContainers("unix://" + nothing).start();
                Sleepers sleepers = new Sleepers(lab, 1)) {
            Lab.await("the loss is said",
                    () -> lab.logText().contains("EngineLost Why=\"Cannot connect to the Docker"
                    + " daemon at unix://" + nothing + "."));
            Lab.pause(Duration.ofSeconds(1));
            assertTrue(sleepers.tasks().stream().noneMatch(task ->
                    task.obj("Status").str("State").equals("running")));
            assertEquals(1, sleepers.tasks().size());
            assertTrue(sleepers.api().read("/nodes").ok().text().contains("\"Engine\":{}"));
            assertEquals(200, sleepers.api().read("/info").status());
        }
    }

    /// One is gone and one new is there; the others are the same.
    static void assertReplaced(TaskProcess gone, List<TaskProcess> before,
            List<TaskProcess> after) {
        assertFalse(after.contains(gone), "it still runs: " + gone);
        assertEquals(before.size() - 1, before.stream().filter(after::contains).count(),
                before + " became " + after);
    }

    /// Kills a process and takes away all that its engine knows of it.
    private static void remove(Lab lab, TaskProcess process) throws IOException {
        try (Stream<Path> boxes = Files.list(lab.state().resolve("tasks"))) {
            for (Path box : boxes.toList()) {
                if (Files.readString(box.resolve("record")).contains(process.task())) {
                    Lab.signal("KILL", process.pid());
                    Ran.run("rm", "-rf", box.toString()).ok();
                }
            }
        }
    }
}

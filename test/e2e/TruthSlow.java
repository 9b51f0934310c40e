package e2e;

import static e2e.TruthTest.assertReplaced;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real engine, and what happens to it and its containers behind our back: the state that is
/// shown is true within seconds, tasks come back, nothing is left, the daemon lives.
class TruthSlow {
    private static final int TASKS = 3;

    private TestEngine engine;
    private EngineProxy proxy;
    private Lab lab;
    private Sleepers sleepers;

    @BeforeEach
    void begin() throws IOException {
        engine = TestEngine.start();
        proxy = new EngineProxy(engine.host());
        lab = Lab.ofContainers(proxy.host()).start();
        sleepers = new Sleepers(lab, TASKS);
    }

    @AfterEach
    void end() throws IOException {
        if (sleepers != null) {
            sleepers.close();
            proxy.be(EngineProxy.Mood.WELL);
            lab.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void containersKilledRemovedAndPausedAreShownAndMended() throws IOException {
        List<TaskProcess> before = sleepers.whole();
        engine.docker("kill", container(before.get(0))).ok();
        sleepers.await(before.get(0).task(), "failed");
        assertReplaced(before.get(0), before, sleepers.whole());
        List<TaskProcess> again = sleepers.whole();
        engine.docker("rm", "-f", container(again.get(1))).ok();
        assertReplaced(again.get(1), again, sleepers.whole());
        List<TaskProcess> third = sleepers.whole();
        String paused = container(third.get(2));
        engine.docker("pause", paused).ok();
        Lab.pause(Duration.ofSeconds(3));
        assertEquals(third, sleepers.whole());
        engine.docker("unpause", paused).ok();
        Lab.pause(Duration.ofSeconds(1));
        assertEquals(third, sleepers.whole());
        engine.docker("stop", "-t", "0", paused).ok();
        assertReplaced(third.get(2), third, sleepers.whole());
        assertNothingIsLeft();
    }

    @Test
    void engineThatHangsChangesNothing() throws IOException {
        through(EngineProxy.Mood.HANGS);
    }

    @Test
    void engineThatFailsChangesNothing() throws IOException {
        through(EngineProxy.Mood.FAILS);
    }

    @Test
    void engineThatIsGoneChangesNothing() throws IOException {
        through(EngineProxy.Mood.GONE);
    }

    @Test
    void restartedEngineKeepsItsContainersAndOurs() throws IOException {
        List<TaskProcess> before = sleepers.whole();
        engine.restart();
        Lab.pause(Duration.ofSeconds(2));
        assertEquals(before, sleepers.whole());
        engine.docker("kill", container(before.get(0))).ok();
        assertReplaced(before.get(0), before, sleepers.whole());
        assertNothingIsLeft();
    }

    @Test
    void crashedEngineIsFollowed() throws IOException {
        sleepers.whole();
        engine.crash();
        sleepers.whole();
        assertNothingIsLeft();
    }

    /// The engine is out of sight for a while, in which one container ends and one is removed.
    private void through(EngineProxy.Mood mood) throws IOException {
        List<TaskProcess> before = sleepers.whole();
        proxy.be(mood);
        Lab.await("the loss is noticed",
                () -> lab.logText().contains("EngineLost"));
        assertEquals(200, sleepers.api().read("/services").status());
        assertEquals(TASKS, TaskProcess.of(lab).size());
        engine.docker("kill", container(before.get(0))).ok();
        engine.docker("rm", "-f", container(before.get(1))).ok();
        Lab.pause(Duration.ofSeconds(3));
        proxy.be(EngineProxy.Mood.WELL);
        List<TaskProcess> after = sleepers.whole();
        assertTrue(after.contains(before.get(2)), before + " became " + after);
        sleepers.await(before.get(0).task(), "failed");
        assertNothingIsLeft();
    }

    private String container(TaskProcess process) throws IOException {
        String id = engine.docker("ps", "-q", "--filter",
                "label=com.docker.swarm.task.id=" + process.task()).ok().text();
        assertTrue(id.matches("[0-9a-f]+"), "container of " + process + ": " + id);
        return id;
    }

    /// Every container belongs to a task that is known.
    private void assertNothingIsLeft() throws IOException {
        List<String> known = sleepers.tasks().stream().map(task -> task.str("ID")).toList();
        List<String> kept = engine.docker("ps", "-a", "--format",
                "{{.Label \"com.docker.swarm.task.id\"}}").ok().lines();
        assertTrue(known.containsAll(kept), kept + " are more than " + known);
        assertTrue(Ran.run("kill", "-0", "" + lab.pid()).status() == 0, "the daemon has died");
    }
}

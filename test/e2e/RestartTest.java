package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A daemon that ends, one way or the other, and comes back finds its swarm and its containers.
class RestartTest {
    @Test
    void killedDaemonAdoptsItsContainers() throws IOException {
        try (Lab lab = Lab.ofContainers(TestEngine.address()).start().init()) {
            List<String> before = create(lab);
            lab.kill();
            lab.start();
            assertSame(before, lab);
        }
    }

    @Test
    void terminatedDaemonEndsCleanlyAndLeavesItsContainersRunning() throws IOException {
        try (Lab lab = Lab.ofContainers(TestEngine.address()).start().init()) {
            List<String> before = create(lab);
            String node = lab.nodeId();
            assertEquals(0, lab.stop());
            assertEquals(before, containers(node));
            lab.start();
            assertSame(before, lab);
        }
    }

    /// A service of two tasks; their containers once they run.
    private static List<String> create(Lab lab) throws IOException {
        lab.docker("service", "create", "-d", "--name", "web", "--replicas", "2",
                "--stop-grace-period", "0s", "busybox:lab", "sleep", "1d").ok();
        Lab.await("two containers", () -> running(lab) == 2);
        return containers(lab.nodeId());
    }

    /// Two tasks run, in the containers that ran before.
    private static void assertSame(List<String> before, Lab lab) throws IOException {
        Lab.await("the tasks are adopted", () -> running(lab) == 2);
        assertEquals(before, containers(lab.nodeId()));
        assertTrue(lab.swarm("service", "ls").ok().text().contains("2/2"));
        assertEquals(2, lab.swarm("service", "ps", "-q", "web").ok().lines().size());
    }

    private static long running(Lab lab) throws IOException {
        return lab.docker("service", "ps", "web", "--format", "{{.CurrentState}}").ok().lines()
                .stream().filter(state -> state.startsWith("Running")).count();
    }

    /// The ids of a node's containers, and when each was started.
    private static List<String> containers(String node) throws IOException {
        return Ran.run("sh", "-c", "export DOCKER_HOST=" + TestEngine.address()
                + "; docker ps -q --filter label=com.docker.swarm.node.id=" + node
                + " | sort | xargs -r"
                + " docker inspect --format '{{.Id}} {{.State.StartedAt}}'").ok().lines();
    }
}

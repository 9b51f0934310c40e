package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sim.AgentWorld;
import sim.Objects;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.TaskState;
import swarm.store.Change;

/// What an agent does with its tasks, seen from the store and from the engine: BEHAVIOURS "agent".
class AgentTest {
    private final AgentWorld world = new AgentWorld(new Random(1), List.of("n1"));
    private final AgentWorld.Host host = world.host("n1");

    @Test
    void taskRunsAndIsReported() {
        world.run(1_000);
        assertEquals(Node.State.READY,
                world.view().node(new NodeId("n1")).orElseThrow().status().state());
        world.change(List.of(new Change.Create(Objects.task("t1", "n1", "run"))));
        world.run(1_000);
        assertEquals(TaskState.RUNNING, world.task("t1").state());
        assertEquals("started", world.task("t1").status().message());
        assertTrue(host.engine().find("web.1.t1").orElseThrow().alive());
    }
}

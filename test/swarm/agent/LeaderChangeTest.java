package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sim.AgentWorld;
import sim.Objects;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.TaskState;
import swarm.store.Change;

/// What agents do when the leader changes: they find the new one soon, and touch nothing.
class LeaderChangeTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    @Test
    void sessionsAreBackWithinASecondOfAnElectionAndNothingIsRestarted() {
        for (int seed = 1; seed <= 50; seed++) {
            AgentWorld world = new AgentWorld(new Random(seed), NODES);
            for (String node : NODES) {
                world.change(List.of(new Change.Create(Objects.task("t" + node, node, "run"))));
            }
            world.run(5_000);
            world.astray(2);
            world.elect(1_500);
            world.run(1_500);
            long[] before = NODES.stream().mapToLong(node -> sessions(world, node)).toArray();
            world.run(1_000);
            for (int i = 0; i < NODES.size(); i++) {
                String node = NODES.get(i);
                String story = "seed " + seed + ": " + node + ": " + world.host(node).events();
                assertEquals(before[i] + 1, sessions(world, node), story);
                assertEquals(1, world.host(node).engine().starts("web.1.t" + node), story);
                assertEquals(TaskState.RUNNING, world.task("t" + node).state(), story);
            }
        }
    }

    @Test
    void wrongManagerCostsNoSession() {
        AgentWorld world = new AgentWorld(new Random(1), NODES);
        world.run(2_000);
        world.astray(1);
        AgentWorld.Host host = world.host("n1");
        world.cut(host, true);
        world.run(1_000);
        world.cut(host, false);
        world.run(5_000);
        assertEquals(1, sessions(world, "n1"), host.events().toString());
        assertTrue(host.said().size() < 60, "no storm of messages: " + host.said().size());
    }

    @Test
    void newRoleAndNewManagersAreToldToTheShellOnceEach() {
        AgentWorld world = new AgentWorld(new Random(1), NODES);
        world.run(2_000);
        AgentWorld.Host host = world.host("n1");
        AgentOutput.Belongs first = new AgentOutput.Belongs(Node.Role.WORKER, List.of());
        assertEquals(List.of(first), host.belongs());
        Node row = world.view().node(new NodeId("n1")).orElseThrow();
        world.change(List.of(new Change.Update(new Node(row.id(), row.version(), row.createdAt(),
                row.updatedAt(), new Node.Spec("", new TreeMap<>(), Node.Role.MANAGER,
                        Node.Availability.ACTIVE), row.description(), row.status(),
                Optional.of(new Node.Manager(7, "10.0.0.1:2377"))))));
        world.run(2_000);
        world.lead();
        world.run(5_000);
        assertEquals(List.of(first, new AgentOutput.Belongs(Node.Role.MANAGER,
                List.of("10.0.0.1:2377"))), host.belongs());
    }

    private static long sessions(AgentWorld world, String node) {
        return world.host(node).events().stream()
                .filter(AgentEvent.SessionGranted.class::isInstance).count();
    }
}

package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Nodes on hosts of their own, whose links are cut without a word, and healed.
class CutSlow {
    @Test
    void leaderThatIsCutOffIsReplacedAndItsReturnDisturbsNobody() throws IOException {
        try (Fleet fleet = Fleet.onHosts(3, 1)) {
            fleet.createWeb(0);
            TreeMap<String, String> before = fleet.running(0);
            int leader = fleet.leader(0).orElseThrow();
            int other = (leader + 1) % 3;
            fleet.net().cut(leader);
            fleet.awaitOtherLeader(other, leader);
            TreeMap<String, String> moved = fleet.awaitMoved(other, leader);
            assertUndisturbed(before, moved, fleet.id(leader));
            fleet.net().heal(leader);
            fleet.awaitStates(TreeMap::new);
            assertEquals(moved, fleet.running(leader));
            awaitProcesses(fleet);
        }
    }

    @Test
    void workerThatIsCutOffEndsItsOldTasksWhenItIsBack() throws IOException {
        try (Fleet fleet = Fleet.onHosts(1, 2)) {
            fleet.createWeb(0);
            TreeMap<String, String> before = fleet.running(0);
            fleet.net().cut(2);
            fleet.awaitStates(() -> new TreeMap<>(Map.of(2, "down")));
            TreeMap<String, String> moved = fleet.awaitMoved(0, 2);
            assertUndisturbed(before, moved, fleet.id(2));
            assertTrue(fleet.processes() > Fleet.REPLICAS, "the cut node's tasks run on");
            fleet.net().heal(2);
            fleet.awaitStates(TreeMap::new);
            awaitProcesses(fleet);
            assertEquals(moved, fleet.running(0));
        }
    }

    @Test
    void leaderThatHearsNobodyIsReplaced() throws IOException {
        try (Fleet fleet = Fleet.onHosts(3, 0)) {
            int leader = fleet.leader(0).orElseThrow();
            fleet.net().deafen(leader);
            fleet.awaitOtherLeader((leader + 1) % 3, leader);
            fleet.net().heal(leader);
            fleet.awaitStates(TreeMap::new);
        }
    }

    @Test
    void leaderThatIsFrozenIsReplacedAndFollowsWhenItIsBack() throws IOException {
        try (Fleet fleet = Fleet.of(3, 0)) {
            int leader = fleet.leader(0).orElseThrow();
            int other = (leader + 1) % 3;
            Lab.signal("STOP", fleet.node(leader).pid());
            fleet.awaitOtherLeader(other, leader);
            fleet.node(other).swarm("service", "create", "--detach", "--name", "new", "x",
                    "sleep", "1000001").ok();
            Lab.signal("CONT", fleet.node(leader).pid());
            fleet.awaitStates(TreeMap::new);
            assertEquals(1, fleet.list(leader, "/services").size());
        }
    }

    private static void assertUndisturbed(TreeMap<String, String> before,
            TreeMap<String, String> after, String lost) {
        before.forEach((task, node) -> assertTrue(node.equals(lost)
                || node.equals(after.get(task)), task + " was disturbed: " + after));
    }

    /// Each slot runs once, in the end.
    private static void awaitProcesses(Fleet fleet) throws IOException {
        Lab.await("each slot runs once", () -> fleet.processes() == Fleet.REPLICAS);
    }
}

package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A swarm of several nodes: they join by token, any manager answers, and what is lost with a node
/// runs elsewhere.
class ManySlow {
    @Test
    void nodesJoinByTokenAndEveryManagerListsThem() throws IOException {
        try (Fleet fleet = Fleet.of(3, 2)) {
            for (int i = 0; i < 3; i++) {
                List<String> rows = fleet.node(i).swarm("node", "ls", "--format",
                        "{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}")
                        .ok().lines().stream().sorted().toList();
                assertEquals(List.of("node1 Ready Active Leader",
                        "node2 Ready Active Reachable", "node3 Ready Active Reachable",
                        "node4 Ready Active", "node5 Ready Active"),
                        rows.stream().map(String::strip).toList(), fleet.logs());
            }
            for (int i = 3; i < 5; i++) {
                Ran worker = fleet.node(i).swarm("node", "ls");
                assertEquals(1, worker.status());
                assertTrue(worker.err().contains("Worker nodes can't be used to view or modify "
                        + "cluster state"), worker.err());
                assertTrue(!Fleet.info(fleet.node(i)).bool("ControlAvailable"));
            }
        }
    }

    @Test
    void writesThroughAFollowerAreSeenThroughEveryManager() throws IOException {
        try (Fleet fleet = Fleet.of(3, 0)) {
            fleet.node(1).swarm("service", "create", "--detach", "--name", "one", "x", "sleep",
                    "1000001").ok();
            for (int i = 0; i < 3; i++) {
                assertTrue(fleet.node(i).swarm("service", "ls").ok().out().contains("one"));
            }
            fleet.node(2).swarm("service", "rm", "one").ok();
            for (int i = 0; i < 3; i++) {
                assertEquals(List.of(), fleet.list(i, "/services"));
            }
        }
    }

    @Test
    void killedLeaderIsReplacedAndOnlyItsTasksMove() throws IOException {
        try (Fleet fleet = Fleet.of(3, 2)) {
            fleet.createWeb(1);
            TreeMap<String, String> before = fleet.running(1);
            int leader = fleet.leader(1).orElseThrow();
            int other = (leader + 1) % 3;
            fleet.node(leader).killWithTasks();
            fleet.awaitOtherLeader(other, leader);
            TreeMap<String, String> after = fleet.awaitMoved(other, leader);
            before.forEach((task, node) -> assertTrue(node.equals(fleet.id(leader))
                    || node.equals(after.get(task)), task + " was disturbed: " + after));
            fleet.start(leader);
            fleet.awaitStates(TreeMap::new);
        }
    }

    @Test
    void lostWorkersTasksMoveAndItComesBackWithoutThem() throws IOException {
        try (Fleet fleet = Fleet.of(1, 2)) {
            fleet.createWeb(0);
            fleet.node(2).killWithTasks();
            fleet.awaitStates(() -> new TreeMap<>(Map.of(2, "down")));
            fleet.awaitMoved(0, 2);
            fleet.start(2);
            fleet.awaitStates(TreeMap::new);
            assertEquals(new TreeSet<>(List.of(fleet.id(0), fleet.id(1))),
                    new TreeSet<>(fleet.running(0).values()));
        }
    }

    @Test
    void refusedJoinsNameTheirCauseAndLeaveNothing() throws IOException {
        try (Fleet fleet = Fleet.of(1, 1)) {
            String token = fleet.token("worker");
            fleet.node(1).swarm("leave").ok();
            String secret = token.substring(token.length() - 25);
            refused(fleet, token.replace(secret, "0".repeat(25)),
                    "A valid join token is necessary to join this cluster");
            refused(fleet, "SWMTKN-1-" + "0".repeat(50) + "-" + secret,
                    "remote CA does not match fingerprint");
            refused(fleet, "nonsense", "invalid join token");
            Ran closed = fleet.node(1).swarm("join", "--token", token,
                    "127.0.0.1:" + Lab.freePort());
            assertEquals(1, closed.status());
            assertTrue(closed.err().contains("refused"), closed.err());
            fleet.join(1, token).ok();
            fleet.awaitStates(TreeMap::new);
            assertEquals(2, fleet.list(0, "/nodes").size());
        }
    }

    @Test
    void nodesThatLeaveAndJoinAgainAreTheSameRows() throws IOException {
        try (Fleet fleet = Fleet.of(3, 1)) {
            for (int round = 0; round < 3; round++) {
                fleet.node(3).swarm("leave").ok();
                fleet.node(2).swarm("leave", "--force").ok();
                fleet.awaitStates(() -> new TreeMap<>(Map.of(2, "down", 3, "down")));
                for (int i = 2; i < 4; i++) {
                    assertEquals("down node left the swarm", fleet.node(0).swarm("node", "inspect",
                            "--format", "{{.Status.State}} {{.Status.Message}}", fleet.id(i))
                            .ok().text());
                }
                fleet.join(3, fleet.token("worker")).ok();
                fleet.join(2, fleet.token("manager")).ok();
                fleet.awaitStates(TreeMap::new);
                assertEquals(4, fleet.list(0, "/nodes").size(), fleet.logs());
            }
        }
    }

    @Test
    void managersThatAllStopAndStartFindOneAnother() throws IOException {
        try (Fleet fleet = Fleet.of(3, 1)) {
            fleet.unhurried();
            fleet.createWeb(0);
            TreeMap<String, String> before = fleet.running(0);
            for (Lab lab : fleet.nodes()) {
                lab.kill();
            }
            for (int i = 0; i < 4; i++) {
                fleet.start(i);
            }
            fleet.awaitStates(TreeMap::new);
            assertEquals(before, fleet.running(1), fleet.logs());
        }
    }

    private static void refused(Fleet fleet, String token, String cause) throws IOException {
        Ran ran = fleet.join(1, token);
        assertNotEquals(0, ran.status());
        assertTrue(ran.err().contains(cause), ran.err());
    }
}

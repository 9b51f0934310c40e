package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import swarm.ca.Certificate;
import swarm.ca.MalformedException;
import swarm.ca.NodeName;
import swarm.json.Json;

/// Roles change while the daemons run: workers become managers and managers workers, and their
/// containers do not notice; nodes are removed, and know it.
class RolesSlow {
    private static final int REPLICAS = 6;

    @Test
    void workerBecomesAManagerAndAWorkerAgainWhileItsTasksRun() throws IOException {
        try (Fleet fleet = Fleet.of(1, 2)) {
            TreeMap<String, Long> before = create(fleet);
            fleet.node(0).swarm("node", "promote", "node2", "node3").ok();
            for (int i = 0; i < 3; i++) {
                assertEquals(3, managers(fleet, i).size(), fleet.logs());
            }
            assertEquals(NodeName.Role.MANAGER, certified(fleet, 1));
            fleet.node(1).swarm("node", "demote", "node1").ok();
            awaitManagers(fleet, 1, 1, 2);
            fleet.node(2).swarm("node", "demote", "node2").ok();
            awaitManagers(fleet, 2, 2);
            awaitWorker(fleet, 0);
            awaitWorker(fleet, 1);
            Lab.await("its certificate follows",
                    () -> certified(fleet, 1) == NodeName.Role.WORKER);
            assertEquals(before, pids(fleet, 2), fleet.logs());
        }
    }

    @Test
    void leaderIsDemotedByItselfAndTheOtherGoesOn() throws IOException {
        try (Fleet fleet = Fleet.of(2, 0)) {
            for (int round = 0; round < 2; round++) {
                int leader = fleet.leader(0).orElseThrow();
                int other = 1 - leader;
                fleet.node(leader).swarm("node", "demote", fleet.id(leader)).ok();
                awaitManagers(fleet, other, other);
                awaitWorker(fleet, leader);
                fleet.node(other).swarm("node", "promote", fleet.id(leader)).ok();
                awaitManagers(fleet, leader, 0, 1);
            }
        }
    }

    @Test
    void rolesThatChangeWithoutPauseSettleAndDisturbNoTask() throws IOException {
        try (Fleet fleet = Fleet.of(1, 2)) {
            TreeMap<String, Long> before = create(fleet);
            for (int round = 0; round < 5; round++) {
                fleet.node(0).swarm("node", "promote", "node2", "node3").ok();
                fleet.node(0).swarm("node", "demote", "node2", "node3").ok();
            }
            awaitManagers(fleet, 0, 0);
            awaitWorker(fleet, 1);
            awaitWorker(fleet, 2);
            fleet.node(0).swarm("node", "promote", "node2", "node3").ok();
            awaitManagers(fleet, 0, 0, 1, 2);
            assertEquals(before, pids(fleet, 0), fleet.logs());
        }
    }

    @Test
    void managerJustMadeLeaves() throws IOException {
        try (Fleet fleet = Fleet.of(1, 2)) {
            fleet.node(0).swarm("node", "update", "--role", "manager", "node2").ok();
            fleet.node(1).swarm("leave", "--force").ok();
            fleet.awaitStates(() -> new TreeMap<>(Map.of(1, "down")));
            awaitManagers(fleet, 0, 0);
            fleet.node(0).swarm("node", "promote", "node3").ok();
            fleet.node(2).swarm("leave", "--force").ok();
            awaitManagers(fleet, 0, 0);
            fleet.join(1, fleet.token("manager")).ok();
            awaitManagers(fleet, 0, 0, 1);
        }
    }

    @Test
    void roleWantedWhileANodeWasOffIsTakenUpWhenItIsBack() throws IOException {
        try (Fleet fleet = Fleet.of(3, 1)) {
            fleet.node(2).kill();
            fleet.node(3).kill();
            fleet.awaitStates(() -> new TreeMap<>(Map.of(2, "down", 3, "down")));
            Ran refused = fleet.node(0).swarm("node", "demote", "node2");
            assertTrue(refused.err().contains("this would result in a loss of quorum"),
                    refused.err());
            fleet.node(0).swarm("node", "demote", "node3").ok();
            fleet.node(0).swarm("node", "update", "--role", "manager", "node4").ok();
            fleet.node(2).start("--hostname", "node3");
            fleet.node(3).start("--hostname", "node4");
            awaitManagers(fleet, 0, 0, 1, 3);
            awaitWorker(fleet, 2);
        }
    }

    @Test
    void daemonThatIsKilledHalfWayGoesOnWhereItWas() throws IOException {
        try (Fleet fleet = Fleet.of(1, 1)) {
            fleet.unhurried();
            TreeMap<String, Long> before = create(fleet);
            for (int round = 0; round < 3; round++) {
                fleet.node(0).swarm("node", "update", "--role", "manager", "node2").ok();
                again(fleet, 1);
                awaitManagers(fleet, 0, 0, 1);
                fleet.node(0).swarm("node", "demote", "node2").ok();
                again(fleet, 1);
                awaitWorker(fleet, 1);
                awaitManagers(fleet, 0, 0);
            }
            Lab.await("its tasks are known", () -> before.equals(pids(fleet, 0)));
        }
    }

    private static void again(Fleet fleet, int node) throws IOException {
        fleet.node(node).kill();
        fleet.node(node).start("--hostname", "node" + (node + 1));
    }

    @Test
    void managersJoinThatIsInterruptedCanBeDoneAgain() throws Exception {
        try (Fleet fleet = Fleet.of(1, 1)) {
            fleet.node(1).swarm("leave").ok();
            String token = fleet.token("manager");
            for (Lab.Condition killed : List.<Lab.Condition>of(
                    () -> true,
                    () -> managers(fleet, 0, "").size() == 2,
                    () -> Files.exists(fleet.node(1).state().resolve("node.json")))) {
                Thread join = Thread.ofVirtual().start(() -> join(fleet, token));
                Lab.await("the join is as far as wanted", killed);
                again(fleet, 1);
                join.join();
                if (Fleet.info(fleet.node(1)).str("LocalNodeState").equals("inactive")) {
                    fleet.join(1, token).ok();
                }
                awaitManagers(fleet, 0, 0, 1);
                assertEquals(2, fleet.list(0, "/nodes").size());
                fleet.node(1).swarm("leave", "--force").ok();
                awaitManagers(fleet, 0, 0);
            }
        }
    }

    /// Joins as a manager, and does not mind if the daemon dies meanwhile.
    private static void join(Fleet fleet, String token) {
        try (ApiClient api = new ApiClient(fleet.node(1))) {
            api.ask("POST", "/swarm/join", "{\"JoinToken\":\"" + token
                    + "\",\"AdvertiseAddr\":\"" + fleet.address(1) + "\",\"ListenAddr\":\""
                    + fleet.address(1) + "\",\"RemoteAddrs\":[\"" + fleet.address(0) + "\"]}");
        } catch (IOException killed) {
            // What becomes of the node is what the test looks at.
            return;
        }
    }

    @Test
    void removedNodeStopsItsTasksAndForgetsTheSwarm() throws IOException {
        try (Fleet fleet = Fleet.of(1, 2)) {
            create(fleet);
            List<Long> there = pids(fleet, 0).entrySet().stream()
                    .filter(each -> each.getKey().startsWith(fleet.id(1)))
                    .map(Map.Entry::getValue).toList();
            refused(fleet, "is not down and can't be removed", "rm", "node2");
            refused(fleet, "must be demoted to worker before removal", "rm", "-f", "node1");
            fleet.node(0).swarm("node", "rm", "--force", "node2").ok();
            Lab.await("it is in no swarm", () -> Fleet.info(fleet.node(1))
                    .str("LocalNodeState").equals("inactive"));
            Lab.await("its tasks are gone", () -> there.stream().noneMatch(pid ->
                    ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()));
            fleet.node(2).kill();
            fleet.node(0).swarm("node", "rm", "--force", "node3").ok();
            fleet.node(2).start("--hostname", "node3");
            Lab.await("who was off learns it too", () -> Fleet.info(fleet.node(2))
                    .str("LocalNodeState").equals("inactive"));
            fleet.join(1, fleet.token("worker")).ok();
            fleet.join(2, fleet.token("manager")).ok();
            fleet.awaitStates(TreeMap::new);
        }
    }

    private static void refused(Fleet fleet, String why, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(words));
        Ran ran = fleet.node(0).swarm(command.toArray(String[]::new));
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains(why), ran.err());
    }

    /// A service on all nodes; its tasks' processes.
    private static TreeMap<String, Long> create(Fleet fleet) throws IOException {
        fleet.node(0).swarm("service", "create", "--name", "web", "--replicas", "" + REPLICAS,
                "x", "sleep", "1000001").ok();
        TreeMap<String, Long> pids = pids(fleet, 0);
        assertEquals(REPLICAS, pids.size());
        return pids;
    }

    /// The process of each running task, by node and task.
    private static TreeMap<String, Long> pids(Fleet fleet, int asked) throws IOException {
        TreeMap<String, Long> pids = new TreeMap<>();
        for (Json task : fleet.list(asked, "/tasks")) {
            Json.Obj status = task.asObj().obj("Status");
            if (status.str("State").equals("running")) {
                pids.put(task.asObj().str("NodeID") + " " + task.asObj().str("ID"),
                        status.obj("ContainerStatus").num("PID"));
            }
        }
        return pids;
    }

    /// The nodes that are managers and reached, as one of them sees it.
    private static TreeSet<String> managers(Fleet fleet, int asked) throws IOException {
        return managers(fleet, asked, "reachable");
    }

    /// The nodes with a seat in raft of which this is said, or anything.
    private static TreeSet<String> managers(Fleet fleet, int asked, String reached)
            throws IOException {
        TreeSet<String> managers = new TreeSet<>();
        for (Json node : fleet.list(asked, "/nodes")) {
            String said = node.asObj().obj("ManagerStatus").str("Reachability");
            if (!said.isEmpty() && said.contains(reached)) {
                managers.add(node.asObj().str("ID"));
            }
        }
        return managers;
    }

    private static void awaitManagers(Fleet fleet, int asked, int... expected)
            throws IOException {
        TreeSet<String> ids = new TreeSet<>();
        for (int node : expected) {
            ids.add(fleet.id(node));
        }
        try {
            Lab.await("the managers are " + ids, () -> managers(fleet, asked).equals(ids));
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + fleet.list(asked, "/nodes")
                    + fleet.logs(), late);
        }
    }

    /// Waits until a node's own daemon says that it is a worker of the swarm.
    private static void awaitWorker(Fleet fleet, int node) throws IOException {
        try {
            Lab.await("node" + (node + 1) + " is a worker", () -> {
                Json.Obj info = Fleet.info(fleet.node(node));
                return info.str("LocalNodeState").equals("active")
                        && !info.bool("ControlAvailable");
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + fleet.logs(), late);
        }
    }

    /// The role in the certificate that a node shows.
    private static NodeName.Role certified(Fleet fleet, int node) throws IOException {
        try {
            return Certificate.listFromPem(Files.readString(fleet.node(node).state()
                    .resolve("node.crt"))).getFirst().node().orElseThrow().role();
        } catch (MalformedException e) {
            throw new IOException(e);
        }
    }
}

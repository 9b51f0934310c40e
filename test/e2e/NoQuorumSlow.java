package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two of three managers are killed: the one that is left says so in every command, shows what it
/// knows when it is asked for that, and does nothing; the worker's tasks run on; and when one comes
/// back all is well again.
class NoQuorumSlow {
    private static final int WORKER = 3;
    private static final String[] SLEEP = {"x", "sleep", "1000001"};

    @Test
    void leaderThatIsLeftAloneSaysWhoIsMissing() throws IOException {
        try (Fleet fleet = Fleet.of(3, 1)) {
            lose(fleet, fleet.leader(0).orElseThrow());
        }
    }

    @Test
    void followerThatIsLeftAloneSaysWhoIsMissing() throws IOException {
        try (Fleet fleet = Fleet.of(3, 1)) {
            lose(fleet, (fleet.leader(0).orElseThrow() + 1) % 3);
        }
    }

    private static void lose(Fleet fleet, int left) throws IOException {
        List<TaskProcess> tasks = begin(fleet);
        List<Integer> lost = IntStream.range(0, 3).filter(i -> i != left).boxed().toList();
        for (int i : lost) {
            fleet.node(i).killWithTasks();
        }
        Lab.await("the quorum is known to be lost", () ->
                Fleet.info(fleet.node(left)).str("Error").contains("Missing: "));
        assertEquals("active", Fleet.info(fleet.node(left)).str("LocalNodeState"));
        assertEquals(3, Fleet.info(fleet.node(left)).num("Managers"));
        everyCommandNamesThem(fleet, left, lost);
        listsAreShownWhenTheyMayBeOld(fleet, left);
        assertEquals(tasks, TaskProcess.of(fleet.node(WORKER)));

        int back = lost.getFirst();
        fleet.node(back).start("--hostname", "node" + (back + 1));
        fleet.awaitStates(() -> new TreeMap<>(Map.of(lost.getLast(), "down")));
        Lab lab = fleet.node(left);
        lab.swarm(words("service", "create", "--detach", "--name", "next")).ok();
        List<String> services = lab.swarm("service", "ls", "--format", "{{.Name}} {{.Replicas}}")
                .ok().lines().stream().map(line -> line.substring(0, line.indexOf('/'))).toList();
        assertTrue(services.contains("web 2"), services.toString());
        assertEquals(2, services.size(), services.toString());
        assertEquals("", Fleet.info(lab).str("Error"));
        assertEquals(tasks, TaskProcess.of(fleet.node(WORKER)));
    }

    /// Two tasks on the worker, and their processes.
    private static List<TaskProcess> begin(Fleet fleet) throws IOException {
        List<String> words = new ArrayList<>(List.of("service", "create", "--detach", "--name",
                "web", "--replicas", "2", "--constraint", "node.role==worker"));
        for (String mark : TaskProcess.marks(fleet.node(WORKER), 1)) {
            words.addAll(List.of("--env", mark));
        }
        fleet.node(0).swarm(words(words.toArray(String[]::new))).ok();
        Lab.await("the tasks run", () -> TaskProcess.of(fleet.node(WORKER)).size() == 2);
        return TaskProcess.of(fleet.node(WORKER));
    }

    private static String[] words(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(SLEEP));
        return all.toArray(String[]::new);
    }

    private static void everyCommandNamesThem(Fleet fleet, int left, List<Integer> lost)
            throws IOException {
        for (String[] command : List.of(new String[] {"node", "ls"},
                new String[] {"service", "ls"}, new String[] {"service", "ps", "web"},
                words("service", "create", "--detach", "--name", "refused"),
                new String[] {"service", "scale", "--detach", "web=5"},
                new String[] {"service", "rm", "web"}, new String[] {"node", "inspect", "self"},
                new String[] {"node", "update", "--availability", "drain", "node4"},
                new String[] {"join-token", "worker"})) {
            Ran ran = fleet.node(left).swarm(command);
            assertNotEquals(0, ran.status());
            assertTrue(ran.err().contains("The swarm does not have a leader. "), ran.err());
            for (int i : lost) {
                assertTrue(ran.err().contains("node" + (i + 1) + " (" + fleet.id(i) + ", "
                        + fleet.address(i) + ") since 2"), ran.err());
            }
            assertFalse(ran.err().contains(fleet.address(left)), ran.err());
            assertTrue(ran.err().contains("start the daemon again on at least 1"), ran.err());
        }
    }

    private static void listsAreShownWhenTheyMayBeOld(Fleet fleet, int left) throws IOException {
        Lab lab = fleet.node(left);
        for (String[] command : List.of(new String[] {"service", "ls", "--stale"},
                new String[] {"service", "ps", "--stale", "web"},
                new String[] {"node", "ps", "--stale", "node4"},
                new String[] {"service", "inspect", "--stale", "web"},
                new String[] {"node", "inspect", "--stale", "self"})) {
            Ran ran = lab.swarm(command).ok();
            assertTrue(ran.err().matches("stale: as of 2\\S+Z, no leader\\n"), ran.err());
            assertTrue(ran.out().contains(command[2].equals("--stale")
                    && command.length == 4 && command[3].equals("self") ? fleet.id(left) : "web"),
                    ran.out());
        }
        List<String> rows = lab.swarm("node", "ls", "--stale", "--format",
                "{{.Hostname}} {{.ManagerStatus}}").ok().lines().stream().map(String::strip)
                .sorted().toList();
        assertEquals(IntStream.range(0, 4).mapToObj(i -> "node" + (i + 1) + (i == WORKER ? ""
                : i == left ? " Reachable" : " Unreachable")).toList(), rows);
    }
}

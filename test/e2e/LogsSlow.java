package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;

/// The output of all tasks, wherever they run, by way of any manager.
class LogsSlow {
    private static final String BOTH = "?stdout=1&stderr=1";
    /// Says which node it is on, on both streams, and lives on.
    private static final String SAY = "echo out-$NODE; echo err-$NODE >&2; exec sleep 1000002";
    private static final String INCOMPLETE = "error from daemon in stream: Error grabbing logs: "
            + "warning: incomplete log stream. some logs could not be retrieved for the following "
            + "reasons: ";
    private static final long PATIENCE_MS = 1_000 * Lab.PATIENCE_S;

    @Test
    void everyManagerGivesTheOutputOfAllNodes() throws IOException {
        try (Fleet fleet = Fleet.of(3, 2)) {
            global(fleet, SAY);
            TreeSet<String> out = new TreeSet<>();
            TreeSet<String> err = new TreeSet<>();
            for (int i = 0; i < 5; i++) {
                out.add("out-" + fleet.id(i));
                err.add("err-" + fleet.id(i));
            }
            for (int i = 0; i < 3; i++) {
                int asked = i;
                Lab.await("manager " + i + " has it all", () -> {
                    Ran ran = fleet.node(asked).swarm("service", "logs", "--raw", "all").ok();
                    return out.equals(lines(ran.out())) && err.equals(lines(ran.err()));
                });
            }
            Ran worker = fleet.node(4).swarm("service", "logs", "all");
            assertEquals(1, worker.status(), worker.out());
        }
    }

    @Test
    void linesAreNamedTimedAndCountedForTasksOfOtherNodes() throws IOException {
        try (Fleet fleet = Fleet.of(2, 1)) {
            fleet.node(0).swarm("service", "create", "--detach", "--name", "far", "--constraint",
                    "node.hostname==node3", "x", "sh", "-c",
                    "echo first; echo second; exec sleep 1000002").ok();
            String task = task(fleet, "far");
            for (int asked = 0; asked < 2; asked++) {
                Lab lab = fleet.node(asked);
                String title = "far.1." + task.substring(0, 12) + "@node3    | ";
                Lab.await("both lines are written", () -> lab.swarm("service", "logs", "far")
                        .ok().out().equals(title + "first\n" + title + "second\n"));
                assertEquals(title + "second\n",
                        lab.swarm("service", "logs", "--tail", "1", "far").ok().out());
                for (String name : List.of(task, task.substring(0, 10), "far.1." + task)) {
                    assertEquals("first\nsecond\n",
                            lab.swarm("service", "logs", "--raw", name).ok().out(), name);
                    assertEquals(200, status(lab, "/tasks/" + name + "/logs" + BOTH));
                }
                assertEquals(404, status(lab, "/tasks/nope/logs" + BOTH));
                assertEquals(404, status(lab, "/services/nope/logs" + BOTH));
                assertEquals(500, status(lab, "/services/far/logs" + BOTH + "&since=yesterday"));
            }
        }
    }

    @Test
    void followedServiceShowsNewTasksAndLeavesNothingWhenTheClientGoes() throws IOException {
        try (Fleet fleet = Fleet.of(2, 1)) {
            global(fleet, SAY);
            for (int asked = 0; asked < 2; asked++) {
                follow(fleet, asked);
            }
        }
    }

    /// Follows a service through one manager while a task is replaced, again and again.
    private static void follow(Fleet fleet, int asked) throws IOException {
        Lab.await("nobody copies", () -> copiers(fleet).isEmpty());
        for (int round = 0; round < 3; round++) {
            try (Followed followed = new Followed(fleet.node(asked), "all")) {
                Lab.await("output of all nodes", () -> followed.count("out-") >= 3);
                long before = followed.count("out-" + fleet.id(2));
                kill(fleet.node(2));
                Lab.await("output of the new task",
                        () -> followed.count("out-" + fleet.id(2)) > before);
                assertTrue(copiers(fleet).size() >= 3, "" + copiers(fleet));
            }
            Lab.await("nobody copies for a client that has gone",
                    () -> copiers(fleet).isEmpty());
        }
    }

    @Test
    void nodeThatIsDownIsNamedAfterTheOutputOfTheOthers() throws IOException {
        try (Fleet fleet = Fleet.of(2, 2)) {
            global(fleet, SAY);
            fleet.node(3).killWithTasks();
            fleet.awaitStates(() -> new TreeMap<>(Map.of(3, "down")));
            for (int i = 0; i < 2; i++) {
                int asked = i;
                Lab.await("the others' output, and then the node", () -> {
                    Ran ran = fleet.node(asked).swarm("service", "logs", "--raw", "all");
                    boolean all = List.of(0, 1, 2).stream()
                            .allMatch(node -> ran.out().contains("out-" + fleet.id(node)));
                    return all && ran.status() == 1 && ran.err().endsWith(INCOMPLETE + "node "
                            + fleet.id(3) + " is not available\n");
                });
            }
        }
    }

    @Test
    void containerThatIsGoneHidesNoOther() throws IOException {
        try (Fleet fleet = Fleet.of(1, 1)) {
            global(fleet, SAY);
            remove(fleet.node(1));
            Lab.await("the other's output, and then the task", () -> {
                Ran ran = fleet.node(0).swarm("service", "logs", "--raw", "all");
                return ran.status() == 1 && ran.out().contains("out-" + fleet.id(0))
                        && ran.err().contains(INCOMPLETE + "task ")
                        && ran.err().contains(": No such container: ");
            });
        }
    }

    @Test
    void clientThatDoesNotReadStopsTheTaskAndNotTheManager() throws IOException {
        try (Fleet fleet = Fleet.of(2, 1)) {
            global(fleet, "yes out-$NODE | head -c 300000000; exec sleep 1000002");
            try (Followed still = new Followed(fleet.node(1), "all", false)) {
                for (int i = 0; i < 3; i++) {
                    assertTrue(fleet.node(1).swarm("service", "ls").ok().out().contains("all"));
                }
                assertTrue(still.count("") <= 1);
            }
            Lab.await("nobody copies for a client that has gone",
                    () -> copiers(fleet).isEmpty());
            fleet.awaitStates(TreeMap::new);
        }
    }

    /// A client that reads a followed stream, if it reads, until it is closed.
    private static final class Followed implements AutoCloseable {
        private final HttpClient http;
        private final HttpCall call;
        private final Thread reader;
        private final StringBuffer read = new StringBuffer();

        Followed(Lab lab, String service) throws IOException {
            this(lab, service, true);
        }

        Followed(Lab lab, String service, boolean reads) throws IOException {
            http = new HttpClient(Endpoint.unix(lab.host().substring("unix://".length())),
                    new Timeouts(PATIENCE_MS, PATIENCE_MS, PATIENCE_MS), 0);
            call = http.send(new Request("GET", "/services/" + service + "/logs" + BOTH
                    + "&follow=1", Headers.NONE), new byte[0]);
            assertEquals(200, call.status());
            reader = Thread.ofVirtual().unstarted(this::read);
            if (reads) {
                reader.start();
            }
        }

        private void read() {
            byte[] buffer = new byte[4_096];
            try {
                for (int n = call.body().read(buffer, 0, buffer.length); n > 0;
                        n = call.body().read(buffer, 0, buffer.length)) {
                    read.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                }
            } catch (IOException closed) {
                read.append("closed");
            }
        }

        long count(String text) {
            return read.toString().lines().filter(line -> line.contains(text)).count();
        }

        @Override public void close() throws IOException {
            call.close();
            http.close();
        }
    }

    /// A task on every node, all of which run.
    private static void global(Fleet fleet, String script) throws IOException {
        fleet.node(0).swarm("service", "create", "--detach", "--name", "all", "--mode", "global",
                "--restart-delay", "0s", "--env", "NODE={{.Node.ID}}", "x", "sh", "-c",
                script).ok();
        Lab.await("a task runs on every node", () -> running(fleet) == fleet.nodes().size());
    }

    private static long running(Fleet fleet) throws IOException {
        return fleet.list(0, "/tasks").stream().map(Json::asObj)
                .filter(task -> task.obj("Status").str("State").equals("running")).count();
    }

    private static String task(Fleet fleet, String service) throws IOException {
        return fleet.list(0, "/tasks").stream().map(Json::asObj)
                .filter(task -> task.str("DesiredState").equals("running"))
                .map(task -> task.str("ID")).findFirst().orElseThrow();
    }

    private static TreeSet<String> lines(String text) {
        return new TreeSet<>(text.lines().toList());
    }

    private static int status(Lab lab, String target) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            return api.read(target).status();
        }
    }

    /// Ends the tasks of a node, which are then replaced.
    private static void kill(Lab lab) throws IOException {
        for (Path box : boxes(lab)) {
            if (Files.exists(box.resolve("pid"))) {
                long pid = Long.parseLong(Files.readString(box.resolve("pid")).split(" ")[0]);
                ProcessHandle.of(pid).filter(task -> task.info().commandLine().orElse("")
                        .contains("1000002")).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    /// Takes away what a node's engine keeps of its tasks.
    private static void remove(Lab lab) throws IOException {
        for (Path box : boxes(lab)) {
            Scratch.remove(box);
        }
    }

    private static List<Path> boxes(Lab lab) throws IOException {
        try (Stream<Path> found = Files.list(lab.state().resolve("tasks"))) {
            return found.toList();
        }
    }

    /// The threads of all daemons that copy output.
    private static List<String> copiers(Fleet fleet) throws IOException {
        List<String> copiers = new ArrayList<>();
        for (Lab lab : fleet.nodes()) {
            if (lab.alive()) {
                Path dump = lab.dir().resolve("threads");
                Files.deleteIfExists(dump);
                Ran.run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "" + lab.pid(), "Thread.dump_to_file", dump.toString()).ok();
                try (Stream<String> lines = Files.lines(dump)) {
                    lines.filter(line -> line.contains("\"logs-")).forEach(copiers::add);
                }
            }
        }
        return copiers;
    }
}

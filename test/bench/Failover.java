package bench;

import e2e.ApiClient;
import e2e.Fleet;
import e2e.Lab;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How long a swarm of real processes needs to be itself again: three managers and two workers on
/// hosts of their own, which lose one after the other what a swarm can lose. Beside each figure
/// stand the goal, and what Docker's own swarm takes on such a machine.
final class Failover {
    private static final int MANAGERS = 3;
    private static final int WORKER = 4;

    private final Map<String, Series> found = new LinkedHashMap<>();
    private final List<String> counts = new ArrayList<>();
    private final int tries;
    private long names;

    private Failover(int tries) {
        this.tries = tries;
    }

    static String run(Extent extent) throws IOException {
        Failover failover = new Failover(extent.of(20, 1));
        long begun = System.nanoTime();
        try (Fleet fleet = Fleet.onHosts(MANAGERS, 2)) {
            failover.took("five nodes up (15,000; -)", begun);
            fleet.createWeb(0);
            for (int i = 0; i < failover.tries; i++) {
                failover.killLeader(fleet);
                failover.stopLeader(fleet);
                failover.cutLeader(fleet);
                failover.killWorker(fleet);
                failover.cutWorker(fleet);
                failover.blip(fleet, i);
                failover.join(fleet);
                failover.powerOff(fleet);
            }
        }
        return failover.text();
    }

    private String text() {
        StringBuilder text = new StringBuilder("back after a loss, ms (goal; Docker's), " + tries
                + " tries\n");
        text.append(String.format(Locale.ROOT, "  %-60s %8s %8s %8s%n", "", "min", "median",
                "max"));
        found.forEach((name, series) -> text.append(String.format(Locale.ROOT,
                "  %-60s %8.1f %8.1f %8.1f%n", name, series.quantile(0), series.median(),
                series.quantile(1))));
        counts.forEach(count -> text.append("  ").append(count).append('\n'));
        return text.toString();
    }

    private void took(String what, long begunNs) {
        found.computeIfAbsent(what, _ -> new Series()).add((System.nanoTime() - begunNs) / 1e6);
    }

    /// The leader's process dies: until a manager that is left acknowledges a write; and its
    /// machine with all tasks: until they run elsewhere.
    private void killLeader(Fleet fleet) throws IOException {
        int leader = leader(fleet);
        int other = (leader + 1) % MANAGERS;
        try (ApiClient api = new ApiClient(fleet.node(other))) {
            write(api);
            long begun = System.nanoTime();
            fleet.node(leader).killWithTasks();
            write(api);
            took("leader killed, a write is acknowledged (500; 13,200)", begun);
            fleet.awaitMoved(other, leader);
            took("its machine lost, its tasks run elsewhere (6,000; 50,300)", begun);
        }
        fleet.start(leader);
        fleet.awaitStates(TreeMap::new);
    }

    /// The leader is told to stop.
    private void stopLeader(Fleet fleet) throws IOException {
        int leader = leader(fleet);
        int other = (leader + 1) % MANAGERS;
        try (ApiClient api = new ApiClient(fleet.node(other))) {
            write(api);
            long begun = System.nanoTime();
            Lab.signal("TERM", fleet.node(leader).pid());
            fleet.awaitOtherLeader(other, leader);
            write(api);
            took("leader told to stop, a write is acknowledged (100; 12,100)", begun);
        }
        fleet.node(leader).stop();
        fleet.start(leader);
        fleet.awaitStates(TreeMap::new);
    }

    /// The leader's link is cut, for some seconds; and heals.
    private void cutLeader(Fleet fleet) throws IOException {
        int leader = leader(fleet);
        int other = (leader + 1) % MANAGERS;
        int next;
        try (ApiClient api = new ApiClient(fleet.node(other))) {
            write(api);
            long begun = System.nanoTime();
            fleet.net().cut(leader);
            write(api);
            took("leader cut off, a write is acknowledged (2,000; 20,100)", begun);
            fleet.awaitMoved(other, leader);
            next = leader(fleet, other);
        }
        long healed = System.nanoTime();
        fleet.net().heal(leader);
        fleet.awaitStates(TreeMap::new);
        took("healed, all nodes ready (3,000; 46,600)", healed);
        if (leader(fleet, other) != next) {
            counts.add("a heal deposed the leader");
        }
    }

    private void killWorker(Fleet fleet) throws IOException {
        fillWorker(fleet);
        long begun = System.nanoTime();
        fleet.node(WORKER).killWithTasks();
        fleet.awaitMoved(0, WORKER);
        took("worker killed, its tasks run elsewhere (4,000; 19,100)", begun);
        fleet.start(WORKER);
        fleet.awaitStates(TreeMap::new);
    }

    private void cutWorker(Fleet fleet) throws IOException {
        fillWorker(fleet);
        long begun = System.nanoTime();
        fleet.net().cut(WORKER);
        fleet.awaitMoved(0, WORKER);
        took("worker cut off, its tasks run elsewhere (5,000; 20,100)", begun);
        fleet.net().heal(WORKER);
        fleet.awaitStates(TreeMap::new);
    }

    /// Two seconds without a link move nothing, whenever they begin.
    private void blip(Fleet fleet, int phase) throws IOException {
        fillWorker(fleet);
        TreeMap<String, String> before = fleet.running(0);
        Lab.pause(Duration.ofMillis(phase * 50L));
        fleet.net().cut(WORKER);
        Lab.pause(Duration.ofSeconds(2));
        fleet.net().heal(WORKER);
        fleet.awaitStates(TreeMap::new);
        if (!fleet.running(0).equals(before)) {
            counts.add("a blip of 2 s in phase " + phase + " moved tasks");
        }
    }

    private void join(Fleet fleet) throws IOException {
        fleet.node(WORKER).swarm("leave").ok();
        String worker = fleet.token("worker");
        long begun = System.nanoTime();
        fleet.join(WORKER, worker).ok();
        took("worker joins, command and all (500; 300)", begun);
        fleet.node(2).swarm("leave", "--force").ok();
        String manager = fleet.token("manager");
        begun = System.nanoTime();
        fleet.join(2, manager).ok();
        took("manager joins, command and all (1,000; -)", begun);
        fleet.awaitStates(TreeMap::new);
    }

    /// Everything loses its power at once and is switched on again.
    private void powerOff(Fleet fleet) throws IOException {
        for (Lab node : fleet.nodes()) {
            node.killWithTasks();
        }
        for (int i = 0; i < fleet.nodes().size(); i++) {
            fleet.start(i);
        }
        long begun = System.nanoTime();
        leader(fleet);
        took("all killed, started: a leader is known (2,000; 20,600)", begun);
        fleet.awaitStates(TreeMap::new);
        Lab.await("all replicas run", () -> fleet.running(0).size() == Fleet.REPLICAS);
        took("all killed, started: all tasks run (-; -)", begun);
    }

    /// Has the worker run something, so that there is something to lose.
    private void fillWorker(Fleet fleet) throws IOException {
        for (int i = 0; !fleet.running(0).containsValue(fleet.id(WORKER)); i++) {
            fleet.node(0).swarm("service", "update", "--force", "--detach", "web").ok();
            Lab.await("all replicas run", () -> fleet.running(0).size() == Fleet.REPLICAS);
        }
    }

    private int leader(Fleet fleet) throws IOException {
        return leader(fleet, 0);
    }

    private int leader(Fleet fleet, int asked) throws IOException {
        int[] found = {-1};
        Lab.await("a leader is known", () -> {
            found[0] = fleet.leader(asked).orElse(-1);
            return found[0] >= 0;
        });
        return found[0];
    }

    /// A write, asked until it is acknowledged.
    private void write(ApiClient api) throws IOException {
        String name = "w" + names++;
        Lab.await("a write is acknowledged", () -> {
            int status = api.ask("POST", "/services/create", "{\"Name\":\"" + name
                    + "\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"x\"}},"
                    + "\"Mode\":{\"Replicated\":{\"Replicas\":0}}}").status();
            return status == 201 || status == 409;
        });
    }
}

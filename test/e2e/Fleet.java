package e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.json.Json;

/// Several daemons on this machine that make one swarm: managers first, then workers, each with a
/// directory and processes of its own, and a port of its own or a host.
///
/// Invariants: `close` leaves no process and no file of any of them.
public final class Fleet implements AutoCloseable {
    public static final int REPLICAS = 6;

    private final List<Lab> nodes = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final int managers;
    private final Optional<Net> net;

    private Fleet(int managers, Optional<Net> net) {
        this.managers = managers;
        this.net = net;
    }

    /// A swarm of so many managers and workers, all of them in and ready.
    public static Fleet of(int managers, int workers) throws IOException {
        return of(managers, workers, Optional.empty());
    }

    /// The same, each on a host of its own.
    public static Fleet onHosts(int managers, int workers) throws IOException {
        return of(managers, workers, Optional.of(Net.of(managers + workers)));
    }

    private static Fleet of(int managers, int workers, Optional<Net> net) throws IOException {
        Fleet fleet = new Fleet(managers, net);
        try {
            fleet.add().swarm("init", "--advertise-addr", fleet.addresses.getFirst(),
                    "--listen-addr", fleet.addresses.getFirst()).ok();
            for (int i = 1; i < managers + workers; i++) {
                fleet.add();
                fleet.join(i, fleet.token(i < managers ? "manager" : "worker")).ok();
            }
            for (Lab lab : fleet.nodes) {
                fleet.ids.add(info(lab).str("NodeID"));
            }
            fleet.awaitStates(TreeMap::new);
            return fleet;
        } catch (IOException | AssertionError failed) {
            fleet.close();
            throw failed;
        }
    }

    /// Lets nodes be away for half a minute before others take over: a daemon's start may be slow.
    void unhurried() throws IOException {
        nodes.getFirst().swarm("update", "--dispatcher-heartbeat", "10s").ok();
    }

    /// One more daemon, in no swarm yet.
    private Lab add() throws IOException {
        Lab lab = Lab.ofProcesses();
        nodes.add(lab);
        addresses.add(net.map(hosts -> hosts.address(nodes.size() - 1) + ":2377")
                .orElse("127.0.0.1:" + Lab.freePort()));
        start(nodes.size() - 1);
        return lab;
    }

    /// Starts a daemon, for the first time or again.
    public void start(int node) throws IOException {
        nodes.get(node).start(net.map(hosts -> hosts.on(node)).orElse(List.of()),
                "--hostname", "node" + (node + 1));
    }

    /// The hosts' network, for those who have it.
    public Net net() {
        return net.orElseThrow();
    }

    /// Has a daemon join by way of the first manager.
    public Ran join(int node, String token) throws IOException {
        return nodes.get(node).swarm("join", "--token", token, "--advertise-addr",
                addresses.get(node), "--listen-addr", addresses.get(node), addresses.getFirst());
    }

    public Lab node(int node) {
        return nodes.get(node);
    }

    public List<Lab> nodes() {
        return nodes;
    }

    public String id(int node) {
        return ids.get(node);
    }

    String address(int node) {
        return addresses.get(node);
    }

    public String token(String role) throws IOException {
        return nodes.getFirst().swarm("join-token", "-q", role).ok().text();
    }

    /// The manager that leads, as another sees it; empty while none is known.
    public Optional<Integer> leader(int asked) throws IOException {
        for (Json node : list(asked, "/nodes")) {
            if (node.asObj().obj("ManagerStatus").bool("Leader")) {
                return Optional.of(ids.indexOf(node.asObj().str("ID")));
            }
        }
        return Optional.empty();
    }

    /// A list of the API, as a node gives it; empty when it gives none.
    List<Json> list(int asked, String target) throws IOException {
        try (ApiClient api = new ApiClient(nodes.get(asked))) {
            ApiClient.Said said = api.read(target);
            return said.status() == 200 && said.json() instanceof Json.Arr(List<Json> items)
                    ? items : List.of();
        }
    }

    static Json.Obj info(Lab lab) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            return api.read("/info").ok().json().asObj().obj("Swarm");
        }
    }

    /// A service of some replicas, which all run.
    public void createWeb(int asked) throws IOException {
        Ran ran = nodes.get(asked).swarm("service", "create", "--name", "web", "--replicas",
                "" + REPLICAS, "--restart-delay", "0s", "x", "sleep", "1000001");
        if (ran.status() != 0) {
            throw new AssertionError(ran.out() + ran.err() + logs());
        }
    }

    /// By id, the tasks that are to run and do, and their nodes.
    public TreeMap<String, String> running(int asked) throws IOException {
        TreeMap<String, String> running = new TreeMap<>();
        for (Json task : list(asked, "/tasks")) {
            Json.Obj row = task.asObj();
            if (row.str("DesiredState").equals("running")
                    && row.obj("Status").str("State").equals("running")) {
                running.put(row.str("ID"), row.str("NodeID"));
            }
        }
        return running;
    }

    /// How many processes of the service's tasks live, on all nodes.
    public long processes() throws IOException {
        long count = 0;
        for (Lab lab : nodes) {
            count += lab.taskPids().stream().filter(pid -> ProcessHandle.of(pid).isPresent())
                    .count();
        }
        return count;
    }

    /// Waits until all replicas run, none of them on a node that was lost; returns them.
    public TreeMap<String, String> awaitMoved(int asked, int lost) throws IOException {
        try {
            Lab.await("all tasks run elsewhere", () -> {
                TreeMap<String, String> now = running(asked);
                return now.size() == REPLICAS && !now.containsValue(ids.get(lost));
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + list(asked, "/tasks") + logs(),
                    late);
        }
        return running(asked);
    }

    /// Waits until another manager than that one leads, and returns which.
    public int awaitOtherLeader(int asked, int before) throws IOException {
        int[] found = {before};
        Lab.await("another manager leads", () -> {
            found[0] = leader(asked).orElse(before);
            return found[0] != before;
        });
        return found[0];
    }

    /// What nodes are expected to be other than ready.
    public interface Expected {
        TreeMap<Integer, String> states();
    }

    /// Waits until the first manager that answers shows every node ready, but for those expected to
    /// be something else.
    public void awaitStates(Expected expected) throws IOException {
        TreeMap<Integer, String> other = expected.states();
        int asked = firstAlive();
        String[] seen = {""};
        try {
            Lab.await("all nodes are as expected", () -> {
                TreeMap<String, String> states = states(asked);
                seen[0] = states.toString();
                for (int i = 0; i < ids.size(); i++) {
                    if (!other.getOrDefault(i, "ready").equals(states.get(ids.get(i)))) {
                        return false;
                    }
                }
                return true;
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + ": " + seen[0] + "\n" + logs(), late);
        }
    }

    /// By node id: ready, down, unknown; for a manager that others do not reach, unreachable.
    TreeMap<String, String> states(int asked) throws IOException {
        TreeMap<String, String> states = new TreeMap<>();
        for (Json node : list(asked, "/nodes")) {
            Json.Obj row = node.asObj();
            boolean unreached = row.obj("ManagerStatus").str("Reachability").equals("unreachable");
            String state = row.obj("Status").str("State");
            states.put(row.str("ID"), unreached && state.equals("ready") ? "unreachable" : state);
        }
        return states;
    }

    private int firstAlive() {
        for (int i = 0; i < managers; i++) {
            if (nodes.get(i).alive()) {
                return i;
            }
        }
        throw new AssertionError("no manager runs");
    }

    /// What every daemon has said.
    String logs() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            logs.append("node").append(i + 1).append(":\n").append(nodes.get(i).logText());
        }
        return logs.toString();
    }

    @Override public void close() throws IOException {
        for (Lab lab : nodes) {
            lab.killWithTasks();
        }
        for (Lab lab : nodes) {
            lab.close();
        }
        if (net.isPresent()) {
            net.get().close();
        }
    }
}

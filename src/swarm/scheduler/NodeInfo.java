package swarm.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import swarm.model.Node;
import swarm.model.PortConfig;
import swarm.model.Resources;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskState;

/// A node and what runs on it, kept up to date with every change of a task: what is reserved, how
/// many tasks each service has there, which host ports are taken, and which services keep failing.
final class NodeInfo {
    /// A service that failed this often on a node lately is placed elsewhere if it can be.
    static final int FAULTY = 5;
    /// How long a failure is remembered.
    static final long FAILURE_MS = 5 * 60_000;

    /// The node as the view has it.
    private Node node;
    /// The reservations of all tasks here that have not ended.
    private Resources reserved = Resources.NONE;
    /// How many tasks here are meant to run or to complete.
    private int active;
    private final TreeMap<ServiceId, Integer> activeOf = new TreeMap<>();
    private final TreeMap<String, Integer> hostPorts = new TreeMap<>();
    private final TreeMap<String, Deque<Long>> failures = new TreeMap<>();

    NodeInfo(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    void update(Node changed) {
        node = changed;
    }

    /// Takes a task of this node into account.
    void add(Task task) {
        count(task, 1);
    }

    /// Forgets a task as it was counted.
    void remove(Task task) {
        count(task, -1);
    }

    private void count(Task task, int by) {
        if (task.state().terminal() || task.state().before(TaskState.ASSIGNED)) {
            return;
        }
        Resources wanted = task.spec().reservations();
        reserved = by > 0 ? reserved.plus(wanted) : reserved.minus(wanted);
        if (!task.desiredState().after(TaskState.COMPLETE)) {
            active += by;
            activeOf.merge(task.serviceId(), by, Integer::sum);
        }
        for (String port : hostPorts(task)) {
            hostPorts.merge(port, by, Integer::sum);
        }
    }

    /// The tasks of a service here that are meant to run.
    int activeOf(ServiceId service) {
        return activeOf.getOrDefault(service, 0);
    }

    /// All tasks here that are meant to run.
    int active() {
        return active;
    }

    /// What is left to reserve.
    Resources free() {
        return node.description().resources().minus(reserved);
    }

    /// Whether one of the task's host ports is taken.
    boolean portTaken(Task task) {
        return hostPorts(task).stream().anyMatch(port -> hostPorts.getOrDefault(port, 0) > 0);
    }

    /// A task of the service failed here; what failed long ago is forgotten by the way.
    void failed(Task task, long now) {
        failures.values().removeIf(times -> times.getLast() <= now - FAILURE_MS);
        failures.computeIfAbsent(failureKey(task), _ -> new ArrayDeque<>()).addLast(now);
    }

    /// How often tasks of this service and version failed here lately.
    int failures(Task task, long now) {
        return (int) failures.getOrDefault(failureKey(task), new ArrayDeque<>()).stream()
                .filter(time -> time > now - FAILURE_MS).count();
    }

    private static String failureKey(Task task) {
        return task.serviceId() + "/" + task.specVersion().index();
    }

    /// The ports that the task binds on its node, as `number/protocol`.
    private static List<String> hostPorts(Task task) {
        return task.endpoint().stream().flatMap(endpoint -> endpoint.hostPorts().stream())
                .filter(port -> port.publishedPort() != 0)
                .map(NodeInfo::text).toList();
    }

    private static String text(PortConfig port) {
        return port.publishedPort() + "/" + port.protocolOrTcp();
    }
}

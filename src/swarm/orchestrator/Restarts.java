package swarm.orchestrator;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import swarm.model.RestartPolicy;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.Version;

/// How often each slot was restarted, and whether its policy allows one more. Counted per slot, or
/// per node for tasks without a slot, and anew for each version of the spec. Times are the leaders'
/// wall clocks as they stand in the store, so a new leader counts the same restarts.
final class Restarts {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// One slot's restarts under one version of the spec, oldest first.
    private record Past(Version spec, Deque<Instant> times) { }

    private final TreeMap<String, Past> pasts = new TreeMap<>();

    /// Counts what the store shows: of a slot's tasks of the newest spec all but the first were
    /// restarts.
    void rebuild(Service service, List<Task> slotByAge) {
        Version newest = service.specVersion();
        slotByAge.stream().filter(task -> task.specVersion().equals(newest)).skip(1)
                .forEach(task -> add(task, task.createdAt()));
    }

    /// Counts a restart that replaces this task; one without a limit is not worth remembering.
    void add(Task task, Instant at) {
        if (task.spec().restart().attempts() == 0) {
            return;
        }
        Past past = pasts.get(key(task));
        if (past == null || !past.spec().equals(task.specVersion())) {
            past = new Past(task.specVersion(), new ArrayDeque<>());
            pasts.put(key(task), past);
        }
        past.times().addLast(at);
    }

    /// Forgets a service that is gone.
    void forget(ServiceId service) {
        pasts.subMap(service.text() + "/", service.text() + "0").clear();
    }

    /// Whether the task's policy has a place for one more restart after its end. A job's task that
    /// completed is never run again.
    boolean allowed(Task task) {
        RestartPolicy policy = task.spec().restart();
        boolean wanted = switch (policy.conditionOrAny()) {
            case NONE -> false;
            case ON_FAILURE -> task.state() != TaskState.COMPLETE;
            case ANY -> true;
        };
        return wanted && (policy.attempts() == 0 || recent(task, policy) < policy.attempts());
    }

    /// Restarts within the window that ended when this task was last seen; all of them without one.
    private long recent(Task task, RestartPolicy policy) {
        Past past = pasts.get(key(task));
        if (past == null || !past.spec().equals(task.specVersion())) {
            return 0;
        }
        if (policy.windowNs() == 0) {
            return past.times().size();
        }
        Instant end = task.status().appliedAt().orElse(task.status().timestamp());
        Instant begin = end.minusSeconds(policy.windowNs() / NANOS_PER_SECOND)
                .minusNanos(policy.windowNs() % NANOS_PER_SECOND);
        while (!past.times().isEmpty() && !past.times().getFirst().isAfter(begin)) {
            past.times().removeFirst();
        }
        return past.times().stream().filter(time -> !time.isAfter(end)).count();
    }

    private static String key(Task task) {
        return task.serviceId().text() + "/" + (task.slot() > 0 ? Long.toString(task.slot())
                : task.nodeId().map(node -> "@" + node.text()).orElse("-"));
    }
}

package swarm.model;

import java.util.Optional;
import swarm.json.Always;
import swarm.json.Name;

/// How a service's tasks are replaced when its spec changes, and how a rollback goes. `parallelism`
/// 0 says all at once; times are nanoseconds; the ratio is failures per slot, and the action is
/// taken above it. (Docker's `UpdateConfig`)
public record UpdateConfig(@Always long parallelism, long delay,
        Optional<FailureAction> failureAction, long monitor, @Always double maxFailureRatio,
        Optional<Order> order) {

    /// What holds when a service says nothing.
    public static final UpdateConfig UNSAID = new UpdateConfig(1, 0, Optional.empty(), 0, 0,
            Optional.empty());

    private static final long MONITOR_NS = 5_000_000_000L;

    /// What to do when too many new tasks fail.
    public enum FailureAction { PAUSE, CONTINUE, ROLLBACK }

    /// Whether the old task stops before the new one starts.
    public enum Order {
        @Name("stop-first") STOP_FIRST, @Name("start-first") START_FIRST
    }

    /// The action in force.
    public FailureAction actionOrPause() {
        return failureAction.orElse(FailureAction.PAUSE);
    }

    /// The order in force.
    public Order orderOrStopFirst() {
        return order.orElse(Order.STOP_FIRST);
    }

    /// How long a new task is watched for failure, in nanoseconds.
    public long monitorNs() {
        return monitor == 0 ? MONITOR_NS : monitor;
    }
}

package swarm.model;

import java.util.Optional;
import swarm.json.Name;

/// Whether, after how long and how often a task that stopped is replaced. Times are nanoseconds;
/// attempts count within the window, over all time when it is 0. (Docker's `RestartPolicy`)
public record RestartPolicy(Optional<Condition> condition, Optional<Long> delay,
        Optional<Long> maxAttempts, Optional<Long> window) {

    /// Nothing said: any stop is followed by a restart after five seconds, without end.
    public static final RestartPolicy UNSAID = new RestartPolicy(Optional.empty(),
            Optional.empty(), Optional.empty(), Optional.empty());

    private static final long DELAY_NS = 5_000_000_000L;

    /// After which ends a task is replaced.
    public enum Condition {
        NONE, @Name("on-failure") ON_FAILURE, ANY
    }

    /// The condition in force.
    public Condition conditionOrAny() {
        return condition.orElse(Condition.ANY);
    }

    /// The delay in force, in nanoseconds.
    public long delayNs() {
        return delay.orElse(DELAY_NS);
    }

    /// The number of restarts allowed within the window; 0 says no limit.
    public long attempts() {
        return maxAttempts.orElse(0L);
    }

    /// The window in nanoseconds; 0 says all time.
    public long windowNs() {
        return window.orElse(0L);
    }
}

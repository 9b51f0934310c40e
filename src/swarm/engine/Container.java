package swarm.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import swarm.model.PortConfig;

/// A container as its engine sees it. `exitCode` means something once it has stopped; `health` is
/// absent without a health check; `error` is why it could not be started.
public record Container(String id, String name, SortedMap<String, String> labels, State state,
        long pid, long exitCode, boolean oomKilled, String error, Optional<Instant> startedAt,
        Optional<Instant> finishedAt, Optional<Health> health, List<PortConfig> ports) {

    /// What Docker calls the container's status.
    public enum State { CREATED, RUNNING, PAUSED, RESTARTING, REMOVING, EXITED, DEAD }

    /// What the health check says.
    public enum Health { STARTING, HEALTHY, UNHEALTHY }

    /// Whether its process lives, if only frozen.
    public boolean alive() {
        return state == State.RUNNING || state == State.PAUSED || state == State.RESTARTING;
    }
}

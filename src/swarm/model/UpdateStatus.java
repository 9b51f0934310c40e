package swarm.model;

import java.time.Instant;
import java.util.Optional;

/// How an update or rollback of a service stands, in Docker's words.
public record UpdateStatus(State state, Optional<Instant> startedAt,
        Optional<Instant> completedAt, String message) {

    /// The states that Docker's API names.
    public enum State {
        UPDATING, PAUSED, COMPLETED, ROLLBACK_STARTED, ROLLBACK_PAUSED, ROLLBACK_COMPLETED
    }
}

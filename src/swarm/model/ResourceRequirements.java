package swarm.model;

import java.util.Optional;
import swarm.json.Name;

/// What a task may use at most, and what is set aside for it. (Docker's `ResourceRequirements`)
public record ResourceRequirements(Optional<Limit> limits, Optional<Resources> reservations) {
    /// The most that the engine lets the container use: billionths of a core, bytes, processes.
    public record Limit(@Name("NanoCPUs") long nanoCpus, long memoryBytes, long pids) { }
}

package swarm.model;

import java.util.Optional;

/// How many tasks a service has, and whether they end. (Docker's `ServiceMode`)
public sealed interface ServiceMode {
    /// A number of tasks, kept running; 1 when nothing is said.
    record Replicated(Optional<Long> replicas) implements ServiceMode { }

    /// One task on every node that fits.
    record Global() implements ServiceMode { }

    /// A number of tasks to run to completion, so many at a time.
    record ReplicatedJob(Optional<Long> maxConcurrent, Optional<Long> totalCompletions)
            implements ServiceMode { }

    /// One task on every node that fits, run to completion.
    record GlobalJob() implements ServiceMode { }
}

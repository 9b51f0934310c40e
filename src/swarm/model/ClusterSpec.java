package swarm.model;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.json.Always;
import swarm.json.Name;

/// The settings of the swarm as a whole. Times are nanoseconds. The two ticks are shown because
/// clients expect them; our raft's times are fixed. (Docker's swarm `Spec`)
public record ClusterSpec(String name, @Always SortedMap<String, String> labels,
        Orchestration orchestration, Raft raft, Dispatcher dispatcher,
        @Name("CAConfig") CaConfig caConfig, TaskDefaults taskDefaults,
        EncryptionConfig encryptionConfig) {

    /// How many dead tasks are kept per slot; negative keeps all.
    public record Orchestration(Optional<Long> taskHistoryRetentionLimit) { }

    /// Snapshots and ticks.
    public record Raft(long snapshotInterval, @Always Optional<Long> keepOldSnapshots,
            long logEntriesForSlowFollowers, @Always long electionTick,
            @Always long heartbeatTick) { }

    /// How often agents say that they live.
    public record Dispatcher(long heartbeatPeriod) { }

    /// How long certificates last; the rest is for rotating the root.
    public record CaConfig(long nodeCertExpiry,
            @Name("SigningCACert") String signingCaCert,
            @Name("SigningCAKey") String signingCaKey, long forceRotate) { }

    /// What holds for tasks that say nothing.
    public record TaskDefaults(Optional<TaskSpec.LogDriver> logDriver) { }

    /// Whether a restarted manager must be unlocked.
    public record EncryptionConfig(@Always boolean autoLockManagers) { }

    /// How many dead tasks are kept per slot when nothing is said.
    public static final long TASK_HISTORY = 5;

    /// The history limit in force; negative keeps all.
    public long taskHistory() {
        return orchestration.taskHistoryRetentionLimit().orElse(TASK_HISTORY);
    }

    /// Settings as `init` makes them. Departs: a heartbeat of 1 s, where Docker has 5 s, so that a
    /// lost node is known in 3 s.
    public static ClusterSpec initial() {
        return new ClusterSpec("default", new TreeMap<>(),
                new Orchestration(Optional.of(TASK_HISTORY)),
                new Raft(10_000, Optional.of(0L), 500, 10, 1), new Dispatcher(1_000_000_000L),
                new CaConfig(2160L * 3_600_000_000_000L, "", "", 0),
                new TaskDefaults(Optional.empty()), new EncryptionConfig(false));
    }
}

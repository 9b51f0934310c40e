package swarm.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import swarm.json.Always;
import swarm.json.Hidden;
import swarm.json.Name;

/// What is observed of a task: its state, since when (clock of whoever observed it), in words, the
/// container behind it and its ports. `run` counts the containers that an agent, cut off from the
/// managers, has started for this task after the first; (run, state) only goes forward.
/// `appliedAt` is the leader's clock when it stored the status.
public record TaskStatus(Instant timestamp, TaskState state, String message, String err,
        Optional<ContainerStatus> containerStatus, PortStatus portStatus,
        @Hidden long run, @Hidden Optional<Instant> appliedAt) {

    /// The container of a task.
    public record ContainerStatus(@Always @Name("ContainerID") String containerId,
            @Always @Name("PID") long pid, @Always long exitCode) { }

    /// The host ports that the container got.
    public record PortStatus(List<PortConfig> ports) {
        /// No ports.
        public static final PortStatus NONE = new PortStatus(List.of());
    }

    /// A status that says no more than its state and a message.
    public static TaskStatus of(Instant timestamp, TaskState state, String message) {
        return new TaskStatus(timestamp, state, message, "", Optional.empty(), PortStatus.NONE,
                0, Optional.empty());
    }

    /// The same container and run in another state.
    public TaskStatus moved(Instant timestamp, TaskState state, String message) {
        return new TaskStatus(timestamp, state, message, "", containerStatus, portStatus, run,
                appliedAt);
    }

    /// The same with an error, in the words that `service ps` shows.
    public TaskStatus withErr(String err) {
        return new TaskStatus(timestamp, state, message, err, containerStatus, portStatus, run,
                appliedAt);
    }

    /// The same with a container.
    public TaskStatus withContainer(ContainerStatus container) {
        return new TaskStatus(timestamp, state, message, err, Optional.of(container), portStatus,
                run, appliedAt);
    }

    /// The same with the ports that the engine has bound.
    public TaskStatus withPorts(PortStatus ports) {
        return new TaskStatus(timestamp, state, message, err, containerStatus, ports, run,
                appliedAt);
    }

    /// The same as of another run.
    public TaskStatus withRun(long run) {
        return new TaskStatus(timestamp, state, message, err, containerStatus, portStatus, run,
                appliedAt);
    }

    /// The same, stored by the leader at this time.
    public TaskStatus applied(Instant at) {
        return new TaskStatus(timestamp, state, message, err, containerStatus, portStatus, run,
                Optional.of(at));
    }

    /// Whether this is news after the other: a later run, or a later state of the same run.
    public boolean newerThan(TaskStatus other) {
        return run > other.run || run == other.run && state.after(other.state);
    }
}

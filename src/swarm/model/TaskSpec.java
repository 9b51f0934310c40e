package swarm.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import swarm.json.Always;

/// What a task is to run and under which terms: the service's template. (Docker's `TaskSpec`)
/// `forceUpdate` is a counter; raising it makes every task out of date.
public record TaskSpec(Optional<ContainerSpec> containerSpec,
        Optional<ResourceRequirements> resources, Optional<RestartPolicy> restartPolicy,
        Optional<Placement> placement, Optional<LogDriver> logDriver, @Always long forceUpdate,
        String runtime) {

    /// Where the container's output goes; the engine's own choice when absent.
    public record LogDriver(String name, SortedMap<String, String> options) { }

    /// The container; every task that passed validation has one.
    public ContainerSpec container() {
        return containerSpec.orElseThrow();
    }

    /// The restart policy, Docker's defaults where nothing is said.
    public RestartPolicy restart() {
        return restartPolicy.orElse(RestartPolicy.UNSAID);
    }

    /// Where it may run.
    public Placement placementOrAnywhere() {
        return placement.orElse(Placement.ANYWHERE);
    }

    /// What is set aside for it on its node.
    public Resources reservations() {
        return resources.flatMap(ResourceRequirements::reservations).orElse(Resources.NONE);
    }

    /// The constraints on its node, as written.
    public List<String> constraints() {
        return placementOrAnywhere().constraints();
    }

    /// The same with another log driver.
    public TaskSpec withLogDriver(LogDriver driver) {
        return new TaskSpec(containerSpec, resources, restartPolicy, placement,
                Optional.of(driver), forceUpdate, runtime);
    }

    /// The same with another container.
    public TaskSpec withContainer(ContainerSpec container) {
        return new TaskSpec(Optional.of(container), resources, restartPolicy, placement,
                logDriver, forceUpdate, runtime);
    }
}

package swarm.engine;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import swarm.model.ContainerSpec;
import swarm.model.PortConfig;
import swarm.model.ResourceRequirements;
import swarm.model.TaskSpec;

/// What an agent can ask of its engine. Containers are named by the task, so that a call whose
/// answer was lost is settled by inspecting the name.
public sealed interface EngineCall {
    /// What is the engine, and what does the machine have? Answered by `Described`.
    record Describe() implements EngineCall { }

    /// All containers, running or not, whose labels have this key and value. Answered by `Listed`.
    record ListContainers(String label, String value) implements EngineCall { }

    /// One container by name or id. Answered by `Inspected`, or failed with NOT_FOUND.
    record Inspect(String container) implements EngineCall { }

    /// Makes the image be there: used at once when it is on the node, fetched when it is not.
    /// `registryAuth` is Docker's X-Registry-Auth, empty for none. Answered by `Done`.
    record EnsureImage(String image, String registryAuth) implements EngineCall { }

    /// Makes a container, not yet started. Answered by `Created`, or failed with CONFLICT when the
    /// name is taken.
    record Create(ContainerRequest request) implements EngineCall { }

    /// Starts a container; one that runs already is fine. Answered by `Done`.
    record Start(String container) implements EngineCall { }

    /// Stops a container by its signal, and kills it after the grace; one that has stopped already
    /// is fine. Answered by `Done`.
    record Stop(String container, long graceNs) implements EngineCall { }

    /// Removes a container, running or not, with its anonymous volumes; one that is gone already is
    /// fine. Answered by `Done`.
    record Remove(String container) implements EngineCall { }

    /// Everything that a container is made from: the task's spec with its templates expanded, the
    /// labels to put on it and the ports to bind on the host.
    record ContainerRequest(String name, ContainerSpec spec, SortedMap<String, String> labels,
            Optional<ResourceRequirements.Limit> limits, Optional<TaskSpec.LogDriver> logDriver,
            List<PortConfig> hostPorts) { }
}

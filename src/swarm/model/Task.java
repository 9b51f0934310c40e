package swarm.model;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import swarm.json.Always;
import swarm.json.Hidden;
import swarm.json.Name;

/// One container to be run, once: a copy of its service's template, where it runs, what is wanted
/// of it and what is observed. Replicated tasks have a slot from 1 on; a replacement is a new task
/// in the same slot. `serviceName`, `serviceLabels` and `endpoint` are copied from the service, so
/// that the node can name the container, expand templates and bind ports; `specVersion` tells which
/// spec it was made from.
public record Task(@Name("ID") TaskId id, Version version, Instant createdAt, Instant updatedAt,
        @Always SortedMap<String, String> labels, TaskSpec spec,
        @Name("ServiceID") ServiceId serviceId, long slot,
        @Name("NodeID") Optional<NodeId> nodeId, TaskStatus status, TaskState desiredState,
        Optional<Version> jobIteration, @Hidden String serviceName,
        @Hidden SortedMap<String, String> serviceLabels,
        @Hidden Optional<EndpointSpec> endpoint, @Hidden Version specVersion)
        implements StoredObject {

    @Override public String key() {
        return id.text();
    }

    @Override public Kind kind() {
        return Kind.TASK;
    }

    @Override public Task stamped(Version version, Instant createdAt, Instant updatedAt) {
        return new Task(id, version, createdAt, updatedAt, labels, spec, serviceId, slot, nodeId,
                status, desiredState, jobIteration, serviceName, serviceLabels, endpoint,
                specVersion);
    }

    /// The same task with something else observed of it.
    public Task withStatus(TaskStatus status) {
        return new Task(id, version, createdAt, updatedAt, labels, spec, serviceId, slot, nodeId,
                status, desiredState, jobIteration, serviceName, serviceLabels, endpoint,
                specVersion);
    }

    /// The same task with something else wanted of it.
    public Task withDesired(TaskState desired) {
        return new Task(id, version, createdAt, updatedAt, labels, spec, serviceId, slot, nodeId,
                status, desired, jobIteration, serviceName, serviceLabels, endpoint,
                specVersion);
    }

    /// The same task on a node.
    public Task withNode(NodeId node) {
        return new Task(id, version, createdAt, updatedAt, labels, spec, serviceId, slot,
                Optional.of(node), status, desiredState, jobIteration, serviceName,
                serviceLabels, endpoint, specVersion);
    }

    /// Where it stands.
    public TaskState state() {
        return status.state();
    }

    /// Docker's name of the task and its container: `web.1.<task id>`; of a task without a slot,
    /// `web.<node id>.<task id>`.
    public String containerName() {
        String place = slot > 0 ? Long.toString(slot) : nodeId.map(NodeId::text).orElse("0");
        return serviceName + "." + place + "." + id.text();
    }
}

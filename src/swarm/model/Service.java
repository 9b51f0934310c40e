package swarm.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import swarm.json.Always;
import swarm.json.Hidden;
import swarm.json.Name;

/// A service: what is wanted, what was wanted before, and how the update between them stands.
/// `specVersion` is the version at which the task template last changed: tasks of the same
/// spec version are up to date without comparing.
public record Service(@Name("ID") ServiceId id, Version version, Instant createdAt,
        Instant updatedAt, ServiceSpec spec, Optional<ServiceSpec> previousSpec,
        Endpoint endpoint, Optional<UpdateStatus> updateStatus, Optional<JobStatus> jobStatus,
        @Hidden Version specVersion) implements StoredObject {

    /// The ports in force and the spec that they were given for.
    public record Endpoint(EndpointSpec spec, List<PortConfig> ports) {
        /// Of a service without ports.
        public static final Endpoint NONE = new Endpoint(EndpointSpec.UNSAID, List.of());
    }

    /// How a job's present iteration came about.
    public record JobStatus(Version jobIteration, @Always Instant lastExecution) { }

    @Override public String key() {
        return id.text();
    }

    @Override public Kind kind() {
        return Kind.SERVICE;
    }

    /// Storing sets the spec version too when it is [Version#NONE], which says "as of this change".
    @Override public Service stamped(Version version, Instant createdAt, Instant updatedAt) {
        Version made = specVersion.equals(Version.NONE) ? version : specVersion;
        return new Service(id, version, createdAt, updatedAt, spec, previousSpec, endpoint,
                updateStatus, jobStatus, made);
    }

    /// The same with another update status.
    public Service withUpdateStatus(UpdateStatus status) {
        return new Service(id, version, createdAt, updatedAt, spec, previousSpec, endpoint,
                Optional.of(status), jobStatus, specVersion);
    }

    /// The same with a new spec, the present one becoming the previous; no update is under way yet.
    public Service withSpec(ServiceSpec spec, Endpoint endpoint) {
        return new Service(id, version, createdAt, updatedAt, spec, Optional.of(this.spec),
                endpoint, Optional.empty(), jobStatus, Version.NONE);
    }

    /// The same back at a former spec, of which there is no former one.
    public Service rolledBack(ServiceSpec former, UpdateStatus status) {
        return new Service(id, version, createdAt, updatedAt, former, Optional.empty(), endpoint,
                Optional.of(status), jobStatus, Version.NONE);
    }
}

package swarm.model;

import java.util.Optional;
import java.util.SortedMap;
import swarm.json.Always;

/// What the user wants of a service. (Docker's `ServiceSpec`)
public record ServiceSpec(String name, @Always SortedMap<String, String> labels,
        TaskSpec taskTemplate, Optional<ServiceMode> mode, Optional<UpdateConfig> updateConfig,
        Optional<UpdateConfig> rollbackConfig, Optional<EndpointSpec> endpointSpec) {

    /// The mode in force: one replica when nothing is said.
    public ServiceMode modeOrReplicated() {
        return mode.orElse(new ServiceMode.Replicated(Optional.empty()));
    }

    /// The ports and resolution in force.
    public EndpointSpec endpoint() {
        return endpointSpec.orElse(EndpointSpec.UNSAID);
    }

    /// How an update goes.
    public UpdateConfig update() {
        return updateConfig.orElse(UpdateConfig.UNSAID);
    }

    /// How a rollback goes.
    public UpdateConfig rollback() {
        return rollbackConfig.orElse(UpdateConfig.UNSAID);
    }

    /// The same under another name.
    public ServiceSpec withName(String name) {
        return new ServiceSpec(name, labels, taskTemplate, mode, updateConfig, rollbackConfig,
                endpointSpec);
    }

    /// The same with another template.
    public ServiceSpec withTemplate(TaskSpec template) {
        return new ServiceSpec(name, labels, template, mode, updateConfig, rollbackConfig,
                endpointSpec);
    }
}

package swarm.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import swarm.model.ContainerSpec;
import swarm.model.EndpointSpec;
import swarm.model.Mount;
import swarm.model.Placement;
import swarm.model.PortConfig;
import swarm.model.ResourceRequirements;
import swarm.model.RestartPolicy;
import swarm.model.Service;
import swarm.model.ServiceMode;
import swarm.model.ServiceSpec;
import swarm.model.TaskSpec;
import swarm.model.UpdateConfig;

/// The two forms of a service's spec. As stored, what a client has left out stays out, but within
/// an object that it has given, Docker fills in some words: `any`, `pause`, `tcp`. As inspected
/// with defaults, everything in force is said. Two specs of one meaning are thus stored alike.
final class ServiceForm {
    private ServiceForm() { }

    /// A client's spec as it is stored.
    static ServiceSpec stored(ServiceSpec spec) {
        ServiceMode mode = switch (spec.modeOrReplicated()) {
            case ServiceMode.Replicated(Optional<Long> replicas) ->
                    new ServiceMode.Replicated(Optional.of(replicas.orElse(1L)));
            case ServiceMode.Global global -> global;
            case ServiceMode.ReplicatedJob job -> job;
            case ServiceMode.GlobalJob job -> job;
        };
        return new ServiceSpec(spec.name(), spec.labels(), stored(spec.taskTemplate()),
                Optional.of(mode), spec.updateConfig().map(ServiceForm::stored),
                spec.rollbackConfig().map(ServiceForm::stored),
                spec.endpointSpec().map(ServiceForm::stored));
    }

    private static TaskSpec stored(TaskSpec task) {
        return new TaskSpec(task.containerSpec().map(ServiceForm::stored),
                task.resources(), task.restartPolicy().map(ServiceForm::stored),
                task.placement(), task.logDriver(), task.forceUpdate(), "");
    }

    private static ContainerSpec stored(ContainerSpec container) {
        List<Mount> mounts = container.mounts().stream().map(mount -> new Mount(
                mount.type().or(() -> Optional.of(Mount.Type.BIND)), mount.source(),
                mount.target(), mount.readOnly(), mount.consistency(), mount.bindOptions(),
                mount.volumeOptions(), mount.tmpfsOptions())).toList();
        return container.expanded(container.hostname(), container.env(), mounts).withIsolation(
                container.isolation().isEmpty() ? "default" : container.isolation());
    }

    private static RestartPolicy stored(RestartPolicy policy) {
        return new RestartPolicy(Optional.of(policy.conditionOrAny()), policy.delay(),
                Optional.of(policy.attempts()), policy.window());
    }

    private static UpdateConfig stored(UpdateConfig config) {
        return new UpdateConfig(config.parallelism(), config.delay(),
                Optional.of(config.actionOrPause()), config.monitor(), config.maxFailureRatio(),
                Optional.of(config.orderOrStopFirst()));
    }

    private static EndpointSpec stored(EndpointSpec endpoint) {
        List<PortConfig> ports = endpoint.ports().stream()
                .map(port -> new PortConfig(port.name(),
                        port.protocolOrTcp().toLowerCase(Locale.ROOT), port.targetPort(),
                        port.publishedPort(), port.publishMode())).toList();
        return new EndpointSpec(endpoint.mode().or(() -> Optional.of(EndpointSpec.Mode.VIP)),
                ports);
    }

    /// A stored spec as it is inspected: Docker names the runtime in a service's template, though
    /// not in its tasks, which have the template as stored.
    static ServiceSpec shown(ServiceSpec spec) {
        TaskSpec task = spec.taskTemplate();
        return spec.withTemplate(new TaskSpec(task.containerSpec(), task.resources(),
                task.restartPolicy(), task.placement(), task.logDriver(), task.forceUpdate(),
                "container"));
    }

    /// The ports in force under a stored spec.
    static Service.Endpoint endpoint(ServiceSpec spec) {
        return spec.endpoint().ports().isEmpty() ? Service.Endpoint.NONE
                : new Service.Endpoint(spec.endpoint(), spec.endpoint().ports());
    }

    /// A stored spec with everything said that is in force.
    static ServiceSpec withDefaults(ServiceSpec spec) {
        return new ServiceSpec(spec.name(), spec.labels(), withDefaults(spec.taskTemplate()),
                spec.mode(), Optional.of(withDefaults(spec.update())),
                Optional.of(withDefaults(spec.rollback())), spec.endpointSpec());
    }

    private static TaskSpec withDefaults(TaskSpec task) {
        ContainerSpec container = task.container();
        RestartPolicy restart = task.restart();
        return new TaskSpec(Optional.of(withDefaults(container)),
                task.resources().or(() -> Optional.of(
                        new ResourceRequirements(Optional.empty(), Optional.empty()))),
                Optional.of(new RestartPolicy(Optional.of(restart.conditionOrAny()),
                        Optional.of(restart.delayNs()), Optional.of(restart.attempts()),
                        restart.window())),
                task.placement().or(() -> Optional.of(Placement.ANYWHERE)), task.logDriver(),
                task.forceUpdate(), task.runtime());
    }

    private static ContainerSpec withDefaults(ContainerSpec c) {
        return new ContainerSpec(c.image(), c.labels(), c.command(), c.args(), c.hostname(),
                c.env(), c.dir(), c.user(), c.groups(), c.stopSignal(), c.tty(), c.openStdin(),
                c.readOnly(), c.mounts(), Optional.of(c.graceNs()), c.healthcheck(), c.hosts(),
                c.dnsConfig().or(() -> Optional.of(
                        new ContainerSpec.DnsConfig(List.of(), List.of(), List.of()))),
                c.isolation(), c.init(), c.sysctls(), c.capabilityAdd(), c.capabilityDrop(),
                c.ulimits(), c.registryAuth());
    }

    private static UpdateConfig withDefaults(UpdateConfig config) {
        return new UpdateConfig(config.parallelism(), config.delay(),
                Optional.of(config.actionOrPause()),
                config.monitorNs(), config.maxFailureRatio(),
                Optional.of(config.orderOrStopFirst()));
    }
}

package swarm.api;

import java.util.Optional;
import java.util.TreeSet;
import swarm.model.ContainerSpec;
import swarm.model.Mount;
import swarm.model.Template;

/// What a container's spec may not say, in Docker's words. Templates are expanded once to see that
/// they can be; what an engine alone can judge is left to the engine.
/// (swarmkit manager/controlapi/service.go)
final class ContainerRules {
    private static final long HEALTH_TIME_MIN_NS = 1_000_000;

    private ContainerRules() { }

    /// The first rule that the spec breaks; empty when it is good.
    static Optional<String> broken(ContainerSpec spec) {
        return switch (Template.expand(spec, Template.Context.EMPTY)) {
            case Template.SpecExpansion.WrongSpec(String message) -> Optional.of(message);
            case Template.SpecExpansion.ExpandedSpec(ContainerSpec expanded) ->
                    image(expanded.image()).or(() -> mounts(expanded))
                            .or(() -> expanded.healthcheck().flatMap(ContainerRules::health))
                            .map(text -> "ContainerSpec: " + text);
        };
    }

    private static Optional<String> image(String image) {
        if (image.isEmpty()) {
            return Optional.of("image reference must be provided");
        }
        return ImageReference.valid(image) ? Optional.empty()
                : Optional.of("\"" + image + "\" is not a valid repository/tag");
    }

    private static Optional<String> mounts(ContainerSpec spec) {
        TreeSet<String> targets = new TreeSet<>();
        return spec.mounts().stream().map(Mount::target).filter(target -> !targets.add(target))
                .findFirst().map(target -> "duplicate mount point: " + target);
    }

    private static Optional<String> health(ContainerSpec.Healthcheck health) {
        return time("Interval", health.interval()).or(() -> time("Timeout", health.timeout()))
                .or(() -> time("StartPeriod", health.startPeriod()))
                .or(() -> time("StartInterval", health.startInterval()))
                .or(() -> health.retries() < 0
                        ? Optional.of("Retries in HealthConfig cannot be negative")
                        : Optional.empty());
    }

    private static Optional<String> time(String name, long ns) {
        return ns == 0 || ns >= HEALTH_TIME_MIN_NS ? Optional.empty()
                : Optional.of(name + " in HealthConfig cannot be less than 1ms");
    }
}

package swarm.api;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.TreeSet;
import swarm.model.Constraint;
import swarm.model.EndpointSpec;
import swarm.model.PortConfig;
import swarm.model.ResourceRequirements;
import swarm.model.Resources;
import swarm.model.RestartPolicy;
import swarm.model.ServiceMode;
import swarm.model.ServiceSpec;
import swarm.model.TaskSpec;
import swarm.model.UpdateConfig;

/// What a service's spec may not say, in Docker's words and in the order in which Docker looks; no
/// view is needed for it. The last rules are our own: what we do not carry yet is refused by name.
/// (swarmkit manager/controlapi/service.go)
final class ServiceRules {
    private static final int NAME_LENGTH_MAX = 63;
    private static final long MEMORY_MIN = 4L << 20;
    private static final long NANO_CPUS_MIN = 1_000_000;

    private ServiceRules() { }

    /// The answer to the first rule that the spec breaks; empty when it is good.
    static Optional<ApiAnswer> broken(ServiceSpec spec) {
        TaskSpec task = spec.taskTemplate();
        return runtime(task).map(text -> ApiAnswer.error(400, text))
                .or(() -> name(spec.name()).or(() -> resources(task)).or(() -> restart(task))
                        .map(Rpc.INVALID_ARGUMENT::error))
                .or(() -> constraints(task).map(Rpc.UNKNOWN::error))
                .or(() -> ContainerRules.broken(task.container()).or(() -> update(spec))
                        .or(() -> endpoint(spec.endpoint())).map(Rpc.INVALID_ARGUMENT::error))
                .or(() -> notCarried(spec));
    }

    private static Optional<String> runtime(TaskSpec task) {
        return switch (task.runtime()) {
            case "", "container" -> when(task.containerSpec().isEmpty(),
                    "mismatched Runtime and *Spec fields");
            case "plugin" -> Optional.of("mismatched Runtime and *Spec fields");
            default -> Optional.of("unsupported runtime");
        };
    }

    /// An empty name is no fault: one is drawn.
    private static Optional<String> name(String name) {
        boolean plain = name.chars().allMatch(c -> alphanumeric(c) || c == '-' || c == '_');
        boolean component = name.isEmpty() || plain && alphanumeric(name.charAt(0))
                && alphanumeric(name.charAt(name.length() - 1));
        return when(!component, "name must be valid as a DNS name component")
                .or(() -> when(name.length() > NAME_LENGTH_MAX,
                        "name must be 63 characters or fewer"));
    }

    private static boolean alphanumeric(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static Optional<String> resources(TaskSpec task) {
        Optional<ResourceRequirements> given = task.resources();
        return given.flatMap(ResourceRequirements::limits)
                .flatMap(limit -> resources(limit.memoryBytes(), limit.nanoCpus()))
                .or(() -> given.flatMap(ResourceRequirements::reservations)
                        .flatMap((Resources r) -> resources(r.memoryBytes(), r.nanoCpus())));
    }

    private static Optional<String> resources(long memory, long nanoCpus) {
        return when(memory != 0 && memory < MEMORY_MIN,
                "invalid memory value " + memory + ": Must be at least 4MiB")
                .or(() -> when(nanoCpus != 0 && nanoCpus < NANO_CPUS_MIN, "invalid cpu value "
                        + cores(nanoCpus) + ": Must be at least 0.001"));
    }

    /// Billionths of a core as Go prints the number of cores: `4.2e-08`, `0.0001`, `-1`.
    private static String cores(long nanoCpus) {
        BigDecimal cores = BigDecimal.valueOf(nanoCpus, 9).stripTrailingZeros();
        int exponent = cores.precision() - cores.scale() - 1;
        if (exponent >= -4 && exponent <= 5) {
            return cores.toPlainString();
        }
        String digits = cores.movePointLeft(exponent).toPlainString();
        return digits + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    private static Optional<String> restart(TaskSpec task) {
        RestartPolicy restart = task.restart();
        return when(restart.delayNs() < 0, "TaskSpec: restart-delay cannot be negative")
                .or(() -> when(restart.windowNs() < 0,
                        "TaskSpec: restart-window cannot be negative"));
    }

    private static Optional<String> constraints(TaskSpec task) {
        Optional<String> wrong = Optional.empty();
        for (String text : task.constraints()) {
            wrong = wrong.or(() -> switch (Constraint.parse(text)) {
                case Constraint.Parsed.Valid _ -> Optional.empty();
                case Constraint.Parsed.Invalid(String message) -> Optional.of(message);
            });
        }
        return wrong;
    }

    private static Optional<String> update(ServiceSpec spec) {
        UpdateConfig update = spec.update();
        boolean job = switch (spec.modeOrReplicated()) {
            case ServiceMode.Replicated _, ServiceMode.Global _ -> false;
            case ServiceMode.ReplicatedJob _, ServiceMode.GlobalJob _ -> true;
        };
        return when(job && spec.updateConfig().isPresent(), "Jobs may not have an update config")
                .or(() -> when(update.delay() < 0, "TaskSpec: update-delay cannot be negative"))
                .or(() -> when(update.monitor() < 0,
                        "TaskSpec: update-monitor cannot be negative"))
                .or(() -> when(update.maxFailureRatio() < 0 || update.maxFailureRatio() > 1,
                        "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1"));
    }

    private static Optional<String> endpoint(EndpointSpec endpoint) {
        boolean roundRobin = endpoint.mode().equals(Optional.of(EndpointSpec.Mode.DNSRR));
        TreeSet<String> published = new TreeSet<>();
        for (PortConfig port : endpoint.ports()) {
            if (roundRobin && !port.onHost()) {
                return Optional.of("EndpointSpec: port published with ingress mode can't be used "
                        + "with dnsrr mode");
            }
            if (port.publishedPort() != 0
                    && !published.add(port.publishedPort() + "/" + port.protocolOrTcp())) {
                return Optional.of("EndpointSpec: duplicate published ports provided");
            }
        }
        return Optional.empty();
    }

    private static Optional<ApiAnswer> notCarried(ServiceSpec spec) {
        Optional<String> mode = switch (spec.modeOrReplicated()) {
            case ServiceMode.Replicated _, ServiceMode.Global _ -> Optional.empty();
            case ServiceMode.ReplicatedJob _ -> Optional.of("the mode replicated-job");
            case ServiceMode.GlobalJob _ -> Optional.of("the mode global-job");
        };
        boolean ingress = !spec.endpoint().ports().stream().allMatch(PortConfig::onHost);
        return mode.or(() -> when(ingress, "publishing a port in mode ingress (use mode=host)"))
                .or(() -> spec.endpoint().ports().stream().map(PortConfig::protocolOrTcp)
                        .filter(protocol -> !protocol.matches("(?i)tcp|udp|sctp")).findFirst()
                        .map(protocol -> "the port protocol \"" + protocol + "\""))
                .map(Messages::notCarried);
    }

    private static Optional<String> when(boolean broken, String message) {
        return broken ? Optional.of(message) : Optional.empty();
    }
}

package swarm.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import swarm.json.Hidden;
import swarm.json.Name;

/// The container of a task, in the fields of Docker's `ContainerSpec`. `command` is the entry point
/// and `args` the words after it; durations are nanoseconds. What an engine alone can judge (a
/// signal's name, a capability) stays text here. `registryAuth` is what the client gave for pulling
/// the image (the X-Registry-Auth header of Docker's API); it is kept, and never shown.
public record ContainerSpec(String image, SortedMap<String, String> labels, List<String> command,
        List<String> args, String hostname, List<String> env, String dir, String user,
        List<String> groups, String stopSignal, @Name("TTY") boolean tty, boolean openStdin,
        boolean readOnly, List<Mount> mounts, Optional<Long> stopGracePeriod,
        Optional<Healthcheck> healthcheck, List<String> hosts,
        @Name("DNSConfig") Optional<DnsConfig> dnsConfig, String isolation,
        Optional<Boolean> init, SortedMap<String, String> sysctls, List<String> capabilityAdd,
        List<String> capabilityDrop, List<Ulimit> ulimits, @Hidden String registryAuth) {

    /// How long a container has between the stop signal and being killed, when nothing is said.
    public static final long STOP_GRACE_NS = 10_000_000_000L;

    /// Name servers, search domains and options of the container's resolver.
    public record DnsConfig(List<String> nameservers, List<String> search,
            List<String> options) { }

    /// How the engine tests the container's health; times are nanoseconds.
    public record Healthcheck(List<String> test, long interval, long timeout, long startPeriod,
            long startInterval, long retries) { }

    /// One resource limit of the container's processes.
    public record Ulimit(String name, long hard, long soft) { }

    /// The grace period in force.
    public long graceNs() {
        return stopGracePeriod.orElse(STOP_GRACE_NS);
    }

    /// The same with another host name, environment and mounts, their templates expanded.
    public ContainerSpec expanded(String hostname, List<String> env, List<Mount> mounts) {
        return new ContainerSpec(image, labels, command, args, hostname, env, dir, user, groups,
                stopSignal, tty, openStdin, readOnly, mounts, stopGracePeriod, healthcheck, hosts,
                dnsConfig, isolation, init, sysctls, capabilityAdd, capabilityDrop, ulimits,
                registryAuth);
    }

    /// The same with an isolation technology.
    public ContainerSpec withIsolation(String isolation) {
        return new ContainerSpec(image, labels, command, args, hostname, env, dir, user, groups,
                stopSignal, tty, openStdin, readOnly, mounts, stopGracePeriod, healthcheck, hosts,
                dnsConfig, isolation, init, sysctls, capabilityAdd, capabilityDrop, ulimits,
                registryAuth);
    }

    /// The same with another word for the registry.
    public ContainerSpec withRegistryAuth(String registryAuth) {
        return new ContainerSpec(image, labels, command, args, hostname, env, dir, user, groups,
                stopSignal, tty, openStdin, readOnly, mounts, stopGracePeriod, healthcheck, hosts,
                dnsConfig, isolation, init, sysctls, capabilityAdd, capabilityDrop, ulimits,
                registryAuth);
    }
}

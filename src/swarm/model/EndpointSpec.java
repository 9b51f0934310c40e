package swarm.model;

import java.util.List;
import java.util.Optional;

/// How a service is reached: the kind of name resolution and the published ports.
public record EndpointSpec(Optional<Mode> mode, List<PortConfig> ports) {
    /// Nothing said.
    public static final EndpointSpec UNSAID = new EndpointSpec(Optional.empty(), List.of());

    /// One virtual address, or the tasks' own by DNS round robin.
    public enum Mode { VIP, DNSRR }

    /// The ports bound on the node itself.
    public List<PortConfig> hostPorts() {
        return ports.stream().filter(PortConfig::onHost).toList();
    }
}

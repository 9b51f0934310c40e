package swarm.model;

import java.util.Optional;

/// One published port. `publishedPort` 0 leaves the number to the swarm (ingress) or to the engine
/// (host). (Docker's `PortConfig`)
public record PortConfig(String name, String protocol, long targetPort, long publishedPort,
        Optional<PublishMode> publishMode) {

    /// On every node, or on the task's own only.
    public enum PublishMode { INGRESS, HOST }

    /// The protocol in force.
    public String protocolOrTcp() {
        return protocol.isEmpty() ? "tcp" : protocol;
    }

    /// Whether it is bound on the task's own node.
    public boolean onHost() {
        return publishMode.equals(Optional.of(PublishMode.HOST));
    }
}

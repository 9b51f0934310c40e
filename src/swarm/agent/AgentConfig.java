package swarm.agent;

import swarm.model.NodeId;
import swarm.model.TlsInfo;

/// Who an agent is. `boot` is drawn when the process starts: it tells a machine that comes back
/// from another machine with the same identity.
public record AgentConfig(NodeId node, String clusterId, String boot, String hostname,
        TlsInfo tlsInfo) { }

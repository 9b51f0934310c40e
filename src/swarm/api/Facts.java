package swarm.api;

import java.util.Optional;
import java.util.SortedMap;
import swarm.model.NodeId;

/// What a reader must know beside the store: which node answers, who leads, and which managers the
/// leader hears.
public record Facts(NodeId self, Optional<NodeId> leader, SortedMap<NodeId, Boolean> reachable) { }

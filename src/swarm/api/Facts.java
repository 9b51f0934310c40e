package swarm.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SortedMap;
import swarm.model.NodeId;

/// What a reader must know beside the store: which node answers, who leads, which managers are
/// heard, as far as the one that answers listens to them, what keeps the swarm from having a leader
/// (empty if nothing does), and as of when the store is surely current.
public record Facts(NodeId self, Optional<NodeId> leader, SortedMap<NodeId, Boolean> reachable,
        String trouble, Instant asOf) {
    /// What whoever is given a view that may be old is told with it.
    public String staleness() {
        return "as of " + asOf.truncatedTo(ChronoUnit.SECONDS)
                + (trouble.isEmpty() ? "" : ", no leader");
    }
}

package swarm.api;

import java.util.List;
import java.util.Optional;
import swarm.model.ClusterSpec;
import swarm.model.LogOptions;
import swarm.model.Node;

/// Where a request goes, found without looking at any state. Whatever could be refused without a
/// view has been.
public sealed interface Route {
    /// Answered at once: it is wrong whatever the state is.
    record Refused(ApiAnswer answer) implements Route { }

    /// What a manager answers; all but what is stale only when it is asked by, or asks, a leader.
    sealed interface Swarm extends Route { }

    /// A read of the swarm's state.
    record Read(Query query) implements Swarm { }

    /// A read of what this manager holds of the state, which may be old, and is marked as such.
    record Stale(Query query) implements Swarm { }

    /// A write to the swarm's state.
    record Write(Deed deed) implements Swarm { }

    /// A step in this node's own membership.
    record Lifecycle(Step step) implements Route { }

    /// The output of a service's tasks or of one task.
    record Logs(LogTarget target) implements Route { }

    /// About this daemon itself.
    record Local(Kind kind) implements Route { }

    /// None of the swarm's: the engine's business, to be handed on as it is.
    record PassThrough() implements Route { }

    /// What a daemon is asked of itself.
    enum Kind { PING, VERSION, INFO }

    /// Joining, leaving and unlocking.
    sealed interface Step { }

    /// Found a swarm here.
    record Init(String listenAddr, String advertiseAddr, String dataPathAddr, long dataPathPort,
            boolean forceNewCluster, Optional<ClusterSpec> spec, boolean autoLockManagers,
            Optional<Node.Availability> availability, List<String> defaultAddrPool,
            long subnetSize) implements Step { }

    /// Join a swarm.
    record Join(String listenAddr, String advertiseAddr, String dataPathAddr,
            List<String> remoteAddrs, String joinToken, Optional<Node.Availability> availability)
            implements Step { }

    /// Leave the swarm.
    record Leave(boolean force) implements Step { }

    /// Unlock a locked manager.
    record Unlock(String unlockKey) implements Step { }

    /// Whose output, and which part of it.
    record LogTarget(boolean task, String id, LogOptions options) { }
}

package swarm.dispatcher;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.model.NodeId;

/// How often each node registered of late: more than three times within eight seconds is refused,
/// since each costs a commit. (swarmkit manager/dispatcher/nodes.go)
final class Registrations {
    private static final int COUNT_MAX = 3;
    private static final long WITHIN_MS = 8_000;

    /// Of each node, when its last registrations were admitted, oldest first.
    private final SortedMap<NodeId, Deque<Long>> admitted = new TreeMap<>();

    /// Whether the node may register now, which then counts.
    boolean admit(NodeId node, long now) {
        Deque<Long> times = admitted.computeIfAbsent(node, _ -> new ArrayDeque<>());
        times.removeIf(time -> now - time >= WITHIN_MS);
        if (times.size() >= COUNT_MAX) {
            return false;
        }
        times.add(now);
        return true;
    }

    void forget(NodeId node) {
        admitted.remove(node);
    }
}

package swarm.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.model.NodeId;

/// Until when each node may be silent. A node is down after three missed heartbeats; one that this
/// leader has never heard has some more time, since all of them come at once. When this process
/// itself did not run, what it did not hear then is held against nobody.
final class Liveness {
    static final int MISSED = 3;

    /// So much more for each known node, when a new leader hears them all for the first time.
    private static final long SETTLING_MS_PER_NODE = 10;

    /// A silence of the loop itself that moves all deadlines; the loop ticks twice as often.
    private static final long GAP_MS = 500;

    private static final long TICK_MS = 250;
    private static final long ORPHANED_MS = 24 * 3_600_000L;
    private static final long NEVER = Long.MAX_VALUE;

    /// When each node that is not down will be, in monotonic ms; moved by every heartbeat.
    private final SortedMap<NodeId, Long> deadlines = new TreeMap<>();

    /// When the tasks of each node that is down are given up, in monotonic ms.
    private final SortedMap<NodeId, Long> orphans = new TreeMap<>();

    /// When the loop last ran, in monotonic ms.
    private long ranAt = NEVER;

    /// The loop runs.
    void ran(long now) {
        if (ranAt != NEVER && now - ranAt > GAP_MS) {
            long gap = now - ranAt;
            deadlines.replaceAll((_, deadline) -> deadline + gap);
        }
        ranAt = now;
    }

    /// A node that this leader has not heard yet.
    void unheard(NodeId node, long now, long periodMs, int nodes) {
        deadlines.put(node, now + MISSED * periodMs + SETTLING_MS_PER_NODE * nodes);
    }

    void heard(NodeId node, long now, long periodMs) {
        deadlines.put(node, now + MISSED * periodMs);
        orphans.remove(node);
    }

    void down(NodeId node, long now) {
        deadlines.remove(node);
        orphans.putIfAbsent(node, now + ORPHANED_MS);
    }

    /// The node has said goodbye.
    void left(NodeId node) {
        down(node, ranAt);
    }

    void forget(NodeId node) {
        deadlines.remove(node);
        orphans.remove(node);
    }

    /// The nodes whose time is up; they stay until they are said to be down.
    List<NodeId> silent(long now) {
        return due(deadlines, now);
    }

    /// The nodes down for so long that their tasks are given up.
    List<NodeId> lost(long now) {
        return due(orphans, now);
    }

    /// The node's tasks are given up.
    void orphaned(NodeId node) {
        orphans.put(node, NEVER);
    }

    long deadline() {
        long next = deadlines.isEmpty() || ranAt == NEVER ? NEVER : ranAt + TICK_MS;
        for (long orphan : orphans.values()) {
            next = Math.min(next, orphan);
        }
        return next;
    }

    private static List<NodeId> due(SortedMap<NodeId, Long> times, long now) {
        List<NodeId> due = new ArrayList<>();
        times.forEach((node, time) -> {
            if (time <= now) {
                due.add(node);
            }
        });
        return due;
    }
}

package swarm.agent;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.model.ContainerSpec;

/// Containers with our own label that no assigned task stands for: left by a task that was removed
/// while this node was away. Each is stopped with the default grace, then removed.
final class Strays {
    private static final long RETRY_MS = 1_000;
    private static final long RETRY_MAX_MS = 8_000;

    /// By container id, until removed.
    private final SortedMap<String, Stray> strays = new TreeMap<>();

    private static final class Stray {
        private final Backoff backoff = new Backoff(RETRY_MS, RETRY_MAX_MS);

        /// Whether it is still to be stopped; cleared when the stop is answered.
        private boolean alive;

        /// Whether a call for it is under way.
        private boolean busy;

        Stray(boolean alive) {
            this.alive = alive;
        }
    }

    /// Takes charge of a container; false if it has charge already.
    boolean add(Container container) {
        return strays.putIfAbsent(container.id(), new Stray(container.alive())) == null;
    }

    /// The next call that may be made now, and the container that it is for.
    Optional<Map.Entry<String, EngineCall>> wants(long now) {
        for (var entry : strays.entrySet()) {
            Stray stray = entry.getValue();
            if (!stray.busy && stray.backoff.due(now)) {
                String id = entry.getKey();
                return Optional.of(Map.entry(id, stray.alive
                        ? new EngineCall.Stop(id, ContainerSpec.STOP_GRACE_NS)
                        : new EngineCall.Remove(id)));
            }
        }
        return Optional.empty();
    }

    void calls(String id) {
        strays.get(id).busy = true;
    }

    void onAnswer(String id, EngineCall made, EngineAnswer answer, long now) {
        Stray stray = strays.get(id);
        stray.busy = false;
        if (answer instanceof EngineAnswer.Failed failed) {
            if (failed.cause() == EngineAnswer.Cause.NOT_FOUND) {
                strays.remove(id);
            } else {
                stray.backoff.failed(now);
            }
        } else if (made instanceof EngineCall.Stop) {
            stray.alive = false;
        } else {
            strays.remove(id);
        }
    }

    long deadline(long now) {
        return strays.values().stream().filter(stray -> !stray.busy)
                .mapToLong(stray -> stray.backoff.deadline(now)).min().orElse(Long.MAX_VALUE);
    }
}

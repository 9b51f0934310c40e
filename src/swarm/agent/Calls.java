package swarm.agent;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import swarm.engine.EngineCall;
import swarm.model.TaskId;

/// The calls under way, whose they are, and how many of each kind may be. Eight at a time is what
/// an engine gains from; a stop works for nobody but waits out its grace, and a pull waits for a
/// registry, so these two have bounds of their own and hold up nothing else.
final class Calls {
    private static final int WORKING_MAX = 8;
    private static final int STOPPING_MAX = 128;
    private static final int PULLING_MAX = 4;

    /// Whose call it is.
    sealed interface Caller {
        /// A task's machine.
        record OfTask(TaskId task) implements Caller { }

        /// A container without a task.
        record OfStray(String containerId) implements Caller { }

        /// The agent's own look at its engine.
        record OfWatch() implements Caller { }
    }

    /// A call under way.
    record Pending(Caller caller, EngineCall call) { }

    private enum Lane { WORKING, STOPPING, PULLING }

    /// By number, until answered.
    private final Map<Long, Pending> pending = new TreeMap<>();

    /// How many of each lane are under way.
    private final Map<Lane, Integer> busy = new EnumMap<>(Lane.class);

    /// The number of the last call.
    private long last;

    boolean room(EngineCall call) {
        int most = switch (lane(call)) {
            case WORKING -> WORKING_MAX;
            case STOPPING -> STOPPING_MAX;
            case PULLING -> PULLING_MAX;
        };
        return busy.getOrDefault(lane(call), 0) < most;
    }

    long start(Caller caller, EngineCall call) {
        last++;
        pending.put(last, new Pending(caller, call));
        busy.merge(lane(call), 1, Integer::sum);
        return last;
    }

    Optional<Pending> end(long id) {
        Optional<Pending> ended = Optional.ofNullable(pending.remove(id));
        ended.ifPresent(call -> busy.merge(lane(call.call()), -1, Integer::sum));
        return ended;
    }

    private static Lane lane(EngineCall call) {
        return switch (call) {
            case EngineCall.Stop _ -> Lane.STOPPING;
            case EngineCall.EnsureImage _ -> Lane.PULLING;
            case EngineCall.Describe _, EngineCall.ListContainers _, EngineCall.Inspect _,
                    EngineCall.Create _, EngineCall.Start _, EngineCall.Remove _ -> Lane.WORKING;
        };
    }
}

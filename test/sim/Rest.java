package sim;

import java.util.TreeMap;
import swarm.engine.Container;

/// What runs where while nothing happens: every container that lives, and how often it was started.
record Rest(TreeMap<String, Integer> starts) {
    static Rest of(ClusterWorld world) {
        TreeMap<String, Integer> starts = new TreeMap<>();
        for (Machine machine : world.machines()) {
            for (Container box : machine.engine.containers()) {
                if (box.alive() && !box.name().startsWith(ClusterOracle.CRASHES)) {
                    starts.put(machine.number + "/" + box.name(),
                            machine.engine.starts(box.name()));
                }
            }
        }
        return new Rest(starts);
    }

    /// A change of leader restarts nothing that is healthy.
    void same(Rest after) {
        Violation.unless(starts.equals(after.starts),
                "a change of leader changed what runs: " + starts + ", then " + after.starts);
    }
}

package sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Whole swarms through one bad time each, and one of them twice; `make sim WORLD=cluster` is the
/// campaign.
final class ClusterSimulationTest {
    private static final int SEEDS = 3;
    /// A run is never shorter than one bad time and the calm after it.
    private static final long ONE_BAD_TIME = 1;

    @Test void everythingHoldsInAllSeeds() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            ClusterWorld.Summary summary = run(seed);
            assertTrue(summary.faultCount() > 0 && summary.tasks() > 0, summary.toString());
        }
    }

    /// Nothing but the seed decides.
    @Test void oneSeedIsOneHistory() {
        assertEquals(run(5).toString(), run(5).toString());
    }

    private static ClusterWorld.Summary run(long seed) {
        ClusterWorld world = new ClusterWorld(seed);
        try {
            return world.run(ONE_BAD_TIME);
        } catch (RuntimeException e) {
            throw new AssertionError("make sim WORLD=cluster SEED=" + seed + " N=1\n"
                    + world.tail(60), e);
        }
    }
}

package sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whole clusters through bad times, seed by seed; `make sim` gives each ten minutes. A seed that
/// fails is repeated with `make sim SEED=… N=1` and then joins seeds.txt with its story.
final class RaftSimulationTest {
    private static final int SEEDS = 200;

    /// A run is never shorter than 30 to 60 bad seconds and the calm after them.
    private static final long ONE_BAD_TIME = 1;

    @Test void everythingHoldsInAllSeeds() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed, ONE_BAD_TIME);
        }
    }

    @Test void everythingHoldsInSeedsThatOnceFailed() {
        Path file = Path.of(System.getProperty("test.dir", "test"), "sim", "seeds.txt");
        try {
            List<String> lines = Files.readAllLines(file);
            lines.stream().filter(line -> !line.startsWith("#") && !line.isBlank())
                .forEach(line -> run(Long.parseLong(line.split(" ")[0]), 600));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing but the seed decides, and one run is worth running.
    @Test void oneSeedIsOneHistory() {
        RaftWorld.Summary first = run(7, 600);
        assertEquals(first.toString(), run(7, 600).toString());
        assertTrue(first.events() >= 5000, first.toString());
        assertTrue(first.faultCount() >= 20 && first.faults().size() >= 6, first.toString());
        assertTrue(first.leaders() >= 2 && first.virtualMs() >= 600_000, first.toString());
    }

    private static RaftWorld.Summary run(long seed, long virtualSeconds) {
        RaftWorld world = new RaftWorld(seed);
        try {
            return world.run(virtualSeconds);
        } catch (RuntimeException e) {
            throw new AssertionError("make sim SEED=" + seed + " N=1\n" + world.tail(60), e);
        }
    }
}

package e2e;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A daemon killed at any moment loses nothing, restarts nothing, and finishes what it had begun.
/// `CrashSlow` does the same for longer. F01, F03, F05, F07, F54.
class CrashTest {
    /// Of the short campaign, which is the same each time.
    private static final long SEED = 20_261_122;

    @Test
    void killedDaemonKeepsItsWordWithProcesses() throws IOException {
        try (Lab lab = Lab.ofProcesses()) {
            run(lab, "", 4, 10);
        }
    }

    /// Kills the daemon so often under the load of so many clients; says with which seed.
    static void run(Lab lab, String engineHost, int clients, int kills) throws IOException {
        long seed = Long.getLong("swarm.seed", System.nanoTime());
        try {
            System.out.println(new Crashes(lab, engineHost, clients, new Random(seed)).run(kills));
        } catch (AssertionError wrong) {
            throw new AssertionError("with seed " + seed + ", " + wrong.getMessage(), wrong);
        }
    }
}

package e2e;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// `CrashTest` for long, and with real containers.
class CrashSlow {
    private static final int KILLS_WITH_PROCESSES = 200;
    private static final int KILLS_WITH_CONTAINERS = 20;

    @Test
    void killedDaemonKeepsItsWordWithProcesses() throws IOException {
        try (Lab lab = Lab.ofProcesses()) {
            CrashTest.run(lab, "", 4, Integer.getInteger("swarm.kills", KILLS_WITH_PROCESSES));
        }
    }

    @Test
    void killedDaemonKeepsItsWordWithContainers() throws IOException {
        String engine = TestEngine.address();
        try (Lab lab = Lab.ofContainers(engine)) {
            CrashTest.run(lab, engine, 3, KILLS_WITH_CONTAINERS);
        }
    }
}

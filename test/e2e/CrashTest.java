package e2e;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A daemon killed at any moment loses nothing, restarts nothing, and finishes what it had begun.
/// `make crashes` does the same for longer and with any seed. F01, F03, F05, F07, F54.
@Tag("e2e")
class CrashTest {
    private static final long SEED = 1;

    @Test
    void killedDaemonKeepsItsWordWithProcesses() throws IOException {
        System.out.println(CrashCampaign.withProcesses(SEED, 12));
    }

    @Test
    void killedDaemonKeepsItsWordWithContainers() throws IOException {
        System.out.println(CrashCampaign.withContainers(SEED, 3));
    }
}

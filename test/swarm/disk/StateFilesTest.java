package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sim.SimDisk;

/// A small file is the old one or the new one, whatever happens (F02, F38).
class StateFilesTest {
    private static Optional<String> text(SimDisk disk) throws IOException {
        return new StateFiles(disk).read("node").map(bytes ->
            new String(bytes, StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(String text) {
        return text.repeat(300).getBytes(StandardCharsets.US_ASCII);
    }

    @Test void crashAtEachStepLeavesTheOldBytesOrTheNewOnes() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            boolean finished = false;
            for (int step = 0; !finished; step++) {
                SimDisk disk = new SimDisk(seed * 100 + step);
                new StateFiles(disk).replace("node", bytes("old"));
                disk.crashAfter(step);
                finished = replaces(disk);
                disk.crash();
                String found = text(disk).orElseThrow();
                String renewed = "new".repeat(300);
                assertTrue(found.equals(renewed) || !finished && found.equals("old".repeat(300)));
            }
        }
    }

    private static boolean replaces(SimDisk disk) throws IOException {
        try {
            new StateFiles(disk).replace("node", bytes("new"));
            return true;
        } catch (SimDisk.Crashed cut) {
            return false;
        }
    }

    @Test void removedFileStaysRemoved() throws IOException {
        SimDisk disk = new SimDisk(3);
        StateFiles files = new StateFiles(disk);
        files.replace("node", bytes("old"));
        files.remove("node");
        files.remove("node");
        disk.crash();
        assertEquals(Optional.empty(), text(disk));
    }
}

package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import sim.SimDisk;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;

/// The worked example of swarm-state(5) is what the code writes.
class ManualTest {
    private static final HardState STATE = new HardState(1, Optional.of(new MemberId(0x2a)));
    private static final Entry ENTRY = new Entry(1, 1, Entry.Kind.COMMAND,
        "hello".getBytes(StandardCharsets.US_ASCII));

    private static List<String> page() throws IOException {
        Path tests = Path.of(System.getProperty("test.dir", "test"));
        return Files.readAllLines(tests.resolveSibling("man").resolve("swarm-state.5"));
    }

    /// The page's salt instead of chance.
    private static final class PageSalt implements RandomGenerator {
        @Override public long nextLong() {
            throw new AssertionError("only a salt is drawn");
        }

        @Override public void nextBytes(byte[] salt) {
            for (int i = 0; i < salt.length; i++) {
                salt[i] = (byte) (0xa0 + i);
            }
        }
    }

    private static String dump(byte[] bytes, int offset) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        return HexFormat.of().toHexDigits((short) offset) + "  "
            + hex.formatHex(bytes, offset, offset + 8) + "  "
            + hex.formatHex(bytes, offset + 8, offset + 16);
    }

    @Test void segmentIsTheOneOnThePage() throws IOException {
        byte[] key = new byte[Seal.KEY_BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        SimDisk disk = new SimDisk(1);
        Wal wal = Wal.create(disk, new Seal(key, new PageSalt()), 4096);
        wal.saveHardState(STATE);
        wal.append(List.of(ENTRY));
        wal.sync();
        byte[] bytes = disk.contents("log-0000000000000001");
        List<String> shown = page().stream().filter(l -> l.matches("[0-9a-f]{4} ( [0-9a-f]{2}.*)"))
            .toList();
        assertEquals(22, shown.size());
        for (int line = 0; line < shown.size(); line++) {
            assertEquals(dump(bytes, 16 * line), shown.get(line));
        }
        assertEquals(4096, bytes.length);
        assertTrue(Arrays.equals(new byte[4096 - 352], 0, 4096 - 352, bytes, 352, 4096));
    }

    @Test void unsealedRecordsAreTheOnesOnThePage() throws IOException {
        String page = String.join("", page()).replace(" ", "");
        for (LogRecord unit : List.of(new LogRecord.Head(0, 0, 1, HardState.START, 1),
            new LogRecord.State(STATE), new LogRecord.Added(ENTRY))) {
            String hex = HexFormat.of().formatHex(unit.encode());
            assertTrue(page.contains(hex), hex);
        }
    }
}

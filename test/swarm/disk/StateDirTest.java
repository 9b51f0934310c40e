package swarm.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may use a state directory, and what every refusal says.
class StateDirTest {
    @TempDir Path temporary;
    private Path root;

    @BeforeEach void name() {
        root = temporary.resolve("deep/state");
    }

    private String refusal() {
        String sentence = assertThrows(IOException.class, () -> StateDir.open(root)).getMessage();
        assertTrue(sentence.contains(root.toString()), sentence);
        assertTrue(sentence.indexOf('\n') < 0, sentence);
        return sentence;
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test void directoryIsMadeForItsOwnerAlone() throws IOException {
        try (StateDir state = StateDir.open(root)) {
            state.log();
            state.dataKey(new Random(1));
            assertEquals("rwx------", permissions(root));
            assertEquals("rwx------", permissions(root.resolve("raft")));
            assertEquals("rw-------", permissions(root.resolve("data.key")));
        }
    }

    @Test void openDirectoryIsClosedToOthers() throws IOException {
        Files.createDirectories(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        StateDir.open(root).close();
        assertEquals("rwx------", permissions(root));
    }

    @Test void secondDaemonIsRefusedByProcess() throws IOException {
        try (StateDir first = StateDir.open(root)) {
            assertTrue(first.files().read("format").isPresent());
            assertTrue(refusal().endsWith("process " + ProcessHandle.current().pid()));
        }
        StateDir.open(root).close();
    }

    @Test void directoryOfAnotherUserIsRefusedNamingBoth() throws IOException {
        Files.createDirectories(root);
        assumeTrue("root".equals(Files.getOwner(root).getName()), "only root can give files away");
        Files.setOwner(root, root.getFileSystem().getUserPrincipalLookupService()
            .lookupPrincipalByName("nobody"));
        String sentence = refusal();
        assertTrue(sentence.contains("user nobody") && sentence.contains("user root"), sentence);
    }

    @Test void otherFormatIsRefusedByName() throws IOException {
        try (StateDir state = StateDir.open(root)) {
            state.files().replace("format", "swarm-state 2\n".getBytes());
        }
        assertTrue(refusal().contains("\"swarm-state 2\""));
        assertTrue(refusal().contains("\"swarm-state 2\""), "and the lock was given back");
    }

    @Test void someoneElsesFilesAreNotTouched() throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve("letters.txt"), "dear");
        assertTrue(refusal().contains("letters.txt"));
        assertEquals("dear", Files.readString(root.resolve("letters.txt")));
    }

    @Test void logOfADaemonThatIsBeingStartedIsNoStrangersFile() throws IOException {
        Files.createDirectories(root);
        Files.writeString(root.resolve(StateDir.LOG_FILE), "");
        StateDir.open(root).close();
    }

    @Test void fileInTheWayIsRefused() throws IOException {
        Files.createDirectories(root.getParent());
        Files.writeString(root, "");
        assertTrue(refusal().contains("not a directory"));
    }

    @Test void dataKeyIsDrawnOnceAndNeverReplacedUnderALog() throws IOException {
        try (StateDir state = StateDir.open(root)) {
            byte[] key = state.dataKey(new Random(1));
            assertArrayEquals(key, state.dataKey(new Random(2)));
            state.log().create("log-0000000000000001").close();
            state.files().remove("data.key");
            assertThrows(DamagedLog.class, () -> state.dataKey(new Random(3)));
            state.files().replace("data.key", new byte[5]);
            assertThrows(DamagedLog.class, () -> state.dataKey(new Random(3)));
        }
    }

    @Test void wipeLeavesWhatARunningDaemonNeeds() throws IOException {
        try (StateDir state = StateDir.open(root)) {
            fill(state);
            state.wipe();
            assertEquals(List.of("format", "lock", "swarm.log", "tasks"), names());
            assertEquals(Optional.empty(), state.files().read("data.key"));
        }
    }

    @Test void interruptedWipeIsFinishedByTheNextStart() throws IOException {
        try (StateDir state = StateDir.open(root)) {
            fill(state);
            state.files().replace("leaving", new byte[0]);
        }
        StateDir.open(root).close();
        assertEquals(List.of("format", "lock", "swarm.log", "tasks"), names());
    }

    private void fill(StateDir state) throws IOException {
        state.dataKey(new Random(1));
        state.log().create("log-0000000000000001").close();
        state.files().replace("node", new byte[3]);
        Files.createDirectories(state.path(StateDir.TASKS).resolve("abc/def"));
        Files.writeString(state.path(StateDir.TASKS).resolve("abc/def/pid"), "1");
        Files.writeString(state.path(StateDir.LOG_FILE), "");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> there = Files.list(root)) {
            return there.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}

package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bench.Bench;
import bench.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is run by hand and for long (`make sim`, `mutants`, `bench`, `crashes`), in a short round,
/// so that it can be relied on when it is wanted. `CrashTest` is the round of the crashes.
@Tag("e2e")
class CampaignTest {
    private static final String ROOT = Path.of(System.getProperty("test.dir")).getParent()
            .toString();

    @Test
    void simulatorRunsTheSeedAskedFor() throws IOException {
        List<String> lines = make("sim", "SEED=1", "N=1").ok().lines();
        assertEquals(5, lines.size(), lines.toString());
        assertEquals("1 seeds of the raft world from 1", lines.get(0));
        assertTrue(lines.get(1).startsWith("seed 1: events "), lines.get(1));
        assertEquals("1 seeds of the cluster world from 1", lines.get(2));
        assertTrue(lines.get(3).startsWith("seed 1: machines "), lines.get(3));
        assertEquals("all hold", lines.getLast());
    }

    /// One bug, and the places of all.
    @Test
    void plantedBugIsCaught() throws IOException {
        String bug = "installs a snapshot without its state";
        List<String> lines = make("mutants", "NAME=" + bug).ok().lines();
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.getFirst().matches("\\Q" + bug + "\\E .*\\| seed \\d+ \\| .*"),
                lines.getFirst());
        assertEquals("all caught", lines.getLast());
    }

    @ParameterizedTest
    @MethodSource("bench.Bench#names")
    void benchmarkRunsToItsEndAndHasItsFigures(String name) throws IOException {
        String text = Bench.run(name, Extent.SMOKE);
        assertTrue(text.matches("(?s).*\\d\\.\\d.*") && !text.contains("NaN"), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sim | N=abc | a whole number from 1 to 1000000000",
        "sim | N=-1 | a whole number from 1 to 1000000000",
        "sim | WORLD=nosuch | one of raft, cluster",
        "sim | N=0 | a whole number from 1 to 1000000000",
        "sim | SEED=1e3 | a whole number from 0 to 999999999999999999",
        "crashes | N=0 | a whole number from 1 to 1000000",
        "mutants | NAME=no(such | a part of a planted bug's name in test/sim/mutants.txt",
        "bench | NAME=nosuch | one of cli, failover, idle, replace, replicas, wal"})
    void wordWithoutSenseIsRefusedInASentence(String target, String word, String expected)
            throws IOException {
        Ran ran = make(target, word);
        assertEquals(2, ran.status());
        assertEquals("", ran.out());
        assertEquals(word.replace("=", ": found \"") + "\", expected " + expected,
                ran.err().lines().findFirst().orElse(""));
        assertTrue(ran.err().lines().skip(1).allMatch(
                line -> line.matches("make(\\[\\d+])?: .*")),
                ran.err());
    }

    /// Runs a target as it was built; these classes must not change while they run.
    private static Ran make(String target, String... words) throws IOException {
        List<String> command = List.of("make", "--no-print-directory", "-C", ROOT,
                "-o", "build/tests.stamp", target);
        return Ran.run(Map.of("MAKEFLAGS", ""),
                Stream.concat(command.stream(), Stream.of(words)).toList());
    }
}

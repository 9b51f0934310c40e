package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import run.Argument;

/// The benchmarks by name: `make bench` runs them all, `make bench NAME=cli` one.
///
/// The idea: figures from one machine and one hour mean little, ratios between things run in turn
/// mean much; so each benchmark has the peer or the limit it is held against beside it, and the
/// machine is described above.
public final class Bench {
    private static final TreeMap<String, Benchmark> ALL = new TreeMap<>(Map.of(
            "cli", CommandLine::run, "failover", Failover::run, "idle", Idle::run,
            "replace", Replaced::run,
            "replicas", Replicas::run, "wal", WalBench::run));

    /// A benchmark returns what it found, as text.
    private interface Benchmark {
        String run(Extent extent) throws IOException;
    }

    private Bench() {
    }

    public static void main(String[] words) throws IOException {
        Collection<String> chosen = Argument.of("NAME", words, 0).among(ALL.keySet());
        System.out.println(machine() + "\n");
        for (String name : chosen) {
            System.out.println(run(name, Extent.WHOLE));
        }
    }

    public static Collection<String> names() {
        return ALL.keySet();
    }

    public static String run(String name, Extent extent) throws IOException {
        return ALL.get(name).run(extent);
    }

    private static String machine() throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2)).findFirst().orElse("unknown");
        return Runtime.getRuntime().availableProcessors() + " x " + processor + ", kernel "
                + System.getProperty("os.version") + ", Java " + Runtime.version() + ", load "
                + Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}

package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The benchmarks by name: `make bench` runs them all, `make bench NAME=cli` one.
///
/// The idea: figures from one machine and one hour mean little, ratios between things run in turn
/// mean much; so each benchmark has the peer or the limit it is held against beside it, and the
/// machine is described above.
public final class Bench {
    /// A benchmark prints what it finds.
    private interface Benchmark {
        void run() throws IOException;
    }

    private Bench() {
    }

    public static void main(String[] args) throws IOException {
        Map<String, Benchmark> all = new TreeMap<>(Map.of("cli", CommandLine::run,
                "replicas", Replicas::run, "replace", Replaced::run, "idle", Idle::run));
        System.out.println(machine() + "\n");
        for (Map.Entry<String, Benchmark> benchmark : all.entrySet()) {
            if (args.length == 0 || args[0].equals(benchmark.getKey())) {
                benchmark.getValue().run();
            }
        }
        if (args.length > 0 && !all.containsKey(args[0])) {
            System.err.println("no benchmark " + args[0] + ", only " + all.keySet());
            System.exit(1);
        }
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

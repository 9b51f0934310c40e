package bench;

import e2e.Lab;
import e2e.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// What a daemon costs that has nothing to do, as `init` starts it, with one service of 10 tasks.
final class Idle {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /// The kernel counts a process's time in hundredths of a second.
    private static final double TICKS_PER_SECOND = 100;

    private Idle() {
    }

    static String run(Extent extent) throws IOException {
        String engine = TestEngine.address();
        try (Containers containers = new Containers(engine);
                Lab lab = Lab.ofContainers(engine)) {
            lab.init();
            lab.docker("service", "create", "-d", "--replicas", "10", "--container-label",
                    Containers.LABEL, "busybox:lab", "sleep", "1d").ok();
            Lab.await("all run", PATIENCE, () -> containers.running().size() == 10);
            Path process = Path.of("/proc", Long.toString(lab.backgroundPid()));
            Lab.pause(Duration.ofSeconds(extent.of(20, 0)));
            int watchedSeconds = extent.of(60, 1);
            long before = ticks(process);
            Lab.pause(Duration.ofSeconds(watchedSeconds));
            double core = (ticks(process) - before) / TICKS_PER_SECOND / watchedSeconds;
            return String.format(Locale.ROOT, "idle daemon, 10 tasks: %.2f %% of a core"
                    + " over %d s, %s resident%n", core * 100, watchedSeconds, resident(process));
        }
    }

    /// User and system time, the 14th and 15th fields; the second may hold blanks, in parentheses.
    private static long ticks(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private static String resident(Path process) throws IOException {
        return Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
                .findFirst().orElse("unknown");
    }
}

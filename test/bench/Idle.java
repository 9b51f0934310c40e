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
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration WATCHED = Duration.ofSeconds(60);
    /// The kernel counts a process's time in hundredths of a second.
    private static final double TICKS_PER_SECOND = 100;

    private Idle() {
    }

    static void run() throws IOException {
        try (TestEngine engine = TestEngine.start();
                Containers containers = new Containers(engine.host());
                Lab lab = Lab.ofContainers(engine.host())) {
            lab.init();
            lab.docker("service", "create", "-d", "--replicas", "10", "busybox:lab", "sleep", "1d")
                    .ok();
            Lab.await("all run", SETTLE, () -> containers.running().size() == 10);
            Path process = Path.of("/proc", Long.toString(lab.backgroundPid()));
            Lab.pause(SETTLE);
            long before = ticks(process);
            Lab.pause(WATCHED);
            double core = (ticks(process) - before) / TICKS_PER_SECOND / WATCHED.toSeconds();
            System.out.println(String.format(Locale.ROOT, "idle daemon, 10 tasks: %.2f %% of a core"
                    + " over %d s, %s resident%n", core * 100, WATCHED.toSeconds(),
                    resident(process)));
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

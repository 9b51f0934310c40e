package bench;

import e2e.Lab;
import e2e.TestEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How long it takes from a container's death until another one runs in its place.
final class Replaced {
    private static final int ROUNDS = 20;
    private static final int REPLICAS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Replaced() {
    }

    static void run() throws IOException {
        try (TestEngine engine = TestEngine.start();
                Containers containers = new Containers(engine.host());
                Lab lab = Lab.ofContainers(engine.host()).start()) {
            lab.init();
            lab.docker("service", "create", "-d", "--name", "web", "--replicas", "" + REPLICAS,
                    "--restart-delay", "0s", "busybox:lab", "sleep", "1d").ok();
            Lab.await("all run", PATIENCE, () -> containers.running().size() == REPLICAS);
            new Comparison("killed container until its replacement runs, --restart-delay 0s",
                    "ms", ROUNDS).run(List.of(Arm.timed("docker kill", () -> replace(containers))));
        }
    }

    private static void replace(Containers containers) throws IOException {
        List<String> left = new ArrayList<>(containers.running());
        String killed = left.removeFirst();
        containers.kill(killed);
        Lab.await("another runs", PATIENCE, () -> {
            List<String> now = containers.running();
            return now.size() == REPLICAS && !now.contains(killed) && now.containsAll(left);
        });
    }
}

package bench;

import e2e.Lab;
import e2e.TestEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How long it takes from a container's death until another one runs in its place.
final class Replaced {
    private static final int REPLICAS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Replaced() {
    }

    static String run(Extent extent) throws IOException {
        String engine = TestEngine.address();
        try (Containers containers = new Containers(engine);
                Lab lab = Lab.ofContainers(engine).start()) {
            lab.init();
            lab.docker("service", "create", "-d", "--name", "web", "--replicas", "" + REPLICAS,
                    "--restart-delay", "0s", "--container-label", Containers.LABEL, "busybox:lab",
                    "sleep", "1d").ok();
            Lab.await("all run", PATIENCE, () -> containers.running().size() == REPLICAS);
            return new Comparison("killed container until its replacement runs, --restart-delay 0s",
                    "ms", extent.of(20, 1))
                    .run(List.of(Arm.timed("docker kill", () -> replace(containers))));
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

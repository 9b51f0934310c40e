package bench;

import e2e.Lab;
import e2e.TestEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import swarm.json.Json;

/// How long 100 replicas take until all run, beside the same creates and starts sent straight to
/// the engine, as many at a time as an agent sends.
final class Replicas {
    private static final int REPLICAS = 100;
    private static final int AT_A_TIME = 8;
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Replicas() {
    }

    static void run() throws IOException {
        try (TestEngine engine = TestEngine.start();
                Containers containers = new Containers(engine.host());
                Lab lab = Lab.ofContainers(engine.host()).start()) {
            lab.init();
            lab.docker("service", "create", "-d", "--name", "model", "busybox:lab", "sleep", "1d")
                    .ok();
            Lab.await("one container", PATIENCE, () -> containers.running().size() == 1);
            Json request = containers.like(containers.running().getFirst());
            removeService(lab, containers, "model");
            new Comparison(REPLICAS + " replicas until all run", "ms", ROUNDS).run(List.of(
                    new Arm("creates and starts straight", () -> straight(containers, request)),
                    new Arm("service create --replicas " + REPLICAS,
                            () -> service(lab, containers))));
        }
    }

    private static double straight(Containers containers, Json request) throws IOException {
        long begun = System.nanoTime();
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < REPLICAS; i++) {
                String name = "straight." + i;
                sent.add(workers.submit(() -> {
                    containers.createAndStart(name, request);
                    return name;
                }));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } catch (ExecutionException | InterruptedException failed) {
            throw new IOException(failed);
        }
        double ms = (System.nanoTime() - begun) / 1e6;
        for (String id : containers.all()) {
            containers.remove(id);
        }
        return ms;
    }

    private static double service(Lab lab, Containers containers) throws IOException {
        long begun = System.nanoTime();
        lab.docker("service", "create", "-d", "--name", "many", "--replicas", "" + REPLICAS,
                "busybox:lab", "sleep", "1d").ok();
        Lab.await("all run", PATIENCE, () -> containers.running().size() == REPLICAS);
        double ms = (System.nanoTime() - begun) / 1e6;
        removeService(lab, containers, "many");
        return ms;
    }

    private static void removeService(Lab lab, Containers containers, String name)
            throws IOException {
        lab.docker("service", "rm", name).ok();
        for (String id : containers.running()) {
            containers.kill(id);
        }
        Lab.await("all are gone", PATIENCE, () -> containers.all().isEmpty());
    }
}

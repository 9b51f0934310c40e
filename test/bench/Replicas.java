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
    private static final int AT_A_TIME = 8;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Lab lab;
    private final Containers containers;
    private final int replicas;

    private Replicas(Lab lab, Containers containers, int replicas) {
        this.lab = lab;
        this.containers = containers;
        this.replicas = replicas;
    }

    static String run(Extent extent) throws IOException {
        String engine = TestEngine.address();
        try (Containers containers = new Containers(engine);
                Lab lab = Lab.ofContainers(engine).start()) {
            lab.init();
            return new Replicas(lab, containers, extent.of(100, 4)).compare(extent.of(5, 1));
        }
    }

    private String compare(int rounds) throws IOException {
        create("model", 1);
        Json request = containers.like(containers.running().getFirst());
        remove("model");
        return new Comparison(replicas + " replicas until all run", "ms", rounds).run(List.of(
                new Arm("creates and starts straight", () -> straight(request)),
                new Arm("service create --replicas " + replicas, this::service)));
    }

    private double straight(Json request) throws IOException {
        long begun = System.nanoTime();
        try (ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME)) {
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                sent.add(workers.submit(() -> {
                    containers.createAndStart(request);
                    return true;
                }));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } catch (ExecutionException | InterruptedException failed) {
            throw new IOException(failed);
        }
        double ms = (System.nanoTime() - begun) / 1e6;
        containers.removeAll();
        return ms;
    }

    private double service() throws IOException {
        long begun = System.nanoTime();
        create("many", replicas);
        double ms = (System.nanoTime() - begun) / 1e6;
        remove("many");
        return ms;
    }

    /// Tasks that end at the first signal: how they end is not measured.
    private void create(String name, int count) throws IOException {
        lab.docker("service", "create", "-d", "--name", name, "--replicas", "" + count,
                "--stop-signal", "KILL", "--container-label", Containers.LABEL, "busybox:lab",
                "sleep", "1d").ok();
        Lab.await("all run", PATIENCE, () -> containers.running().size() == count);
    }

    private void remove(String name) throws IOException {
        lab.docker("service", "rm", name).ok();
        Lab.await("all are gone", PATIENCE, () -> containers.all().isEmpty());
    }
}

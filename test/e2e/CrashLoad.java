package e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import swarm.json.Json;

/// Clients that create, scale, update and remove services as fast as they are answered, and know
/// what they were promised.
///
/// The idea: a service has one client, which has one request under way. So after a crash each
/// service is what the last acknowledged write made it, or what the one under way would make of it,
/// wholly. Every write of a service's task carries a revision, in its label, its environment and
/// its argument, so that half a write is seen.
final class CrashLoad implements AutoCloseable {
    private static final int SERVICES_PER_CLIENT = 2;
    private static final int REPLICAS_MAX = 3;
    private static final int PAUSE_MS_MAX = 60;

    /// What a service was asked to be.
    record Wish(long revision, long replicas) { }

    /// What the only client of a service knows of it; changed by that client while the load runs.
    private static final class Known {
        /// What was acknowledged; empty for no service.
        private Optional<Wish> sure = Optional.empty();
        /// The write under way, if one is.
        private Optional<Optional<Wish>> asked = Optional.empty();
        /// Tasks were told to end since the last settlement.
        private boolean shrunk;
    }

    private final Lab lab;
    private final Random chance;
    private final List<TreeMap<String, Known>> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final AtomicLong revisions = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    /// Writes under way at a crash: how many were found done, and how many not.
    private long foundDone;
    private long foundUndone;
    private volatile boolean over;

    CrashLoad(Lab lab, int clientCount, Random chance) {
        this.lab = lab;
        this.chance = chance;
        for (int i = 0; i < clientCount; i++) {
            clients.add(new TreeMap<>());
        }
    }

    /// Lets the clients loose.
    void begin() {
        over = false;
        for (TreeMap<String, Known> services : clients) {
            Random own = new Random(chance.nextLong());
            threads.add(Thread.ofPlatform().start(() -> run(services, own)));
        }
    }

    /// Waits for the clients; a daemon that was killed ends each by itself.
    void end() throws IOException {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException stopped) {
                throw new IOException("stopped", stopped);
            }
        }
        threads.clear();
        synchronized (troubles) {
            if (!troubles.isEmpty()) {
                throw new AssertionError("refused without reason: " + troubles);
            }
        }
    }

    /// Compares what is there with what was promised; from now on what is there is what is known.
    void settle(Map<String, Wish> there) {
        TreeMap<String, Wish> rest = new TreeMap<>(there);
        for (TreeMap<String, Known> services : clients) {
            services.forEach((name, known) ->
                    settle(name, known, Optional.ofNullable(rest.remove(name))));
            services.values().removeIf(known -> known.sure.isEmpty());
        }
        if (!rest.isEmpty()) {
            throw new AssertionError("nobody asked for " + rest);
        }
    }

    private void settle(String name, Known known, Optional<Wish> there) {
        boolean undone = there.equals(known.sure);
        if (!undone && !Optional.of(there).equals(known.asked)) {
            throw new AssertionError("service " + name + " is " + there + ", acknowledged was "
                    + known.sure + ", under way was " + known.asked);
        }
        if (known.asked.isPresent()) {
            foundUndone += undone ? 1 : 0;
            foundDone += undone ? 0 : 1;
        }
        known.sure = there;
        known.asked = Optional.empty();
    }

    /// Whether a task of this service and revision may have been told to end.
    boolean mayHaveEnded(String name, long revision) {
        return clients.stream().map(services -> services.get(name))
                .filter(known -> known != null).findFirst()
                .map(known -> known.shrunk || known.sure.isEmpty()
                        || known.sure.get().revision() != revision)
                .orElse(true);
    }

    /// All tasks that were told to end have ended.
    void converged() {
        clients.forEach(services -> services.values().forEach(known -> known.shrunk = false));
    }

    @Override public String toString() {
        return acknowledged + " writes acknowledged, " + (foundDone + foundUndone)
                + " under way at a kill (" + foundDone + " of them found done), " + refused
                + " out of sequence";
    }

    @Override public void close() throws IOException {
        over = true;
    }

    private void run(TreeMap<String, Known> services, Random own) {
        try (ApiClient api = new ApiClient(lab)) {
            while (!over) {
                write(api, services, own);
                Lab.pause(Duration.ofMillis(own.nextInt(PAUSE_MS_MAX)));
            }
        } catch (IOException killed) {
            over = true;
        } catch (AssertionError trouble) {
            over = true;
            synchronized (troubles) {
                troubles.add(trouble.getMessage());
            }
        }
    }

    private void write(ApiClient api, TreeMap<String, Known> services, Random own)
            throws IOException {
        List<String> names = services.entrySet().stream()
                .filter(entry -> entry.getValue().sure.isPresent()).map(Map.Entry::getKey)
                .collect(Collectors.toList());
        boolean create = names.isEmpty()
                || names.size() < SERVICES_PER_CLIENT && own.nextInt(3) == 0;
        if (create) {
            Wish wish = new Wish(revisions.incrementAndGet(), 1 + own.nextInt(REPLICAS_MAX));
            String name = "s" + wish.revision();
            Known known = new Known();
            services.put(name, known);
            ask(api, known, Optional.of(wish),
                    new Question("POST", "/services/create", spec(name, wish)));
            return;
        }
        String name = names.get(own.nextInt(names.size()));
        Known known = services.get(name);
        Wish before = known.sure.orElseThrow();
        if (own.nextInt(6) == 0) {
            ask(api, known, Optional.empty(),
                    new Question("DELETE", "/services/" + name, ""));
            return;
        }
        Wish wish = own.nextBoolean() ? new Wish(revisions.incrementAndGet(), before.replicas())
                : new Wish(before.revision(), own.nextInt(REPLICAS_MAX + 1));
        known.shrunk |= wish.replicas() < before.replicas();
        Json.Obj service = api.read("/services/" + name).ok().json().asObj();
        String target = "/services/" + service.str("ID") + "/update?version="
                + service.obj("Version").num("Index");
        ask(api, known, Optional.of(wish), new Question("POST", target, spec(name, wish)));
    }

    private record Question(String method, String target, String body) { }

    private void ask(ApiClient api, Known known, Optional<Wish> wish, Question question)
            throws IOException {
        known.asked = Optional.of(wish);
        ApiClient.Said said = api.ask(question.method(), question.target(), question.body());
        if (said.status() >= 300 && said.text().contains("out of sequence")) {
            refused.incrementAndGet();
        } else {
            said.ok();
            acknowledged.incrementAndGet();
            known.sure = wish;
        }
        known.asked = Optional.empty();
    }

    /// A service that sleeps, as a body of the API.
    String spec(String name, Wish wish) {
        String marks = TaskProcess.marks(lab, wish.revision()).stream()
                .map(mark -> "\"" + mark + "\"").collect(Collectors.joining(","));
        return "{\"Name\":\"" + name + "\",\"Labels\":{\"revision\":\"" + wish.revision() + "\"},"
                + "\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"busybox:lab\",\"Command\":"
                + "[\"sleep\",\"" + (TaskProcess.SECONDS + wish.revision()) + "\"],\"Env\":["
                + marks + "],\"StopGracePeriod\":100000000},\"RestartPolicy\":{\"Condition\":"
                + "\"any\",\"Delay\":0}},\"Mode\":{\"Replicated\":{\"Replicas\":" + wish.replicas()
                + "}},\"UpdateConfig\":{\"Parallelism\":0}}";
    }

    /// What a service turned out to be.
    static Wish found(Json.Obj spec) {
        Json.Obj container = spec.obj("TaskTemplate").obj("ContainerSpec");
        Json.Str seconds = (Json.Str) container.arr("Command").getLast();
        long revision = Long.parseLong(seconds.value()) - TaskProcess.SECONDS;
        boolean whole = spec.obj("Labels").str("revision").equals("" + revision)
                && container.arr("Env").contains(new Json.Str("SWL_REVISION=" + revision));
        if (!whole) {
            throw new AssertionError("half a write: " + spec.text());
        }
        return new Wish(revision, spec.obj("Mode").obj("Replicated").num("Replicas"));
    }
}

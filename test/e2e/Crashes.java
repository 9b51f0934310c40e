package e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import swarm.json.Json;

/// Kills a daemon under load at random moments, while it begins too, and judges what it finds when
/// it is started again.
///
/// What must hold: every acknowledged write is there, one under way wholly or not at all; a process
/// that still ran and was not told to end runs on, the same one; every service gets its tasks; no
/// process and no container is left that no task names.
final class Crashes {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STEADY = "steady";
    private static final int STEADY_TASKS = 2;
    private static final int LOAD_MS_MAX = 1_200;
    private static final int BEGIN_MS_MAX = 900;
    /// Short, so that snapshots are made and loaded all the time.
    private static final long SNAPSHOT_INTERVAL = 40;

    private final Lab lab;
    private final String engineHost;
    private final Random chance;
    private final CrashLoad load;
    private final CrashLoad.Wish steady = new CrashLoad.Wish(0, STEADY_TASKS);
    /// The longest time from a start to the last service's tasks, in ms.
    private long slowestMs;
    /// Why it is not as it should be; "" when it is. Of the last look.
    private String problem = "";

    /// `engineHost` is "" for tasks that are plain processes.
    Crashes(Lab lab, String engineHost, int clients, Random chance) {
        this.lab = lab;
        this.engineHost = engineHost;
        this.chance = chance;
        this.load = new CrashLoad(lab, clients, chance);
    }

    /// Kills so many times; returns what happened in one line.
    String run(int kills) throws IOException {
        lab.start();
        try (ApiClient api = new ApiClient(lab)) {
            api.init(SNAPSHOT_INTERVAL).ok();
            api.ask("POST", "/services/create", load.spec(STEADY, steady)).ok();
        }
        List<TaskProcess> before = converge(System.nanoTime());
        for (int kill = 1; kill <= kills; kill++) {
            try {
                before = kill(before);
            } catch (AssertionError wrong) {
                throw new AssertionError("after kill " + kill + ": " + wrong.getMessage() + "\n"
                        + tail(lab.logText()), wrong);
            }
        }
        return kills + " kills, " + load + ", slowest recovery " + slowestMs + " ms";
    }

    private List<TaskProcess> kill(List<TaskProcess> settled) throws IOException {
        load.begin();
        Lab.pause(Duration.ofMillis(chance.nextInt(LOAD_MS_MAX)));
        lab.kill();
        load.end();
        if (chance.nextInt(3) == 0) {
            lab.launch(List.of());
            Lab.pause(Duration.ofMillis(chance.nextInt(BEGIN_MS_MAX)));
            lab.kill();
        }
        List<TaskProcess> before = TaskProcess.of(lab);
        long began = System.nanoTime();
        lab.start();
        try (ApiClient api = new ApiClient(lab)) {
            TreeMap<String, CrashLoad.Wish> there = services(api);
            if (!steady.equals(there.remove(STEADY))) {
                throw new AssertionError("the service nobody touched is not as it was");
            }
            load.settle(there);
        }
        List<TaskProcess> after = converge(began);
        assertKept(before, after);
        assertKept(settled.stream().filter(p -> p.service().equals(STEADY)).toList(), after);
        load.converged();
        return after;
    }

    private void assertKept(List<TaskProcess> before, List<TaskProcess> after) {
        for (TaskProcess process : before) {
            boolean steadyOne = process.service().equals(STEADY);
            if (!after.contains(process) && (steadyOne
                    || !load.mayHaveEnded(process.service(), process.revision()))) {
                throw new AssertionError("ended although it still ran and nobody asked for it: "
                        + process + "\nnow " + after);
            }
        }
    }

    /// Waits until all is as it should be, and returns the processes.
    private List<TaskProcess> converge(long began) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            Lab.await("services have their tasks and nothing else is left", PATIENCE, () -> {
                problem = problem(api);
                return problem.isEmpty();
            });
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + ": " + problem, late);
        }
        slowestMs = Math.max(slowestMs, (System.nanoTime() - began) / 1_000_000);
        return TaskProcess.of(lab);
    }

    private String problem(ApiClient api) throws IOException {
        List<Json> tasks = api.read("/tasks").ok().json() instanceof Json.Arr arr
                ? arr.items() : List.of();
        List<TaskProcess> processes = TaskProcess.of(lab);
        TreeSet<String> needed = new TreeSet<>();
        for (Map.Entry<String, CrashLoad.Wish> service : services(api).entrySet()) {
            TreeSet<Long> slots = new TreeSet<>();
            for (TaskProcess process : processes) {
                if (process.service().equals(service.getKey())
                        && process.revision() == service.getValue().revision()) {
                    slots.add(process.slot());
                    needed.add(process.task());
                }
            }
            if (slots.size() != service.getValue().replicas()) {
                return service + " runs in slots " + slots;
            }
        }
        for (TaskProcess process : processes) {
            if (!needed.contains(process.task())) {
                return "left over: " + process;
            }
        }
        return processes.size() != needed.size() ? "twice: " + processes
                : shown(tasks, processes).or(() -> kept(tasks)).orElse("");
    }

    /// What is shown of the tasks that should run is what runs.
    private static Optional<String> shown(List<Json> tasks, List<TaskProcess> processes) {
        TreeMap<String, Long> shown = new TreeMap<>();
        for (Json item : tasks) {
            Json.Obj task = item.asObj();
            if (task.str("DesiredState").equals("running")) {
                boolean runs = task.obj("Status").str("State").equals("running");
                shown.put(task.str("ID"), runs
                        ? task.obj("Status").obj("ContainerStatus").num("PID") : 0);
            }
        }
        Map<String, Long> real = processes.stream()
                .collect(Collectors.toMap(TaskProcess::task, TaskProcess::pid));
        return shown.equals(real) ? Optional.empty()
                : Optional.of("shown to run is " + shown + ", and what runs is " + real);
    }

    /// Whatever the engine keeps belongs to a task that is known.
    private Optional<String> kept(List<Json> tasks) {
        TreeSet<String> known = new TreeSet<>();
        tasks.forEach(task -> known.add(task.asObj().str("ID")));
        return Stream.ofNullable(keptTasks()).flatMap(List::stream)
                .filter(id -> !known.contains(id)).findFirst()
                .map(id -> "kept for no task that is known: " + id);
    }

    private List<String> keptTasks() {
        try {
            if (!engineHost.isEmpty()) {
                String node = Files.readString(lab.state().resolve("node.json"))
                        .replaceAll("(?s).*\"Node\":\"([0-9a-z]+)\".*", "$1");
                return Ran.run("docker", "-H", engineHost, "ps", "-a", "--filter",
                        "label=com.docker.swarm.node.id=" + node, "--format",
                        "{{.Label \"com.docker.swarm.task.id\"}}").ok().lines();
            }
            try (Stream<Path> boxes = Files.list(lab.state().resolve("tasks"))) {
                return boxes.map(box -> box.resolve("record")).filter(Files::exists)
                        .map(Crashes::taskOf).toList();
            }
        } catch (IOException gone) {
            return List.of("nothing can be listed: " + gone);
        }
    }

    private static String taskOf(Path saved) {
        try {
            return Files.readString(saved).replaceAll("(?s).*\"com.docker.swarm.task.id\":\""
                    + "([0-9a-z]+)\".*", "$1");
        } catch (IOException gone) {
            return "gone " + saved;
        }
    }

    private static TreeMap<String, CrashLoad.Wish> services(ApiClient api) throws IOException {
        TreeMap<String, CrashLoad.Wish> there = new TreeMap<>();
        if (api.read("/services").ok().json() instanceof Json.Arr arr) {
            for (Json service : arr.items()) {
                Json.Obj spec = service.asObj().obj("Spec");
                there.put(spec.str("Name"), CrashLoad.found(spec));
            }
        }
        return there;
    }

    private static String tail(String log) {
        List<String> lines = log.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}

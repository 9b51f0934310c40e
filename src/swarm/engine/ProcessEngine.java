package swarm.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import swarm.model.ContainerSpec;
import swarm.model.LogOptions;
import swarm.model.Mount;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.PortConfig;
import swarm.model.Resources;

/// An engine whose containers are plain child processes, for labs and machines without Docker. The
/// image is a name and nothing else; user, limits and capabilities are not enforced, nothing is
/// isolated. What would change what a program reads or who reaches it is refused: mounts, and ports
/// that are not the program's own.
///
/// A task outlives the daemon. All that is known of it lies in its directory ([ProcessBox]), where
/// a shell script notes what happens ([TaskScript]); a daemon that is started again finds it there.
public final class ProcessEngine implements Engine {
    private static final int ID_BYTES = 32;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long NANOS_PER_CORE = 1_000_000_000;
    private static final long KIB = 1024;
    /// A shell takes milliseconds to begin; a machine that is busy, seconds.
    private static final long START_MS = 10_000;
    /// A killed process ends at once, unless its disk hangs.
    private static final long KILL_MS = 10_000;
    private static final long LOOK_MS = 10;
    private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s+(\\d+) kB");

    private final Path root;
    private final String boot;
    private final Map<String, String> environment;
    private final SecureRandom chance = new SecureRandom();
    private final ConcurrentSkipListMap<String, ProcessBox> boxes = new ConcurrentSkipListMap<>();
    private final ProcessWatch watch = new ProcessWatch(boxes::values);

    private ProcessEngine(Path root, Map<String, String> environment) throws IOException {
        this.root = root;
        this.environment = environment;
        this.boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    /// The engine whose tasks live under the directory, with those that are there; what a daemon
    /// left half made or half removed goes.
    public static ProcessEngine open(Path root, Map<String, String> environment)
            throws IOException {
        Files.createDirectories(root, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        ProcessEngine engine = new ProcessEngine(root, environment);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(root)) {
            for (Path dir : found) {
                if (Files.isDirectory(dir)) {
                    engine.adopt(dir);
                }
            }
        }
        return engine;
    }

    private void adopt(Path dir) throws IOException {
        Optional<ProcessBox> box = ProcessBox.found(dir, boot);
        if (box.isPresent()) {
            boxes.put(box.get().id(), box.get());
        } else {
            ProcessBox.sweep(dir, boot);
        }
    }

    @Override public EngineAnswer perform(EngineCall call) {
        try {
            return switch (call) {
                case EngineCall.Describe _ -> describe();
                case EngineCall.ListContainers list -> list(list);
                case EngineCall.EnsureImage _ -> new EngineAnswer.Done();
                case EngineCall.Create create -> create(create.request());
                case EngineCall.Inspect inspect -> {
                    Optional<ProcessBox> box = find(inspect.container());
                    yield box.isEmpty() ? absent(inspect.container())
                            : new EngineAnswer.Inspected(box.get().shown());
                }
                case EngineCall.Start start -> {
                    Optional<ProcessBox> box = find(start.container());
                    yield box.isEmpty() ? absent(start.container()) : start(box.get());
                }
                case EngineCall.Stop stop -> {
                    Optional<ProcessBox> box = find(stop.container());
                    yield box.isEmpty() ? absent(stop.container())
                            : stop(box.get(), stop.graceNs() / NANOS_PER_MS);
                }
                case EngineCall.Remove remove -> {
                    Optional<ProcessBox> box = find(remove.container());
                    yield box.isEmpty() ? new EngineAnswer.Done() : remove(box.get());
                }
            };
        } catch (IOException e) {
            return failed(EngineAnswer.Cause.UNAVAILABLE, "the process engine failed: " + e);
        } finally {
            watch.nudge();
        }
    }

    @Override public void watch(Consumer<EngineEvent> listener) {
        watch.start(listener);
    }

    @Override public void logs(String containerId, LogOptions request, OutputStream frames)
            throws IOException {
        ProcessBox box = find(containerId).filter(ProcessBox::there).orElseThrow(
                () -> new IOException("No such container: " + containerId));
        new ProcessLogs(box, request, frames).copy();
    }

    @Override public void close() {
        watch.close();
    }

    private static EngineAnswer describe() throws IOException {
        String architecture = System.getProperty("os.arch");
        Matcher memory = MEMORY.matcher(Files.readString(Path.of("/proc/meminfo")));
        return new EngineAnswer.Described(
                new Placement.Platform(architecture.equals("amd64") ? "x86_64" : architecture,
                        System.getProperty("os.name").toLowerCase(Locale.ROOT)),
                new Resources(Runtime.getRuntime().availableProcessors() * NANOS_PER_CORE,
                        memory.find() ? Long.parseLong(memory.group(1)) * KIB : 0),
                new Node.Engine("process", new TreeMap<>(), List.of()));
    }

    private EngineAnswer list(EngineCall.ListContainers list) throws IOException {
        List<Container> listed = new ArrayList<>();
        for (ProcessBox box : boxes.values()) {
            if (list.value().equals(box.kept().labels().get(list.label()))) {
                listed.add(box.shown());
            }
        }
        return new EngineAnswer.Listed(listed);
    }

    private synchronized EngineAnswer create(EngineCall.ContainerRequest request)
            throws IOException {
        ContainerSpec spec = request.spec();
        Optional<String> refusal = refusal(request);
        if (refusal.isPresent()) {
            return failed(EngineAnswer.Cause.REFUSED, refusal.get());
        }
        if (find(request.name()).isPresent()) {
            return failed(EngineAnswer.Cause.CONFLICT, "The container name \"" + request.name()
                    + "\" is already in use");
        }
        byte[] drawn = new byte[ID_BYTES];
        chance.nextBytes(drawn);
        Path dir = root.resolve(HexFormat.of().formatHex(drawn));
        TreeMap<String, String> variables = TaskScript.environment(spec, environment);
        ProcessBox box = ProcessBox.make(dir, boot, new ProcessBox.Kept(request.name(),
                request.labels(), TaskScript.command(spec).getFirst(),
                TaskScript.places(spec, variables), spec.stopSignal(), bound(request.hostPorts())),
                TaskScript.of(dir.toString(), spec, variables));
        boxes.put(box.id(), box);
        return new EngineAnswer.Created(box.id());
    }

    private static Optional<String> refusal(EngineCall.ContainerRequest request) {
        if (TaskScript.command(request.spec()).isEmpty()) {
            return Optional.of("No command specified");
        }
        for (Mount mount : request.spec().mounts()) {
            return Optional.of("the process engine cannot mount: found a mount at "
                    + mount.target() + ", expected none");
        }
        for (PortConfig port : request.hostPorts()) {
            if (port.publishedPort() != 0 && port.publishedPort() != port.targetPort()) {
                return Optional.of("the process engine publishes no port by another number: found "
                        + port.publishedPort() + ":" + port.targetPort()
                        + ", expected the port that the program listens on");
            }
        }
        return Optional.empty();
    }

    /// A program listens on its own port, so that is the one it is reached at.
    private static List<PortConfig> bound(List<PortConfig> ports) {
        return ports.stream().map(port -> new PortConfig(port.name(), port.protocol(),
                port.targetPort(), port.targetPort(), port.publishMode())).toList();
    }

    /// Starts the task's script, unless it was started; done when the script says who runs.
    private EngineAnswer start(ProcessBox box) throws IOException {
        ProcessBox.Life life = box.life();
        if (life.alive()) {
            return new EngineAnswer.Done();
        }
        if (life.state() != Container.State.CREATED) {
            return failed(EngineAnswer.Cause.REFUSED, "the process has ended already");
        }
        if (box.kept().places().stream().map(Path::of).noneMatch(Files::isExecutable)) {
            return failed(EngineAnswer.Cause.REFUSED, "exec: \"" + box.kept().program()
                    + "\": executable file not found in $PATH");
        }
        Process script = box.run(environment);
        script.onExit().thenRun(watch::nudge);
        await(START_MS, () -> box.life().state() != Container.State.CREATED || !script.isAlive());
        return box.life().state() == Container.State.CREATED
                ? failed(EngineAnswer.Cause.UNAVAILABLE, "the process was not started: "
                        + (script.isAlive() ? "its shell is stuck" : box.trouble()))
                : new EngineAnswer.Done();
    }

    private EngineAnswer stop(ProcessBox box, long graceMs) throws IOException {
        String signal = box.kept().stopSignal();
        box.signal(signal.isEmpty() ? "TERM" : signal);
        if (!await(graceMs, () -> !box.life().alive())) {
            box.kill();
        }
        return await(KILL_MS, () -> !box.life().alive()) ? new EngineAnswer.Done()
                : failed(EngineAnswer.Cause.UNAVAILABLE, "the killed process does not end");
    }

    private EngineAnswer remove(ProcessBox box) throws IOException {
        box.giveUp();
        box.kill();
        if (!await(KILL_MS, () -> !box.life().alive())) {
            return failed(EngineAnswer.Cause.UNAVAILABLE, "the killed process does not end");
        }
        box.delete();
        boxes.remove(box.id());
        return new EngineAnswer.Done();
    }

    /// Something that will be so, and is asked for again and again.
    private interface Question {
        boolean answer() throws IOException;
    }

    private static boolean await(long ms, Question question) throws IOException {
        long deadline = System.nanoTime() + ms * NANOS_PER_MS;
        while (!question.answer()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
        return true;
    }

    private Optional<ProcessBox> find(String nameOrId) {
        return Optional.ofNullable(boxes.get(nameOrId)).or(() -> boxes.values().stream()
                .filter(box -> box.name().equals(nameOrId)).findFirst());
    }

    private static EngineAnswer absent(String container) {
        return failed(EngineAnswer.Cause.NOT_FOUND, "No such container: " + container);
    }

    private static EngineAnswer failed(EngineAnswer.Cause cause, String message) {
        return new EngineAnswer.Failed(cause, message);
    }
}

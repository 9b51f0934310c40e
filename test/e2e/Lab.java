package e2e;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One daemon on this machine, in a directory of its own, driven as a user drives it.
///
/// The idea: `start` runs `swarm.jar daemon` as a child, so that a test can kill it for real;
/// `swarm(…)` runs the command line in a JVM of its own with the environment a user would set.
/// Several labs live side by side on loopback addresses.
///
/// Invariants: `close` leaves no process, no container and no file of this lab.
public final class Lab implements AutoCloseable {
    private static final long POLL_MS = 20;
    /// How long any test waits for what must come: so long that only what never comes is missed,
    /// however much else the machine has to do.
    static final long PATIENCE_S = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_S);
    private static final byte[] PING = "GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final Pattern ID = Pattern.compile("\\b[0-9a-z]{25}\\b");
    private static final List<String> FAST = List.of("-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData");

    /// A condition that a test waits for.
    public interface Condition {
        boolean holds() throws IOException;
    }

    private final Path dir;
    private final String engine;
    private final Map<String, String> environment = new TreeMap<>();
    /// The daemon now running as our child; ended when none is. Changed by `start`.
    private Process daemon;

    private Lab(String engine, String engineHost) throws IOException {
        this.engine = engine;
        dir = Scratch.make("swl");
        environment.put("SWARM_HOST", host());
        environment.put("SWARM_DATA_DIR", dir.resolve("state").toString());
        environment.put("SWARM_ENGINE", engine);
        environment.put("SWARM_LAB", dir.resolve("lab").toString());
        environment.put("TMPDIR", dir.toString());
        if (!engineHost.isEmpty()) {
            environment.put("DOCKER_HOST", engineHost);
        }
    }

    /// A lab whose tasks are child processes; nothing is started yet.
    public static Lab ofProcesses() throws IOException {
        return new Lab("process", "");
    }

    /// A lab whose tasks are containers of the engine at an address; nothing is started yet.
    public static Lab ofContainers(String engineHost) throws IOException {
        return new Lab("docker", engineHost);
    }

    public Path dir() {
        return dir;
    }

    public Path state() {
        return dir.resolve("state");
    }

    public String host() {
        return "unix://" + dir + "/s.sock";
    }

    public long pid() {
        return daemon.pid();
    }

    /// Starts the daemon and waits until it answers; more words are its flags.
    public Lab start(String... flags) throws IOException {
        return start(List.of(), flags);
    }

    /// Starts the daemon under another program, such as `strace -f`.
    public Lab start(List<String> under, String... flags) throws IOException {
        launch(under, flags);
        await("the daemon answers", () -> {
            if (!daemon.isAlive()) {
                throw new AssertionError("the daemon has ended\n" + Files.readString(log()));
            }
            return answers();
        });
        return this;
    }

    /// Starts the daemon and waits for nothing, so that it can be killed while it begins, or end by
    /// itself.
    public Process launch(List<String> under, String... flags) throws IOException {
        List<String> command = new ArrayList<>(under);
        command.add(java());
        command.addAll(FAST);
        command.addAll(List.of("-Xmx256m", "-jar", System.getProperty("swarm.jar"), "daemon"));
        command.addAll(List.of(flags));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        daemon = builder.start();
        return daemon;
    }

    /// Whether a ping on the socket is answered with 200.
    private boolean answers() throws IOException {
        try (SocketChannel channel = SocketChannel.open(
                UnixDomainSocketAddress.of(dir.resolve("s.sock")))) {
            channel.write(ByteBuffer.wrap(PING));
            ByteBuffer head = ByteBuffer.allocate(12);
            int read = 0;
            while (head.hasRemaining() && read >= 0) {
                read = channel.read(head);
            }
            return new String(head.array(), StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (SocketException refused) {
            return false;
        }
    }

    /// Ends the daemon as a power cut would; tasks live on.
    public void kill() throws IOException {
        Ran.ended(daemon.destroyForcibly(), PATIENCE_S);
    }

    /// Ends the daemon and every task of it at once, as when the machine has lost its power.
    public void killWithTasks() throws IOException {
        List<ProcessHandle> tasks = ours().flatMap(ProcessHandle::descendants).toList();
        kill();
        endStrays();
        tasks.forEach(ProcessHandle::destroyForcibly);
    }

    /// The processes that the process engine has noted for its tasks; some may have ended.
    public List<Long> taskPids() throws IOException {
        List<Long> pids = new ArrayList<>();
        Path tasks = state().resolve("tasks");
        if (Files.isDirectory(tasks)) {
            try (Stream<Path> boxes = Files.list(tasks)) {
                for (Path box : boxes.toList()) {
                    Path pid = box.resolve("pid");
                    if (Files.exists(pid)) {
                        pids.add(Long.parseLong(Files.readString(pid).split(" ")[0]));
                    }
                }
            }
        }
        return pids;
    }

    public boolean alive() {
        return daemon != null && daemon.isAlive();
    }

    /// Asks the daemon to end and returns its exit status.
    public int stop() throws IOException {
        daemon.destroy();
        if (!Ran.ended(daemon, PATIENCE_S)) {
            throw new AssertionError("the daemon does not end");
        }
        return daemon.exitValue();
    }

    /// Runs one command of our own command line.
    public Ran swarm(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(FAST);
        command.addAll(List.of("-jar", System.getProperty("swarm.jar")));
        command.addAll(List.of(words));
        return Ran.run(environment, command);
    }

    /// Makes this lab's daemon a swarm of one, on loopback: the engines of other tests have bridges
    /// with addresses of their own, among which `init` could not choose.
    public Lab init() throws IOException {
        String address = "127.0.0.1:" + freePort();
        swarm("init", "--advertise-addr", address, "--listen-addr", address).ok();
        return this;
    }

    /// The id of this lab's node in its swarm.
    public String nodeId() throws IOException {
        return docker("info", "--format", "{{.Swarm.NodeID}}").ok().text();
    }

    /// A port of loopback that nobody has, as the kernel says.
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Runs a program with this lab's environment.
    public Ran with(String... command) throws IOException {
        return Ran.run(environment, List.of(command));
    }

    /// Runs one command of the docker client against this daemon.
    public Ran docker(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", host()));
        command.addAll(List.of(words));
        return Ran.run(Map.of(), command);
    }

    /// Runs a shell script, as a user of this lab would, `swarm` being a command of it.
    public Ran shell(String script) throws IOException {
        String jar = String.join(" ", FAST) + " -jar '" + System.getProperty("swarm.jar") + "'";
        return Ran.run(environment, List.of("sh", "-euc",
                "java() { '" + java() + "' \"$@\"; }\n"
                + "swarm() { '" + java() + "' " + jar + " \"$@\"; }\n" + script));
    }

    /// Sends a signal and waits until it has taken effect: after STOP every thread is stopped,
    /// after KILL the process has ended, though perhaps nobody has asked how.
    public static void signal(String signal, long pid) throws IOException {
        Ran.run("kill", "-" + signal, "" + pid).ok();
        String wanted = switch (signal) {
            case "STOP" -> "T";
            case "KILL" -> "ZX";
            default -> "RSDIZX";
        };
        await(pid + " has taken " + signal, () -> threadStates(pid).chars()
                .allMatch(state -> wanted.indexOf(state) >= 0));
    }

    /// One letter for each thread; none when there is no such process. (proc(5))
    private static String threadStates(long pid) throws IOException {
        StringBuilder states = new StringBuilder();
        Path threads = Path.of("/proc", "" + pid, "task");
        try (var each = Files.newDirectoryStream(threads)) {
            for (Path thread : each) {
                String stat = Files.readString(thread.resolve("stat"));
                states.append(stat.charAt(stat.lastIndexOf(')') + 2));
            }
        } catch (NoSuchFileException | DirectoryIteratorException ended) {
            return Files.exists(threads) ? "R" : "";
        }
        return states.toString();
    }

    /// Waits until something holds; what did not come true is the failure's text.
    public static void await(String what, Condition condition) throws IOException {
        await(what, PATIENCE, condition);
    }

    /// The same with another patience, for measurements.
    public static void await(String what, Duration patience, Condition condition)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not after " + patience.toMillis() + " ms: " + what);
            }
            pause(Duration.ofMillis(POLL_MS));
        }
    }

    /// Lets time pass, where that is what a test or benchmark is about.
    public static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while waiting");
        }
    }

    public String logText() throws IOException {
        return Files.exists(log()) ? Files.readString(log()) : "";
    }

    private Path log() {
        return dir.resolve("log");
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    @Override
    public void close() throws IOException {
        if (daemon == null || !daemon.isAlive()) {
            endStrays();
        }
        List<String> nodes = nodes();
        swarm("leave", "--force");
        endStrays();
        if (daemon != null) {
            kill();
        }
        for (String node : nodes) {
            with("sh", "-c", "docker ps -aq --filter label=com.docker.swarm.node.id=" + node
                    + " | xargs -r docker rm -f").ok();
        }
        Scratch.remove(dir);
    }

    /// The ids in this node's state, where its tasks are containers that could be left behind.
    private List<String> nodes() throws IOException {
        Path file = state().resolve("node.json");
        return environment.containsKey("DOCKER_HOST") && Files.exists(file)
                ? ID.matcher(Files.readString(file)).results().map(MatchResult::group).toList()
                : List.of();
    }

    /// The daemon that `init` started in the background.
    public long backgroundPid() {
        return ours().filter(p -> p.info().command().orElse("").endsWith("/java"))
                .findFirst().orElseThrow().pid();
    }

    /// Ends what still runs in this lab's name.
    private void endStrays() {
        ours().forEach(p -> {
            p.descendants().forEach(ProcessHandle::destroyForcibly);
            p.destroyForcibly();
        });
    }

    /// The processes, but for a daemon that is our child, whose command line names our directory.
    private Stream<ProcessHandle> ours() {
        return ProcessHandle.allProcesses()
                .filter(p -> daemon == null || p.pid() != daemon.pid())
                .filter(p -> p.info().commandLine().orElse("").contains(dir + "/"));
    }
}

package swarm.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import swarm.disk.StateDir;
import swarm.http.HttpServer;
import swarm.http.ServerLimits;

/// The daemon in the foreground: it opens the state directory, the engine and the socket, takes up
/// the membership it finds, and serves until it is told to stop or its disk fails. SIGTERM and
/// SIGINT are a clean stop, which leaves containers running.
public final class Daemon {
    /// How long requests under way may take to end at a stop.
    private static final long STOP_MS = 2_000;

    private final EventLog log = new EventLog(System.err);
    /// Opened when the daemon is to end.
    private final CountDownLatch over = new CountDownLatch(1);
    /// Opened when everything is closed, so that a signal's thread may let the process end.
    private final CountDownLatch stopped = new CountDownLatch(1);
    /// What the process will exit with; set before `over` opens.
    private volatile int status;

    private Daemon() { }

    /// Runs a daemon until it ends, and exits with its status.
    public static void main(String[] args) {
        System.exit(new Daemon().run(List.of(args)));
    }

    private int run(List<String> args) {
        try {
            serve(Settings.of(args));
        } catch (IOException e) {
            System.err.println("swarm: " + (e.getMessage() == null ? e : e.getMessage()));
            return 1;
        } catch (InterruptedException e) {
            return 1;
        } finally {
            stopped.countDown();
        }
        return status;
    }

    private void serve(Settings settings) throws IOException, InterruptedException {
        SecureRandom chance = new SecureRandom();
        try (StateDir dir = StateDir.open(settings.dataDir());
                SocketFile socket = SocketFile.bind(settings.socket(), settings.group());
                EngineDoor door = EngineDoor.open(settings, dir)) {
            Member.Ground ground = new Member.Ground(dir, chance,
                    door.engine(), hostname(settings), log, this::broken);
            try (Lifecycle lifecycle = new Lifecycle(ground)) {
                lifecycle.resume();
                HttpServer server = new HttpServer(socket.channel(), ServerLimits.STANDARD,
                        new ApiServer(lifecycle, door), e -> log.trouble("request failed", e));
                server.start();
                stopOnSignal();
                log.say("swarm daemon ready on " + settings.host());
                over.await();
                lifecycle.handOver();
                server.stop(STOP_MS);
            }
        }
        log.say("swarm daemon stopped");
    }

    private void stopOnSignal() {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            over.countDown();
            try {
                stopped.await();
                Runtime.getRuntime().halt(status);
            } catch (InterruptedException e) {
                log.say("stopped in a hurry");
            }
        }));
    }

    private void broken(Throwable reason) {
        log.trouble("the daemon cannot go on and stops", reason);
        status = 1;
        over.countDown();
    }

    private static String hostname(Settings settings) throws IOException {
        if (settings.hostname().isPresent()) {
            return settings.hostname().get();
        }
        Path name = Path.of("/proc/sys/kernel/hostname");
        if (Files.isReadable(name)) {
            return Files.readString(name).strip();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new IOException("this machine has no name; give it one with --hostname", e);
        }
    }
}

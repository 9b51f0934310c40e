package swarm.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;

/// Starts a daemon in the background and waits until its socket answers.
///
/// An edge. The daemon gets a session of its own and no stream of ours, so that it outlives the
/// terminal and `ssh host java -jar swarm.jar init` returns. If it dies before it answers, the last
/// line of its log is why.
final class DaemonLauncher {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final long PATIENCE_MS = 30_000;
    private static final long POLL_MS = 20;
    /// For a process that mostly waits: one small heap that is given back.
    private static final List<String> JVM_FLAGS = List.of("-XX:+UseSerialGC", "-Xms8m", "-Xmx256m",
        "-XX:MaxHeapFreeRatio=20", "-XX:MinHeapFreeRatio=10", "-XX:-UsePerfData", "-Xss512k");

    private DaemonLauncher() {
    }

    static void start(Global global) throws Failure {
        String host = global.text("host");
        if (answers(host)) {
            return;
        }
        Path log = Path.of(global.text("data-dir"), "swarm.log");
        try {
            Files.createDirectories(log.getParent(), PRIVATE);
            long begun = Files.exists(log) ? Files.size(log) : 0;
            Process process = launch(log.toFile(), global);
            for (long waited = 0; !answers(host); waited += POLL_MS) {
                if (!process.isAlive() || waited > PATIENCE_MS) {
                    throw Failure.of(lastLine(log, begun));
                }
                Thread.sleep(POLL_MS);
            }
        } catch (IOException failed) {
            throw Failure.of("cannot start the daemon in " + log.getParent() + ": "
                + failed.getMessage());
        } catch (InterruptedException ended) {
            throw Failure.of("interrupted while the daemon was starting");
        }
    }

    private static Process launch(File log, Global global) throws IOException {
        ArrayList<String> command = new ArrayList<>(List.of("setsid",
            Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "swarm.Main",
            "daemon"));
        command.addAll(global.daemonFlags());
        return new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .redirectError(ProcessBuilder.Redirect.appendTo(log))
            .start();
    }

    private static boolean answers(String host) {
        try (HttpClient http = new HttpClient(Endpoint.parse(host), Timeouts.NONE, 0);
             var call = http.send(new Request("GET", "/_ping", Headers.NONE), new byte[0])) {
            return call.status() == 200;
        } catch (IOException nobody) {
            return false;
        }
    }

    private static String lastLine(Path log, long from) throws IOException {
        byte[] all = Files.readAllBytes(log);
        int skipped = (int) Math.min(from, all.length);
        String text = new String(all, skipped, all.length - skipped, StandardCharsets.UTF_8)
            .strip();
        return text.isEmpty() ? "the daemon did not start and wrote nothing to " + log
            : text.substring(text.lastIndexOf('\n') + 1);
    }
}

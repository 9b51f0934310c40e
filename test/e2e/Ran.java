package e2e;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that was run to its end: its status and what it printed.
public record Ran(List<String> command, int status, String out, String err, long ms) {
    private static final long PATIENCE_S = 120;

    /// Runs a program with nothing on standard input. It is killed when it takes too long, and
    /// that is a failure of the test, not a result.
    public static Ran run(Map<String, String> environment, List<String> command)
            throws IOException {
        Path dir = Scratch.make("swr");
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            long begun = System.nanoTime();
            Process process = builder.start();
            boolean ended = ended(process, PATIENCE_S);
            long ms = (System.nanoTime() - begun) / 1_000_000;
            if (!ended) {
                process.destroyForcibly();
                throw new AssertionError("no end after " + PATIENCE_S + " s: " + command + "\n"
                        + text(out) + text(err));
            }
            return new Ran(command, process.exitValue(), text(out), text(err), ms);
        } finally {
            Scratch.remove(dir);
        }
    }

    public static Ran run(String... command) throws IOException {
        return run(Map.of(), List.of(command));
    }

    /// Whether a process ends within some seconds.
    public static boolean ended(Process process, long seconds) throws IOException {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while waiting for a process");
        }
    }

    /// This, once it has ended with status 0.
    public Ran ok() {
        if (status != 0) {
            throw new AssertionError("status " + status + " of " + command + "\n" + out + err);
        }
        return this;
    }

    /// What was printed, without the last line's end.
    public String text() {
        return out.stripTrailing();
    }

    public List<String> lines() {
        return out.lines().toList();
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}

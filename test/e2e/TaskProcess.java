package e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A process of a task as the kernel knows it, whatever daemon or engine says: found by the
/// environment that its service gave it. One process is told from a later one with the same id by
/// its start time.
record TaskProcess(long pid, String startTime, String task, String service, long slot,
        long revision) {
    /// The argument of `sleep` is this and the revision.
    static final long SECONDS = 1_000_000;
    private static final int START_TIME_AT = 19;

    /// The environment by which the tasks of a lab are found.
    static List<String> marks(Lab lab, long revision) {
        return List.of("SWL_LAB=" + lab.dir(), "SWL_TASK={{.Task.ID}}",
                "SWL_SERVICE={{.Service.Name}}", "SWL_SLOT={{.Task.Slot}}",
                "SWL_REVISION=" + revision);
    }

    /// All that run now.
    static List<TaskProcess> of(Lab lab) throws IOException {
        List<TaskProcess> found = new ArrayList<>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                read(process, lab).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<TaskProcess> read(Path process, Lab lab) {
        try {
            String[] words = text(process.resolve("cmdline")).split("\0");
            TreeMap<String, String> marks = new TreeMap<>();
            for (String variable : text(process.resolve("environ")).split("\0")) {
                int is = variable.indexOf('=');
                if (is > 0) {
                    marks.put(variable.substring(0, is), variable.substring(is + 1));
                }
            }
            String stat = text(process.resolve("stat"));
            String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean ours = lab.dir().toString().equals(marks.get("SWL_LAB"))
                    && words[0].equals("sleep") && !rest[0].equals("Z");
            return ours ? Optional.of(new TaskProcess(
                    Long.parseLong(process.getFileName().toString()), rest[START_TIME_AT],
                    marks.get("SWL_TASK"), marks.get("SWL_SERVICE"),
                    Long.parseLong(marks.get("SWL_SLOT")),
                    Long.parseLong(words[1]) - SECONDS)) : Optional.empty();
        } catch (IOException | UncheckedIOException ended) {
            return Optional.empty();
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}

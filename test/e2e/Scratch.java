package e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Directories that belong to one test alone, under TMPDIR where that is set.
///
/// The path of a socket holds at most 107 bytes, so a TMPDIR that is too long is passed over.
final class Scratch {
    private static final int BASE_CHARS_MAX = 60;

    private Scratch() { }

    /// Makes an empty directory whose name begins like this.
    static Path make(String prefix) throws IOException {
        String named = System.getenv().getOrDefault("TMPDIR", "");
        boolean fits = !named.isEmpty() && named.length() < BASE_CHARS_MAX;
        return Files.createTempDirectory(Path.of(fits ? named : "/tmp").toAbsolutePath(), prefix);
    }

    /// Removes a directory and all that is in it.
    static void remove(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}

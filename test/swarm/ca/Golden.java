package swarm.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The files of `test/golden/der`.
final class Golden {
    private Golden() {
    }

    static String text(String name) throws IOException {
        Path tests = Path.of(System.getProperty("test.dir", "test"));
        return Files.readString(tests.resolve("golden/der").resolve(name));
    }

    /// The rows of a table: columns between bars, lines that begin with # left out.
    static List<List<String>> rows(String name) throws IOException {
        return text(name).lines().filter(line -> !line.startsWith("#"))
            .map(line -> List.of(line.split(" *\\| *", -1))).toList();
    }
}

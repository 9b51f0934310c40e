package tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/// Small programs with known faults, written and compiled into a directory for the checks' tests.
final class Planted {
    private Planted() {
    }

    /// Writes sources, keyed by path, below `root`.
    static void write(Path root, Map<String, String> sources) throws IOException {
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = root.resolve(source.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, source.getValue());
        }
    }

    /// Writes and compiles sources; the class files lie in the directory returned.
    static Path compile(Path root, Map<String, String> sources) throws IOException {
        write(root, sources);
        Path classes = root.resolve("classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-XDstringConcat=inline", "-d", classes.toString()));
        sources.keySet().forEach(name -> arguments.add(root.resolve(name).toString()));
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalArgumentException("the planted sources do not compile");
        }
        return classes;
    }
}

package tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The classes that are not core, as `edges.txt` lists them: one a line, with the reason.
record Edges(Map<String, String> edge, Map<String, String> reflection) {
    static Edges read(Path file) throws IOException {
        return parse(Files.readAllLines(file));
    }

    static Edges parse(List<String> lines) {
        Edges edges = new Edges(new TreeMap<>(), new TreeMap<>());
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.trim().split("\\s+", 3);
            if (columns.length < 3) {
                throw new IllegalArgumentException("edges.txt: no reason given: " + line);
            }
            Map<String, String> kind = switch (columns[0]) {
                case "edge" -> edges.edge;
                case "reflection" -> edges.reflection;
                default -> throw new IllegalArgumentException("edges.txt: what is " + line);
            };
            if (kind.put(columns[1], columns[2]) != null) {
                throw new IllegalArgumentException("edges.txt: twice: " + columns[1]);
            }
        }
        return edges;
    }

    boolean edge(String className) {
        return edge.containsKey(outermost(className));
    }

    boolean reflection(String className) {
        return reflection.containsKey(outermost(className));
    }

    /// The top-level class of `swarm.raft.Raft$1`, which is `swarm.raft.Raft`.
    static String outermost(String className) {
        int dollar = className.indexOf('$');
        return dollar < 0 ? className : className.substring(0, dollar);
    }
}

package tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who may use whom, as `packages.txt` says. A unit is a package, or a class of the root package.
final class Packages {
    private final Map<String, Set<String>> mayUse = new TreeMap<>();
    private final Set<String> pure = new TreeSet<>();

    static Packages read(Path file) throws IOException {
        return new Packages(Files.readAllLines(file));
    }

    Packages(List<String> lines) {
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String unit = line.substring(0, line.indexOf(':'));
            Set<String> uses = new TreeSet<>();
            for (String word : line.substring(line.indexOf(':') + 1).trim().split("\\s+")) {
                if (word.equals("pure")) {
                    pure.add(unit);
                } else {
                    uses.add(word);
                }
            }
            mayUse.put(unit, uses);
        }
    }

    /// The unit of `swarm.raft.Raft$1`, which is `raft`; of `swarm.Main`, which is `Main`.
    static String unit(String className) {
        String inside = Edges.outermost(className).substring("swarm.".length());
        int dot = inside.indexOf('.');
        return dot < 0 ? inside : inside.substring(0, dot);
    }

    boolean known(String unit) {
        return mayUse.containsKey(unit) || unit.equals("Invariant");
    }

    boolean pure(String unit) {
        return pure.contains(unit);
    }

    boolean allows(String from, String target) {
        String to = unit(target);
        if (from.equals(to) || to.equals("Invariant")) {
            return true;
        }
        Set<String> uses = mayUse.getOrDefault(from, Set.of());
        return uses.contains(to)
                || uses.contains(Edges.outermost(target).substring("swarm.".length()));
    }
}

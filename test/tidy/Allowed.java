package tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the core may use of the JDK, as `allowed.txt` lists it. What is not there is refused, so a
/// new class of a new JDK is refused until someone has thought about it.
final class Allowed {
    private final Set<String> packages = new HashSet<>();
    private final Set<String> classes = new HashSet<>();
    private final Set<String> members = new HashSet<>();
    private final Map<String, String> refused = new HashMap<>();

    static Allowed read(Path file) throws IOException {
        return new Allowed(Files.readAllLines(file));
    }

    Allowed(List<String> lines) {
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("! ")) {
                String[] parts = line.substring(2).split("  ", 2);
                refused.put(parts[0].replace(" ", ""), parts[1].trim());
            } else if (line.endsWith(".*")) {
                packages.add(line.substring(0, line.length() - 2));
            } else if (line.contains("#")) {
                members.add(line);
                members.add(line.substring(0, line.indexOf('#')));
            } else {
                classes.add(line);
            }
        }
    }

    /// Why a class may not be named at all; empty when it may.
    Optional<String> refusesType(String type) {
        return whole(type) || members.contains(type)
                ? Optional.empty() : Optional.of("is not in allowed.txt");
    }

    /// Why a member may not be used; empty when it may.
    Optional<String> refusesMember(Use use) {
        for (String owner : List.of(use.owner(), "*")) {
            for (String name : List.of(use.name(), use.name() + use.parameters())) {
                String reason = refused.get(owner + "#" + name);
                if (reason != null) {
                    return Optional.of(reason);
                }
            }
        }
        return whole(use.owner()) || members.contains(use.owner() + "#" + use.name())
                ? Optional.empty() : Optional.of("is not in allowed.txt");
    }

    private boolean whole(String type) {
        if (classes.contains(type)) {
            return true;
        }
        int dot = type.lastIndexOf('.');
        while (dot > 0 && Character.isUpperCase(type.charAt(type.lastIndexOf('.', dot - 1) + 1))) {
            dot = type.lastIndexOf('.', dot - 1);
        }
        return packages.contains(type.substring(0, Math.max(0, dot)));
    }
}

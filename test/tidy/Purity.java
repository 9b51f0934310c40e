package tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Reads our own class files and says who breaks the laws of the core.
///
/// The idea: core is the default. A class of ours may use of the JDK only what `allowed.txt` names,
/// unless `edges.txt` lists it; packages use each other only as `packages.txt` says. A list entry
/// that nothing needs is a finding too, so the lists never grow slack.
///
/// Leaves to others: what only the source shows (`Tidy`).
public final class Purity {
    private static final String REFLECTED = "Class.forName Class.getDeclaredConstructor "
            + "Class.getDeclaredConstructors Class.getDeclaredField Class.getDeclaredFields "
            + "Class.getDeclaredMethod Class.getDeclaredMethods Class.getField Class.getFields "
            + "Class.getMethod Class.getMethods Class.getConstructor Class.getConstructors "
            + "Class.getRecordComponents Class.getPermittedSubclasses Class.getEnumConstants "
            + "Class.getAnnotation invoke.MethodHandles.lookup";

    private final Allowed allowed;
    private final Edges edges;
    private final Packages packages;
    private final Map<String, ClassFacts> classes = new TreeMap<>();
    private final Set<String> enums = new TreeSet<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> needed = new TreeSet<>();

    private Purity(Allowed allowed, Edges edges, Packages packages) {
        this.allowed = allowed;
        this.edges = edges;
        this.packages = packages;
    }

    /// Prints the findings in the class files below a directory; the lists' directory and a prefix
    /// of the places to print follow.
    public static void main(String[] args) throws IOException {
        for (Finding finding : check(Path.of(args[0]), Path.of(args[1]))) {
            if (finding.place().startsWith(args[2])) {
                System.out.println(finding);
            }
        }
    }

    /// The findings in the class files below `root`, judged by the lists in `lists`.
    static List<Finding> check(Path root, Path lists) throws IOException {
        return check(root, Allowed.read(lists.resolve("allowed.txt")),
                Edges.read(lists.resolve("edges.txt")),
                Packages.read(lists.resolve("packages.txt")));
    }

    static List<Finding> check(Path root, Allowed allowed, Edges edges, Packages packages)
            throws IOException {
        Purity purity = new Purity(allowed, edges, packages);
        for (ClassFacts facts : read(root)) {
            if (facts.name().startsWith("swarm.") && !facts.name().endsWith("package-info")) {
                purity.classes.put(facts.name(), facts);
                if (facts.ofEnum()) {
                    purity.enums.add(facts.name());
                }
            }
        }
        purity.classes.values().forEach(purity::judge);
        purity.cycles();
        purity.slack();
        purity.findings.sort(null);
        return purity.findings;
    }

    static List<ClassFacts> read(Path root) throws IOException {
        List<ClassFacts> facts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                if (!file.endsWith("module-info.class")) {
                    facts.add(ClassFacts.of(Files.readAllBytes(file)));
                }
            }
        }
        return facts;
    }

    private void judge(ClassFacts facts) {
        if (facts.preview()) {
            add(facts, 15, "is compiled with preview features");
        }
        boundaries(facts);
        reflection(facts);
        List<String> broken = impurities(facts);
        String outermost = Edges.outermost(facts.name());
        if (!edges.edge(facts.name())) {
            broken.forEach(text -> add(facts, 5, text));
        } else if (!broken.isEmpty()) {
            needed.add("edge " + outermost);
        }
    }

    private void boundaries(ClassFacts facts) {
        String unit = Packages.unit(facts.name());
        if (!packages.known(unit)) {
            add(facts, 3, "is in " + unit + ", which packages.txt does not know");
            return;
        }
        for (String type : facts.types()) {
            if (type.startsWith("swarm.") && !packages.allows(unit, type)) {
                add(facts, 3, "uses " + type + ", which packages.txt does not allow to " + unit);
            }
        }
    }

    private void reflection(ClassFacts facts) {
        List<String> reflected = new ArrayList<>();
        for (Use use : facts.uses()) {
            String name = use.owner().replaceFirst("^java\\.lang\\.", "") + "." + use.name();
            if (use.owner().startsWith("java.lang.reflect.") || words(REFLECTED).contains(name)) {
                reflected.add("uses reflection: " + use);
            }
        }
        if (!edges.reflection(facts.name())) {
            reflected.forEach(text -> add(facts, 15, text));
        } else if (!reflected.isEmpty()) {
            needed.add("reflection " + Edges.outermost(facts.name()));
        }
    }

    /// What would be findings if the class were core.
    private List<String> impurities(ClassFacts facts) {
        List<String> broken = new ArrayList<>();
        facts.locks().forEach(lock -> broken.add("belongs to threads: " + lock));
        for (String type : facts.types()) {
            if (ours(type)) {
                if (edges.edge(type) && !sameFile(facts.name(), type)
                        && packages.pure(Packages.unit(facts.name()))) {
                    broken.add("core that uses the edge " + type);
                }
            } else if (!reflective(facts, type)) {
                allowed.refusesType(type).ifPresent(why -> broken.add(type + " " + why));
            }
        }
        for (Use use : facts.uses()) {
            judgeUse(facts, use).ifPresent(why -> broken.add(use + " " + why));
        }
        return broken;
    }

    private Optional<String> judgeUse(ClassFacts facts, Use use) {
        if (ours(use.owner())) {
            return use.name().equals("hashCode") && enums.contains(use.owner())
                    ? Optional.of("an enum's hash differs from run to run") : Optional.empty();
        }
        boolean known = allowed.refusesType(use.owner()).isEmpty();
        return known && !reflective(facts, use.owner())
                ? allowed.refusesMember(use) : Optional.empty();
    }

    /// Whether a type belongs to what the one record codec is allowed besides.
    private boolean reflective(ClassFacts facts, String type) {
        return edges.reflection(facts.name())
                && (type.startsWith("java.lang.reflect.") || type.equals("java.lang.Class")
                || type.equals("java.lang.ClassValue")
                || type.startsWith("java.lang.invoke.") || type.startsWith("java.lang.annotation.")
                || type.equals("java.lang.ReflectiveOperationException"));
    }

    /// Packages that use each other in a circle.
    private void cycles() {
        Map<String, Set<String>> graph = new TreeMap<>();
        for (ClassFacts facts : classes.values()) {
            Set<String> uses = graph.computeIfAbsent(
                    Packages.unit(facts.name()), unit -> new TreeSet<>());
            facts.types().stream().filter(Purity::ours).map(Packages::unit).forEach(uses::add);
        }
        for (String unit : graph.keySet()) {
            Set<String> seen = new TreeSet<>();
            reach(graph, unit, seen);
            if (seen.contains(unit)) {
                findings.add(new Finding(unit, 0, 3, "is in a cycle of packages with " + seen));
            }
        }
    }

    private static void reach(Map<String, Set<String>> graph, String from, Set<String> seen) {
        for (String to : graph.getOrDefault(from, Set.of())) {
            if (!to.equals(from) && seen.add(to)) {
                reach(graph, to, seen);
            }
        }
    }

    /// Lines of edges.txt that nothing needs.
    private void slack() {
        edges.edge().keySet().stream().filter(name -> !needed.contains("edge " + name))
                .forEach(name -> findings.add(new Finding("edges.txt", 0, 5,
                        name + " touches nothing that the core may not: take its line out")));
        edges.reflection().keySet().stream().filter(n -> !needed.contains("reflection " + n))
                .forEach(name -> findings.add(new Finding("edges.txt", 0, 15,
                        name + " uses no reflection: take its line out")));
    }

    private void add(ClassFacts facts, int rule, String text) {
        findings.add(new Finding(facts.name(), 0, rule, text));
    }

    private static boolean ours(String type) {
        return type.startsWith("swarm.");
    }

    private static boolean sameFile(String one, String other) {
        return Edges.outermost(one).equals(Edges.outermost(other));
    }

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }
}

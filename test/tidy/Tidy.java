package tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The style guide as a program: reads `src` and `test` of a tree and returns what breaks a rule.
///
/// The idea: lines for what lines show, the compiler's own trees for what syntax and types show,
/// all trees at once for what nobody uses. Every rule marked T in the guide is here or in `Purity`.
///
/// Leaves to others: what only class files show (`Purity`).
/// Invariants: reads only; the findings come in the order of their places.
public final class Tidy {
    /// The aim is 20,000; this is where the tree stands, so that it can only shrink.
    private static final int SOURCE_LINES_MAX = 36_000;
    private static final int PACKAGE_PROSE_MAX = 20;

    private final Path root;
    private final Edges edges;
    private final List<Finding> findings = new ArrayList<>();

    private Tidy(Path root, Edges edges) {
        this.root = root;
        this.edges = edges;
    }

    /// Prints the findings of a tree; a second argument keeps those whose place contains it.
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        for (Finding finding : check(root, Edges.read(root.resolve("test/tidy/edges.txt")))) {
            if (args.length < 2 || finding.place().contains(args[1])) {
                System.out.println(finding);
            }
        }
    }

    static List<Finding> check(Path root, Edges edges) throws IOException {
        Tidy tidy = new Tidy(root, edges);
        List<Path> files = tidy.files();
        TreeMap<String, List<String>> lines = new TreeMap<>();
        for (Path file : files) {
            lines.put(tidy.place(file), Files.readAllLines(file));
        }
        lines.forEach((place, text) -> tidy.findings.addAll(TextRules.check(place, text)));
        tidy.sizes(lines);
        tidy.trees(files, lines);
        tidy.findings.sort(null);
        return tidy.findings;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String top : List.of("src", "test")) {
            if (Files.isDirectory(root.resolve(top))) {
                try (Stream<Path> found = Files.walk(root.resolve(top))) {
                    files.addAll(found.filter(f -> f.toString().endsWith(".java"))
                            .sorted().toList());
                }
            }
        }
        return files;
    }

    private void sizes(TreeMap<String, List<String>> lines) {
        int total = lines.entrySet().stream().filter(e -> source(e.getKey()))
                .mapToInt(e -> e.getValue().size()).sum();
        if (total > SOURCE_LINES_MAX) {
            findings.add(new Finding("src", 0, 1, "has " + total + " lines, at most "
                    + SOURCE_LINES_MAX));
        }
        lines.forEach((place, text) -> {
            boolean prose = place.endsWith("-info.java");
            if (prose && !text.getFirst().startsWith("///")) {
                findings.add(new Finding(place, 1, 18, "does not open with ///"));
            }
            if (prose && text.size() > PACKAGE_PROSE_MAX) {
                findings.add(new Finding(place, 0, 18, "has more than " + PACKAGE_PROSE_MAX
                        + " lines"));
            }
        });
        lines.keySet().stream().filter(place -> place.startsWith("src/swarm/"))
                .map(place -> place.substring(0, place.lastIndexOf('/') + 1) + "package-info.java")
                .distinct()
                .filter(page -> !page.equals("src/swarm/package-info.java")
                        && !lines.containsKey(page))
                .forEach(page -> findings.add(new Finding(page, 0, 18, "is missing")));
    }

    /// The rules on trees, over one attributed compilation of all files.
    private void trees(List<Path> files, TreeMap<String, List<String>> lines) throws IOException {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager = ToolProvider.getSystemJavaCompiler()
                .getStandardFileManager(diagnostics, null, StandardCharsets.UTF_8)) {
            List<Path> compiled = files.stream()
                    .filter(file -> !file.endsWith("module-info.java")).toList();
            JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, manager,
                    diagnostics, List.of("-proc:none", "-nowarn", "-XDshould-stop.ifError=FLOW",
                            "-cp", System.getProperty("java.class.path")), null,
                    manager.getJavaFileObjectsFromPaths(compiled));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            task.analyze();
            Trees trees = Trees.instance(task);
            WholeRules whole = new WholeRules(trees);
            for (CompilationUnitTree unit : units) {
                String place = place(Path.of(unit.getSourceFile().toUri()));
                TreeRules.Standing standing = new TreeRules.Standing(
                        place, source(place), edge(place), lines.get(place));
                findings.addAll(new TreeRules(trees, unit, standing).check());
                whole.take(unit, place, source(place));
            }
            findings.addAll(whole.findings());
        }
        diagnostics.getDiagnostics().stream().filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .forEach(d -> findings.add(new Finding(
                        d.getSource() == null ? "src" : place(Path.of(d.getSource().toUri())),
                        (int) d.getLineNumber(), 0, "does not compile: "
                                + d.getMessage(null).replaceAll("\\s*\n.*", ""))));
    }

    private boolean edge(String place) {
        return source(place) && edges.edge(place.substring("src/".length(), place.length()
                - ".java".length()).replace('/', '.'));
    }

    private static boolean source(String place) {
        return place.startsWith("src/");
    }

    private String place(Path file) {
        return root.toAbsolutePath().relativize(file.toAbsolutePath()).toString();
    }
}

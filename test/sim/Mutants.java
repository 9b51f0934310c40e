package sim;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import run.Argument;

/// `make mutants`: proves the oracles. Plants each bug of mutants.txt in a copy of the sources, by
/// itself, compiles it, and lets the jury look: seeds from 1 on, then raft's tests. A bug that
/// survives both is a hole. A bug, chosen or not, whose lines are no longer in the sources is an
/// error here.
///
/// The mutated classes live in a class loader of their own, before the others.
public final class Mutants {
    private static final int SEEDS = 200;

    /// One file's change.
    private record Edit(String file, String out, String in) {}

    /// One planted bug.
    private record Mutant(String name, List<Edit> edits) {}

    private final Path root;
    private final Path work;
    private final Path junit;

    private Mutants(Path root, Path work) {
        this.root = root;
        this.work = work;
        String classPath = System.getProperty("java.class.path");
        junit = Arrays.stream(classPath.split(":")).filter(name -> name.contains("junit"))
            .map(Path::of).findFirst().orElseThrow();
    }

    /// A part of their names chooses mutants; without one, all are planted.
    public static void main(String[] words) throws Exception {
        Path tests = Path.of(System.getProperty("test.dir", "test"));
        List<Mutant> all = parse(Files.readAllLines(tests.resolve("sim/mutants.txt")));
        Argument name = Argument.of("NAME", words, 0);
        List<Mutant> chosen = all.stream().filter(m -> m.name.contains(name.word())).toList();
        if (chosen.isEmpty()) {
            name.refuse("a part of a planted bug's name in test/sim/mutants.txt");
        }
        Path work = Files.createTempDirectory("mutants");
        int survivors;
        try {
            Mutants mutants = new Mutants(tests.toAbsolutePath().getParent(), work);
            mutants.findPlaces(all);
            survivors = mutants.survivors(chosen);
        } finally {
            remove(work);
        }
        System.exit(survivors == 0 ? 0 : 1);
    }

    private void findPlaces(List<Mutant> mutants) throws IOException {
        for (Mutant mutant : mutants) {
            for (Edit edit : mutant.edits) {
                change(Files.readString(root.resolve(edit.file)), edit, mutant.name);
            }
        }
    }

    private int survivors(List<Mutant> mutants) throws Exception {
        int survivors = 0;
        for (Mutant mutant : mutants) {
            String found = firstFailure(mutant);
            survivors += found.isEmpty() ? 1 : 0;
            System.out.println(mutant.name + " | "
                + (found.isEmpty() ? "SURVIVES " + SEEDS + " seeds" : found));
        }
        System.out.println(survivors == 0 ? "all caught" : survivors + " SURVIVE");
        return survivors;
    }

    private String firstFailure(Mutant mutant) throws Exception {
        Path classes = Files.createTempDirectory(work, "classes");
        plant(mutant);
        compile(classes);
        URL[] path = {classes.toUri().toURL(), junit.toUri().toURL()};
        try (URLClassLoader loader =
                new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            Method judge = loader.loadClass("sim.Jury").getMethod("judge", int.class);
            return (String) judge.invoke(null, SEEDS);
        }
    }

    /// Copies the raft and the simulator with this bug in them.
    private void plant(Mutant mutant) throws IOException {
        copy(root.resolve("src/swarm/Invariant.java"), mutant);
        List<String> folders =
            List.of("src/swarm/raft", "src/swarm/disk", "test/sim", "test/swarm/raft");
        for (String folder : folders) {
            try (Stream<Path> all = Files.list(root.resolve(folder))) {
                for (Path file : all.filter(f -> f.toString().endsWith(".java")).toList()) {
                    copy(file, mutant);
                }
            }
        }
    }

    private void copy(Path file, Mutant mutant) throws IOException {
        String name = root.relativize(file).toString();
        String text = Files.readString(file);
        for (Edit edit : mutant.edits) {
            text = edit.file.equals(name) ? change(text, edit, mutant.name) : text;
        }
        Path copy = work.resolve(name);
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, text);
    }

    private static String change(String text, Edit edit, String name) {
        int at = text.indexOf(edit.out);
        if (at < 0 || text.indexOf(edit.out, at + 1) >= 0) {
            throw new IllegalStateException(name + ": not found once in " + edit.file + ":\n"
                + edit.out);
        }
        return text.substring(0, at) + edit.in + text.substring(at + edit.out.length());
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// The simulation, and whatever it needs.
    private void compile(Path classes) throws IOException {
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        String path = work.resolve("src") + ":" + work.resolve("test");
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            boolean done = compiler.getTask(messages, manager, null,
                List.of("-d", classes.toString(), "-proc:none", "-nowarn", "-implicit:class",
                    "-cp", junit.toString(), "-sourcepath", path), null,
                manager.getJavaFileObjects(work.resolve("test/sim/Jury.java"))).call();
            if (!done) {
                throw new IllegalStateException("a mutant does not compile:\n" + messages);
            }
        }
    }

    private static List<Mutant> parse(List<String> lines) {
        List<Mutant> mutants = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : lines) {
            if (line.isEmpty()) {
                block(block).ifPresent(mutants::add);
                block.clear();
            } else if (!line.startsWith("#")) {
                block.add(line);
            }
        }
        block(block).ifPresent(mutants::add);
        return mutants;
    }

    private static Optional<Mutant> block(List<String> lines) {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<Edit> edits = new ArrayList<>();
        String file = "";
        StringBuilder out = new StringBuilder();
        StringBuilder in = new StringBuilder();
        for (String line : lines.subList(1, lines.size())) {
            boolean putIn = line.startsWith("+");
            if (!putIn && !in.isEmpty()) {
                edits.add(new Edit(file, out.toString(), in.toString()));
                out.setLength(0);
                in.setLength(0);
            }
            if (putIn) {
                in.append(line.substring(1)).append('\n');
            } else if (line.startsWith("-")) {
                out.append(line.substring(1)).append('\n');
            } else {
                file = line;
            }
        }
        edits.add(new Edit(file, out.toString(), in.toString()));
        return Optional.of(new Mutant(lines.getFirst(), edits));
    }
}

package tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The tree is pure, and impurity planted in small classes is found.
class PurityTest {
    /// What tests outside package e2e must not touch, and why they need not.
    private static final List<String> CLOCKS_AND_SOCKETS = List.of(
            "java.lang.Thread.sleep", "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis", "java.time.Instant.now",
            "java.util.concurrent.TimeUnit.sleep", "java.util.concurrent.locks.LockSupport.park",
            "java.net.Socket.", "java.net.ServerSocket.", "java.net.DatagramSocket.",
            "java.nio.channels.SocketChannel.", "java.nio.channels.ServerSocketChannel.",
            "java.net.http.");

    private static final Path LISTS = Path.of(System.getProperty("test.dir"), "tidy");

    @TempDir
    private Path scratch;

    @Test
    void coreTouchesNoClockThreadSocketFileOrChance() throws IOException {
        assertNone(Purity.check(classPathEntry("classes"), LISTS));
    }

    @Test
    void testsOutsideE2eTouchNoClockAndNoSocket() throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (ClassFacts facts : Purity.read(classPathEntry("test-classes"))) {
            if (!facts.name().matches("(e2e|bench|run)\\..*|sim\\.Simulate")) {
                facts.uses().stream().map(Use::toString)
                        .filter(use -> CLOCKS_AND_SOCKETS.stream().anyMatch(use::startsWith))
                        .forEach(use -> findings.add(
                                new Finding(facts.name(), 0, 34, "a test that uses " + use)));
            }
        }
        assertNone(findings);
    }

    @TestFactory
    Stream<DynamicTest> findsInTheCore() {
        Map<String, String> planted = new TreeMap<>();
        planted.put("java.lang.System.nanoTime()", "System.nanoTime();");
        planted.put("java.time.Instant.now()", "java.time.Instant.now();");
        planted.put("java.lang.Thread", "new Thread(() -> { }).start();");
        planted.put("java.nio.file.Files", "java.nio.file.Files.exists(null);");
        planted.put("java.net.Socket", "java.net.Socket s = null; s.close();");
        planted.put("java.util.Random", "new java.util.Random(1).nextInt();");
        planted.put("java.lang.Math.random()", "Math.random();");
        planted.put("java.util.UUID", "java.util.UUID.randomUUID();");
        planted.put("java.security.SecureRandom.<init>()", "new java.security.SecureRandom();");
        planted.put("java.security.Signature.initSign(PrivateKey)",
                "java.security.Signature.getInstance(\"x\").initSign(null);");
        planted.put("java.security.KeyPairGenerator.initialize(int)",
                "java.security.KeyPairGenerator.getInstance(\"x\").initialize(256);");
        planted.put("javax.crypto.Cipher.init(int,Key)",
                "javax.crypto.Cipher.getInstance(\"x\").init(1, (java.security.Key) null);");
        planted.put("java.security.cert.X509Certificate.checkValidity()",
                "java.security.cert.X509Certificate c = null; c.checkValidity();");
        planted.put("java.lang.System.getenv(String)", "System.getenv(\"x\");");
        planted.put("java.lang.System.out", "System.out.println();");
        planted.put("java.util.HashMap", "new java.util.HashMap<String, String>();");
        planted.put("java.util.IdentityHashMap", "new java.util.IdentityHashMap<>();");
        planted.put("java.util.Set.of(Object)", "java.util.Set.of(\"x\");");
        planted.put("java.util.Map.copyOf(Map)",
                "java.util.Map.copyOf(new java.util.TreeMap<>());");
        planted.put("java.util.stream.Collectors.toSet()",
                "java.util.List.of(1).stream().collect(java.util.stream.Collectors.toSet());");
        planted.put("java.util.List.parallelStream()", "java.util.List.of(1).parallelStream();");
        planted.put("java.util.stream.Stream.parallel()",
                "java.util.List.of(1).stream().parallel();");
        planted.put("java.lang.String.toLowerCase()", "\"X\".toLowerCase();");
        planted.put("java.lang.String.format(String,Object[])", "String.format(\"%d\", 1);");
        planted.put("java.lang.String.formatted(Object[])", "\"%d\".formatted(1);");
        planted.put("java.lang.System.currentTimeMillis()",
                "java.util.function.LongSupplier s = System::currentTimeMillis;");
        planted.put("synchronized block", "synchronized (this) { hashCode(); }");
        planted.put("an enum's hash", "java.util.function.ToIntFunction<E> h = E::hashCode;");
        planted.put("uses reflection", "Class.forName(\"x\");");
        return planted.entrySet().stream().map(plant -> DynamicTest.dynamicTest(
                plant.getKey(), () -> assertOne(plant.getKey(), check(core(plant.getValue())))));
    }

    @TestFactory
    Stream<DynamicTest> letsPass() {
        return Stream.of(
                "String.format(java.util.Locale.ROOT, \"%d\", 1);",
                "\"X\".toLowerCase(java.util.Locale.ROOT);",
                "new java.util.TreeMap<String, E>().put(\"x\" + E.A, E.A);",
                "java.util.List.of(1).stream().map(x -> x + 1).toList();",
                "java.security.Signature.getInstance(\"x\")"
                        + ".initSign(null, (java.security.SecureRandom) null);",
                "switch ((Object) E.A) { case E e when e == E.A -> { } default -> { } }")
                .map(code -> DynamicTest.dynamicTest(code, () -> assertNone(check(core(code)))));
    }

    @Test
    void edgeMayTouchWhatTheCoreMayNot() throws IOException {
        assertNone(check(core("System.nanoTime();"), "edge swarm.raft.A  reads the clock"));
    }

    @Test
    void edgeThatTouchesNothingIsFound() throws IOException {
        assertOne("swarm.raft.A touches nothing",
                check(core("hashCode();"), "edge swarm.raft.A  reads the clock"));
    }

    @Test
    void pureCoreThatUsesAnEdgeIsFound() throws IOException {
        Map<String, String> sources = core("new B().now();");
        sources.put("B.java", """
                package swarm.raft;
                class B { long now() { return System.nanoTime(); } }
                """);
        assertOne("core that uses the edge swarm.raft.B",
                check(sources, "edge swarm.raft.B  reads the clock"));
    }

    @Test
    void onlyTheListedClassReflects() throws IOException {
        Map<String, String> sources = core("Class.forName(\"x\").getRecordComponents();");
        assertNone(check(sources, "reflection swarm.raft.A  derives JSON from records"));
    }

    @Test
    void packageThatUsesAnotherUnlistedIsFound() throws IOException {
        Map<String, String> sources = core("new swarm.store.C();");
        sources.put("C.java", "package swarm.store; public class C { }");
        assertOne("uses swarm.store.C, which packages.txt does not allow to raft", check(sources));
    }

    @Test
    void cycleOfPackagesIsFound() throws IOException {
        Map<String, String> sources = core("new swarm.store.C();");
        sources.put("C.java", "package swarm.store; public class C { swarm.raft.A a; }");
        Packages lax = new Packages(List.of("raft: pure store", "store: pure raft"));
        List<Finding> findings = Purity.check(Planted.compile(scratch, sources),
                Allowed.read(LISTS.resolve("allowed.txt")), Edges.parse(List.of()), lax);
        assertEquals(List.of("raft", "store"), findings.stream().map(Finding::place).toList());
    }

    /// A core class with one method of the given body.
    private static Map<String, String> core(String body) {
        Map<String, String> sources = new TreeMap<>();
        sources.put("A.java", "package swarm.raft; public class A { enum E { A, B }"
                + " void a() throws Exception { " + body + " } }");
        return sources;
    }

    private List<Finding> check(Map<String, String> sources, String... edges) throws IOException {
        return Purity.check(Planted.compile(scratch, sources),
                Allowed.read(LISTS.resolve("allowed.txt")), Edges.parse(List.of(edges)),
                Packages.read(LISTS.resolve("packages.txt")));
    }

    private static Path classPathEntry(String name) {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> entry.endsWith("/" + name)).map(Path::of)
                .findFirst().orElseThrow();
    }

    static void assertNone(List<Finding> findings) {
        assertTrue(findings.isEmpty(), () -> findings.size() + " findings\n  " + String.join(
                "\n  ", findings.stream().map(Finding::toString).toList()));
    }

    private static void assertOne(String text, List<Finding> findings) {
        assertTrue(findings.stream().anyMatch(f -> f.text().contains(text)),
                () -> "not found: " + text + " in " + findings);
    }
}

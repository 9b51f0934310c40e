package tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The tree is tidy, and each fault planted in a small tree is found, alone.
class TidyTest {
    private static final String HEAD = "package swarm.a;\n\n/// What it is.\n";

    @TempDir
    private Path scratch;

    @Test
    void treeIsTidy() throws IOException {
        Path root = Path.of(System.getProperty("test.dir")).getParent();
        PurityTest.assertNone(
                Tidy.check(root, Edges.read(root.resolve("test/tidy/edges.txt"))));
    }

    @TestFactory
    Stream<DynamicTest> findsInLinesNamesAndSizes() {
        Map<String, String> planted = new TreeMap<>();
        planted.put("1 is wider than 100", body("// " + "x".repeat(100)));
        planted.put("1 has 501 lines, at most 500", HEAD + "public final class A {\n"
                + "\n".repeat(495) + "}\n//\n");
        planted.put("1 has a tab, or blanks at its end", body("int a = 1; "));
        planted.put("1 use has 61 lines, at most 60", HEAD + "public final class A {\n"
                + "    static void use() {\n" + "        use();\n".repeat(59) + "    }\n}\n");
        planted.put("1 use has 6 parameters, at most 5", HEAD + "public final class A {\n"
                + "    static void use(int a, int b, int c, int d, int e, int f) {\n"
                + "        use(a, b, c, d, e, f);\n    }\n}\n");
        planted.put("3 the name AImpl says nothing", body("record AImpl(int a) { }"));
        planted.put("3 the interface I has one implementation",
                body("interface I { }\nrecord R() implements I { }"));
        planted.put("22 cites nothing: write `§5.4`, `RFC 5280`, `Departs: reason`",
                body("// as in RFC" + "5280"));
        planted.put("23 leaves work undone", body("// TO" + "DO more"));
        planted.put("23 keeps dead code in a comment", body("// use();"));
        return each(planted);
    }

    @TestFactory
    Stream<DynamicTest> findsInSyntaxAndTypes() {
        Map<String, String> planted = new TreeMap<>();
        planted.put("11 a switch over the sealed type of (i) has a default", HEAD + """
                public final class A {
                    sealed interface I { }

                    record R() implements I { }

                    record S() implements I { }

                    static void use(I i) {
                        switch (i) {
                            case R r -> use(r);
                            default -> use(i);
                        }
                    }
                }
                """);
        planted.put("11 a ladder of instanceof on o", body("""
                Object o = new Object();
                if (o instanceof String s) {
                    use();
                } else if (o instanceof Integer i) {
                    use();
                }"""));
        planted.put("14 a null in the core", body("String s = null;"));
        planted.put("15 imports by *", "package swarm.a;\n\nimport java.util.*;\n\n/// It.\n"
                + "final class A {\n}\n");
        planted.put("15 the annotation @java.lang.SuppressWarnings",
                body("@SuppressWarnings(\"x\") int a = 1;"));
        planted.put("17 getA begins with get", HEAD + "public final class A {\n"
                + "    static void getA() {\n        getA();\n    }\n}\n");
        planted.put("18 the file's first type has no /// that says what it is",
                "package swarm.a;\n\nfinal class A {\n}\n");
        planted.put("19 the mutable field a has no comment", HEAD + "public final class A {\n"
                + "    private int a;\n\n    @Override\n    public int hashCode() {\n"
                + "        return a;\n    }\n}\n");
        planted.put("23 nothing uses spare", HEAD + "public final class A {\n"
                + "    static void spare() {\n    }\n}\n");
        planted.put("23 nothing uses SPARE", HEAD + "public final class A {\n"
                + "    private static final int SPARE = 1;\n}\n");
        planted.put("25 an empty catch", body("try {\n    use();\n"
                + "} catch (IllegalStateException e) {\n}"));
        planted.put("25 the core catches Exception", body("try {\n    use();\n"
                + "} catch (Exception e) {\n    use();\n}"));
        return each(planted);
    }

    private Stream<DynamicTest> each(Map<String, String> planted) {
        return planted.entrySet().stream().map(plant -> DynamicTest.dynamicTest(
                plant.getKey(), () -> assertEquals(List.of(plant.getKey()),
                        check(plant.getValue(), List.of()))));
    }

    @Test
    void cleanFileHasNoFinding() throws IOException {
        assertEquals(List.of(), check(body("use();"), List.of()));
    }

    @Test
    void packageWithoutItsPageIsFound() throws IOException {
        Planted.write(scratch, Map.of("src/swarm/a/A.java", body("use();")));
        assertEquals(List.of("18 is missing"), rules(List.of()));
    }

    @Test
    void edgeMayCatchAllAndKeepNull() throws IOException {
        String code = body("try {\n    use();\n} catch (Exception e) {\n    String s = null;\n}");
        assertEquals(List.of(), check(code, List.of("edge swarm.a.A  is a thread's top")));
    }

    @Test
    void interfaceWithASimulatedTwinIsASeam() throws IOException {
        Planted.write(scratch, Map.of("test/swarm/a/Twin.java", "package swarm.a;\n\n/// It.\n"
                + "record Twin() implements A.I {\n}\n"));
        assertEquals(List.of(), check(HEAD + "final class A {\n    interface I { }\n\n"
                + "    record R() implements I { }\n}\n", List.of()));
    }

    @Test
    void brokenSourceIsFound() throws IOException {
        assertEquals(1, check(body("int a = \"x\";"), List.of()).size());
    }

    /// A tidy class whose one method has the given statements.
    private static String body(String statements) {
        return HEAD + "public final class A {\n    static void use() {\n        use();\n"
                + statements + "\n    }\n}\n";
    }

    private List<String> check(String code, List<String> edges) throws IOException {
        Planted.write(scratch, Map.of("src/swarm/a/A.java", code,
                "src/swarm/a/package-info.java", "/// It.\npackage swarm.a;\n"));
        return rules(edges);
    }

    private List<String> rules(List<String> edges) throws IOException {
        return Tidy.check(scratch, Edges.parse(edges)).stream()
                .map(finding -> finding.rule() + " " + finding.text()).toList();
    }
}

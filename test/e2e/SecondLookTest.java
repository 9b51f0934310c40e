package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a run makes of tests that fail once, seen from outside: planted tests are compiled into a
/// scratch folder and run as `make e2e` and `make test` run theirs.
@Tag("e2e")
class SecondLookTest {
    /// A class of tests; `once(name)` fails when it is called for the first time.
    private static final String PLANTED = """
            import java.nio.file.*;
            import java.util.stream.Stream;
            import org.junit.jupiter.api.*;
            %s class Planted {
                static void once(String name) throws Exception {
                    Path calls = Path.of(System.getProperty("calls"), name);
                    boolean first = Files.notExists(calls);
                    Files.writeString(calls, "x", StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND);
                    if (first) {
                        throw new AssertionError("the first call of " + name);
                    }
                }
                %s
            }
            """;
    private static final String SOUND = "@Test void sound() throws Exception {"
            + " try { once(\"sound\"); } catch (AssertionError first) { } }\n";
    private static final String FLAKY = """
            @Test void unsteady() throws Exception {
                once("unsteady");
            }
            @TestFactory Stream<DynamicTest> made() {
                return Stream.of("one", "two").map(name -> DynamicTest.dynamicTest(name,
                        () -> { if (name.equals("two")) { once(name); } }));
            }
            @Tag("e2e") static class Unready {
                @BeforeAll static void prepare() throws Exception {
                    once("prepare");
                }
                @Test void ready() {
                }
            }
            """;

    @TempDir
    private Path scratch;

    @Test
    void whatPassesAloneIsFlakyAndTheRunStaysGreen() throws IOException {
        Ran ran = run("long", SOUND + FLAKY);
        assertEnd(ran, 0, "5 passed, 0 failed, 0 skipped");
        for (String name : List.of("Planted.unsteady()", "Planted.made().two", "Planted$Unready")) {
            assertTrue(ran.out().contains("\nFLAKY " + name + "\njava.lang.AssertionError: the "
                    + "first call of "), ran.out());
        }
        assertTrue(ran.out().contains("\n\tat Planted.once("), ran.out());
        assertFalse(ran.out().contains("\nFAILED"), ran.out());
        assertEquals("x", calls("sound"), "a second look is at one test alone");
    }

    @Test
    void whatFailsAgainIsFailed() throws IOException {
        Ran ran = run("long", SOUND + "@Test void broken() { Assertions.fail(\"always\"); }");
        assertEnd(ran, 1, "1 passed, 1 failed, 0 skipped");
        assertTrue(ran.out().contains("\nFAILED Planted.broken()\n"), ran.out());
        assertFalse(ran.out().contains("FLAKY"), ran.out());
    }

    @Test
    void fourFailuresAreTooMany() throws IOException {
        Ran ran = run("long", FLAKY + "@Test void fourth() throws Exception { once(\"4th\"); }");
        assertEnd(ran, 1, "1 passed, 4 failed, 0 skipped");
        assertFalse(ran.out().contains("FLAKY"), ran.out());
        assertEquals("x", calls("4th"));
    }

    @Test
    void quickTestGetsNoSecondLook() throws IOException {
        Ran ran = run("quick", SOUND + "@Test void first() throws Exception { once(\"1st\"); }");
        assertEnd(ran, 1, "1 passed, 1 failed, 0 skipped");
        assertTrue(ran.out().contains("\nFAILED Planted.first()\n"), ran.out());
        assertEquals("x", calls("1st"));
    }

    /// Compiles a class with these members and runs the tests of that length there are in it.
    private Ran run(String length, String members) throws IOException {
        Path classes = scratch.resolve("test-classes");
        Path source = Files.writeString(scratch.resolve("Planted.java"), PLANTED.formatted(
                length.equals("long") ? "@Tag(\"e2e\")" : "", members));
        String path = classes + ":" + System.getProperty("java.class.path");
        Ran.run(Lab.java() + "c", "-proc:none", "-cp", path, "-d", classes.toString(),
                source.toString()).ok();
        return Ran.run(Map.of(), List.of(Lab.java(), "-Xshare:auto", "-cp", path,
                "-Dcalls=" + scratch, "run.Run", length));
    }

    private String calls(String name) throws IOException {
        return Files.readString(scratch.resolve(name));
    }

    /// The status, and the closing line: the last, and the only one of its kind.
    private static void assertEnd(Ran ran, int status, String closing) {
        assertEquals(status, ran.status(), ran.out() + ran.err());
        assertEquals(List.of(closing), ran.lines().stream()
                .filter(line -> line.matches("\\d+ passed, \\d+ failed, \\d+ skipped")).toList());
        assertEquals(closing, ran.lines().getLast());
    }
}

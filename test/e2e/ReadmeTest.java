package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Types what README.md, the manual pages and the examples tell their readers to type.
@Tag("e2e")
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("test.dir")).getParent();

    @TestFactory
    Stream<DynamicTest> commandsWorkAsWritten() throws IOException {
        List<Document> documents = new ArrayList<>();
        documents.add(Document.readme(ROOT.resolve("README.md")));
        for (Path page : files("man", "*.1")) {
            documents.add(Document.manual(page));
        }
        for (Path example : files("examples", "[0-9]*.sh")) {
            documents.add(Document.example(example));
        }
        return documents.stream().filter(document -> !document.scripts().isEmpty())
                .map(document -> DynamicTest.dynamicTest(document.name(), () -> type(document)));
    }

    @Test
    void readmeHasCommands() throws IOException {
        assertFalse(Document.readme(ROOT.resolve("README.md")).scripts().isEmpty());
    }

    @Test
    void labOfContainersLosesItsLeaderAndGoesOn() throws IOException {
        lab(TestEngine.address(), "tasks are containers");
    }

    @Test
    void labOfProcessesLosesItsLeaderAndGoesOn() throws IOException {
        lab("unix:///nonexistent/docker.sock", "tasks are plain processes");
    }

    /// Starts the lab as the README says and stops it; nothing of it is left.
    private static void lab(String engine, String said) throws IOException {
        Path scratch = Scratch.make("swm");
        Path place = scratch.resolve("lab");
        Map<String, String> environment = Map.of("DOCKER_HOST", engine, "SWARM_LAB",
                place.toString());
        Ran up = Ran.run(environment, List.of("make", "-C", ROOT.toString(), "lab"));
        try {
            assertEquals(0, up.status(), up.out() + up.err());
            assertTrue(up.out().contains(said), up.out());
            assertTrue(up.out().contains("Another manager leads"), up.out());
            assertTrue(up.out().lines().anyMatch(line ->
                    line.matches("\\S+ +node1 +Ready +Active +Reachable .*")), up.out());
        } finally {
            Ran.run(environment, List.of("make", "-C", ROOT.toString(), "lab-down")).ok();
        }
        Lab.await("nothing of the lab runs", () -> ProcessHandle.allProcesses().noneMatch(
                p -> p.info().commandLine().orElse("").contains(place + "/")));
        assertFalse(Files.exists(place));
        Scratch.remove(scratch);
    }

    /// Runs a document's scripts in turn against one daemon of their own.
    private static void type(Document document) throws IOException {
        try (Lab lab = document.processes()
                ? Lab.ofProcesses() : Lab.ofContainers(TestEngine.address())) {
            lab.start();
            for (String script : document.scripts()) {
                Ran ran = lab.shell("cd '" + ROOT + "'\n"
                        + script.replace("unix:///run/swarm.sock", lab.host()));
                assertEquals(0, ran.status(), () -> script + "\n" + ran.out() + ran.err());
                assertPrinted(Document.expected(script), ran);
                if (script.contains("make lab")) {
                    lab.shell("make -C '" + ROOT + "' lab-down").ok();
                }
            }
        }
    }

    private static void assertPrinted(List<String> expected, Ran ran) {
        int at = 0;
        for (String text : expected) {
            while (at < ran.lines().size() && !ran.lines().get(at).contains(text)) {
                at++;
            }
            assertTrue(at < ran.lines().size(), () -> "not printed in its turn: " + text + "\n"
                    + ran.out() + ran.err());
            at++;
        }
    }

    private static List<Path> files(String folder, String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(ROOT.resolve(folder))) {
            try (var files = Files.newDirectoryStream(ROOT.resolve(folder), glob)) {
                files.forEach(found::add);
            }
        }
        found.sort(null);
        return found;
    }
}

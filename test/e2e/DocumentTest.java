package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.wire.Protocol;

/// Commands are found where a reader finds them.
class DocumentTest {
    @TempDir
    private Path scratch;

    @Test
    void shellBlocksOfTheReadmeAreScripts() throws IOException {
        Document readme = Document.readme(file("Text\n```sh\nswarm init\nmake test\n```\n"
                + "```\nnot this\n```\n```sh\n$ swarm node ls\nID  HOSTNAME\n```\n"));
        assertEquals(List.of("swarm init\n\n", "swarm node ls"), readme.scripts());
    }

    @Test
    void examplesOfAManualPageAreScripts() throws IOException {
        Document page = Document.manual(file(".SH NAME\n.EX\nno\n.EE\n.SH EXAMPLES\nText\n.EX\n"
                + "swarm service create \\-\\-name web busybox:lab\n.EE\n.SH SEE ALSO\n"));
        assertEquals(List.of("swarm service create --name web busybox:lab\n"), page.scripts());
    }

    @Test
    void exampleSaysWhatItExpectsAndItsEngine() throws IOException {
        Document example = Document.example(file("# engine: process\necho a\n# expect: a\n"));
        assertTrue(example.processes());
        assertEquals(List.of("a"), Document.expected(example.scripts().getFirst()));
    }

    @Test
    void manualHasTheTableOfRights() throws IOException {
        Path root = Path.of(System.getProperty("test.dir")).getParent();
        String source = Files.readString(root.resolve("src/swarm/wire/Rights.java"));
        String page = Files.readString(root.resolve("man/swarm-wire.7"));
        List<String> table = source.lines().filter(line -> line.startsWith("///     "))
                .map(line -> line.substring("/// ".length())).toList();
        assertTrue(table.size() > Protocol.values().length, "the table is there");
        table.forEach(line -> assertTrue(page.lines().anyMatch(line::equals), line));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(scratch.resolve("page"), text);
    }
}

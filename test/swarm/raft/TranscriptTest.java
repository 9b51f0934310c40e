package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The conversations in golden/raft, word for word. Lines that begin with `>` are commands, lines
/// that begin with two blanks what follows from them; the rest is for the reader. Positions are
/// written (index, term). With -Dgolden.write=true the files are written anew, to be read again.
final class TranscriptTest {
    private static final Path FOLDER =
        Path.of(System.getProperty("test.dir", "test"), "golden", "raft");

    @Test void conversationsAreAsWritten() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> all = files.sorted().toList();
            assertTrue(all.size() >= 6, "the transcripts are there");
            for (Path file : all) {
                List<String> written = Files.readAllLines(file);
                List<String> heard = play(written);
                if (Boolean.getBoolean("golden.write")) {
                    Files.write(file, heard);
                } else {
                    assertEquals(String.join("\n", written), String.join("\n", heard),
                        file.getFileName().toString());
                }
            }
        }
    }

    private static List<String> play(List<String> written) {
        Conversation conversation = new Conversation();
        List<String> heard = new ArrayList<>();
        for (String line : written) {
            if (line.startsWith("> ")) {
                heard.add(line);
                heard.addAll(conversation.tell(line.substring(2)));
            } else if (!line.startsWith("  ")) {
                heard.add(line);
            }
        }
        return heard;
    }
}

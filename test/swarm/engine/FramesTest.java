package swarm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Streams cut into frames and lines, wherever the pieces that they come in end.
class FramesTest {
    @Test
    void aFrameIsAWholeLineHoweverItComes() throws IOException {
        byte[] text = "one\ntwo\n\nthree".getBytes(StandardCharsets.UTF_8);
        byte[] whole = framed(text, text.length);
        assertArrayEquals(new byte[] {1, 0, 0, 0, 0, 0, 0, 4, 'o', 'n', 'e', '\n'},
                Arrays.copyOf(whole, 12));
        assertEquals(text.length + 4 * 8, whole.length);
        for (int piece = 1; piece < text.length; piece++) {
            assertArrayEquals(whole, framed(text, piece));
        }
    }

    @Test
    void aLineWithoutEndIsCut() throws IOException {
        byte[] frames = framed(new byte[(16 << 10) + 1], 1000);
        assertEquals((16 << 10) + 1 + 2 * 8, frames.length);
        assertArrayEquals(new byte[] {1, 0, 0, 0, 0, 0, 64, 0}, Arrays.copyOf(frames, 8));
    }

    @Test
    void objectsAreReadLineByLineHoweverTheyCome() throws IOException {
        String text = "{\"a\":1}\r\n\n{\"a\":2}\n{\"a\":3}";
        for (int piece = 1; piece <= text.length(); piece++) {
            JsonLines lines = new JsonLines(inPieces(text, piece));
            for (int a = 1; a <= 3; a++) {
                assertEquals(a, lines.next().orElseThrow().num("a"));
            }
            assertTrue(lines.next().isEmpty());
        }
    }

    @Test
    void aLineThatIsNoJsonOrNeverEndsIsRefused() {
        assertThrows(IOException.class, () -> new JsonLines(inPieces("{\"a\":\n", 3)).next());
        assertThrows(IOException.class,
                () -> new JsonLines(inPieces("x".repeat((1 << 20) + 1), 1 << 13)).next());
    }

    @Test
    void theVersionSpokenIsTheEnginesUpToOurs() {
        assertEquals("/v1.24", ApiVersion.prefix("1.24"));
        assertEquals("/v1.47", ApiVersion.prefix("1.52"));
        assertEquals("", ApiVersion.prefix(""));
        assertEquals("", ApiVersion.prefix("1.x"));
        assertEquals("", ApiVersion.prefix("3.0"));
    }

    @Test
    void aProcessIsReadWhateverItsName() {
        String fields = " 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 1\n";
        assertEquals(new ProcessStat('S', "4242"), ProcessStat.parse("7 (sh) S" + fields));
        assertEquals(new ProcessStat('T', "4242"), ProcessStat.parse("7 (a) Z (b) T" + fields));
        assertEquals(ProcessStat.NONE, ProcessStat.parse(""));
        assertEquals(ProcessStat.NONE, ProcessStat.parse("7 (sh) S 1"));
    }

    private static byte[] framed(byte[] text, int piece) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineFrames frames = new LineFrames(out, LineFrames.STDOUT);
        for (int at = 0; at < text.length; at += piece) {
            frames.write(text, at, Math.min(piece, text.length - at));
        }
        frames.end();
        return out.toByteArray();
    }

    private static InputStream inPieces(String text, int piece) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override public int read(byte[] into, int from, int count) {
                return super.read(into, from, Math.min(piece, count));
            }
        };
    }
}

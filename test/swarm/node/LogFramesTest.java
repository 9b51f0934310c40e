package swarm.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Frames come out whole and with their details, however their bytes came.
class LogFramesTest {
    private final List<String> put = new ArrayList<>();

    @Test void framesAreHandedOnWholeHoweverTheyCome() throws IOException {
        byte[] bytes = joined(frame(1, "one\n"), frame(2, ""), frame(2, "two\n"));
        for (int size = 1; size <= bytes.length; size++) {
            put.clear();
            LogFrames frames = new LogFrames(this::put, "a=1 ", false);
            for (int at = 0; at < bytes.length; at += size) {
                frames.write(bytes, at, Math.min(size, bytes.length - at));
            }
            assertEquals(List.of("1 a=1 one\n", "2 a=1 two\n"), put, "in pieces of " + size);
        }
    }

    @Test void detailsFollowTheTime() throws IOException {
        LogFrames frames = new LogFrames(this::put, "a=1 ", true);
        frames.write(frame(1, "2026-11-22T20:46:28.3Z hi there\n"));
        frames.write(frame(2, "2026-11-22T20:46:28.4Z\n"));
        assertEquals(List.of("1 2026-11-22T20:46:28.3Z a=1 hi there\n",
                "2 2026-11-22T20:46:28.4Z\na=1 "), put);
    }

    @Test void longLineIsCutIntoPiecesThatBeginAlike() throws IOException {
        String text = "x".repeat(2 * LogFrames.PIECE_BYTES_MAX);
        LogFrames frames = new LogFrames(this::put, "a=1 ", true);
        frames.write(frame(1, "time " + text));
        frames.write(frame(1, "later short"));
        assertEquals(4, put.size());
        StringBuilder whole = new StringBuilder();
        for (String piece : put.subList(0, 3)) {
            assertTrue(piece.startsWith("1 time a=1 x"), piece);
            whole.append(piece.substring("1 time a=1 ".length()));
        }
        assertEquals(text, whole.toString());
        assertEquals("1 later a=1 short", put.getLast());
    }

    @Test void whatWentWrongHasNoDetails() throws IOException {
        LogFrames frames = new LogFrames(this::put, "a=1 ", true);
        frames.write(LogFrames.systemError("no such container"));
        assertEquals(List.of("3 no such container"), put);
    }

    @Test void lengthOfFourGigabytesTakesNoMemory() throws IOException {
        LogFrames frames = new LogFrames(this::put, "", false);
        frames.write(new byte[] {1, 0, 0, 0, -1, -1, -1, -1});
        frames.write(new byte[LogFrames.PIECE_BYTES_MAX]);
        assertEquals(1, put.size());
    }

    private void put(byte[] frame) {
        put.add(frame[0] + " " + new String(LogFrames.body(frame), StandardCharsets.UTF_8));
    }

    private static byte[] frame(int stream, String line) {
        return LogFrames.frame(stream, line.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[]... frames) {
        int length = 0;
        for (byte[] frame : frames) {
            length += frame.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] frame : frames) {
            System.arraycopy(frame, 0, all, at, frame.length);
            at += frame.length;
        }
        return all;
    }
}

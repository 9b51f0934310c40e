package swarm.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Wraps output that has no frames (a terminal's, a file's) into frames of one stream, each a whole
/// line: 8 bytes (stream, 0, 0, 0, length) and its text. What comes after the last line end is
/// held until `end`, or until it is as long as Docker lets a line become. (Docker's attach stream
/// format)
final class LineFrames extends OutputStream {
    static final int STDOUT = 1;
    static final int STDERR = 2;

    private static final int HEAD_BYTES = 8;
    private static final int LINE_BYTES_MAX = 16 << 10;

    private final OutputStream frames;
    private final int stream;
    /// The line under way.
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineFrames(OutputStream frames, int stream) {
        this.frames = frames;
        this.stream = stream;
    }

    @Override public void write(int b) throws IOException {
        line.write(b);
        if (b == '\n' || line.size() == LINE_BYTES_MAX) {
            end();
        }
    }

    @Override public void write(byte[] bytes, int from, int count) throws IOException {
        for (int at = from; at < from + count; at++) {
            write(bytes[at]);
        }
    }

    /// Writes what is held, in one write.
    void end() throws IOException {
        if (line.size() == 0) {
            return;
        }
        byte[] text = line.toByteArray();
        byte[] frame = new byte[HEAD_BYTES + text.length];
        frame[0] = (byte) stream;
        for (int i = 0; i < Integer.BYTES; i++) {
            frame[4 + i] = (byte) (text.length >>> 8 * (3 - i));
        }
        System.arraycopy(text, 0, frame, HEAD_BYTES, text.length);
        line.reset();
        frames.write(frame);
        frames.flush();
    }
}

package swarm.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Takes an engine's output apart into Docker's log frames and hands each on whole, with details in
/// it of whose it is, so that the frames of several tasks can follow each other in one stream.
///
/// A frame is 8 bytes (the stream, three zeros, the length, highest byte first) and a line: `01 00
/// 00 00 00 00 00 03 68 69 0a` is `hi` on standard output. With times, a line begins with its time
/// and a blank; the details follow it. A line too long for a frame is cut, and each piece begins as
/// its line does, for a reader takes every frame for a line.
///
/// Source: Docker's Engine API, stream format of "attach to a container".
final class LogFrames extends OutputStream {
    /// What went wrong with the stream itself; a client that reads this ends with it.
    static final int SYSTEM_ERROR = 3;
    private static final int HEAD_BYTES = 8;
    private static final int LENGTH_AT = 4;
    /// Docker cuts lines at 16 KiB; others do not, and are cut here.
    static final int PIECE_BYTES_MAX = 32 << 10;
    private static final byte[] NONE = {};

    /// Takes whole frames, from one thread at a time; waits while it has no room.
    interface Sink {
        void put(byte[] frame) throws IOException;
    }

    private final Sink sink;
    private final byte[] details;
    private final boolean timed;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    /// What has come of the line, or of its next piece.
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    /// How much of the frame under way is still to come, once its head is there.
    private long left;
    /// A piece of the line was handed on already, and its time is known.
    private boolean cut;
    /// The line's time and the blank after it.
    private byte[] time = NONE;

    LogFrames(Sink sink, String details, boolean timed) {
        this.sink = sink;
        this.details = details.getBytes(StandardCharsets.UTF_8);
        this.timed = timed;
    }

    @Override public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override public void write(byte[] bytes, int from, int count) throws IOException {
        int end = from + count;
        for (int at = from; at < end; ) {
            if (head.hasRemaining()) {
                head.put(bytes[at++]);
                begin();
            } else {
                int part = (int) Math.min(Math.min(left, end - at),
                        PIECE_BYTES_MAX - piece.size());
                piece.write(bytes, at, part);
                at += part;
                left -= part;
                handOn();
            }
        }
    }

    /// Looks at a head that is whole; an empty frame says nothing.
    private void begin() {
        if (!head.hasRemaining()) {
            left = Integer.toUnsignedLong(head.getInt(LENGTH_AT));
            cut = false;
            time = NONE;
            if (left == 0) {
                head.clear();
            }
        }
    }

    private void handOn() throws IOException {
        if (left > 0 && piece.size() < PIECE_BYTES_MAX) {
            return;
        }
        byte[] text = piece.toByteArray();
        piece.reset();
        int stream = head.get(0);
        int from = cut || !timed || stream == SYSTEM_ERROR ? 0 : afterTime(text);
        if (!cut) {
            time = Arrays.copyOf(text, from);
        }
        ByteBuffer line = ByteBuffer.allocate(time.length + details.length + text.length - from);
        line.put(time).put(stream == SYSTEM_ERROR ? NONE : details);
        line.put(text, from, text.length - from);
        cut = true;
        if (left == 0) {
            head.clear();
        }
        sink.put(frame(stream, Arrays.copyOf(line.array(), line.position())));
    }

    private static int afterTime(byte[] text) {
        int at = 0;
        while (at < text.length && text[at] != ' ') {
            at++;
        }
        return Math.min(text.length, at + 1);
    }

    /// A frame of a stream, with a line in it.
    static byte[] frame(int stream, byte[] line) {
        return ByteBuffer.allocate(HEAD_BYTES + line.length).put((byte) stream)
                .position(LENGTH_AT).putInt(line.length).put(line).array();
    }

    /// What a frame that went wrong says.
    static byte[] systemError(String why) {
        return frame(SYSTEM_ERROR, why.getBytes(StandardCharsets.UTF_8));
    }

    /// The line in a frame.
    static byte[] body(byte[] frame) {
        return Arrays.copyOfRange(frame, HEAD_BYTES, frame.length);
    }
}

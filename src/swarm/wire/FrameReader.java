package swarm.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Cuts a stream of bytes into frames: four bytes of length, the highest first, then as many bytes.
/// `00 00 00 02 68 69` is the frame `hi`; `00 00 00 00` is the empty one.
///
/// A read that fails, by a time-out say, leaves what has come, and `next` goes on from there.
/// Memory is taken as bytes come, never on the word of a length alone.
final class FrameReader {
    static final int HEAD_BYTES = 4;
    /// What is taken for a frame at first; doubled each time that it is full.
    private static final int PIECE_BYTES = 64 << 10;

    private final InputStream in;
    private final int bytesMax;
    private final byte[] head = new byte[HEAD_BYTES];
    /// How much of the head has come.
    private int headFilled;
    /// The frame that is coming, as far as memory is taken for it, and how much of it has come: 0
    /// from when its head begins to come.
    private byte[] frame = new byte[0];
    private int filled;

    FrameReader(InputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /// The next frame; waits for it.
    ///
    /// @throws EOFException when the stream has ended, between frames or within one
    /// @throws IOException when a frame is too large; nothing that follows can be read
    byte[] next() throws IOException {
        while (headFilled < HEAD_BYTES) {
            headFilled += read(head, headFilled);
            filled = 0;
        }
        int length = checkedLength();
        if (filled == 0) {
            frame = new byte[Math.min(length, PIECE_BYTES)];
        }
        while (filled < length) {
            if (filled == frame.length) {
                frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * filled));
            }
            filled += read(frame, filled);
        }
        headFilled = 0;
        return frame;
    }

    private int checkedLength() throws IOException {
        int length = ByteBuffer.wrap(head).getInt();
        if (Integer.compareUnsigned(length, bytesMax) > 0) {
            throw new IOException("a frame of " + Integer.toUnsignedString(length)
                + " bytes came, at most " + bytesMax + " are read here");
        }
        return length;
    }

    private int read(byte[] into, int from) throws IOException {
        int count = in.read(into, from, into.length - from);
        if (count < 0) {
            throw new EOFException("the other end has closed the connection");
        }
        return count;
    }
}

package swarm.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Frames are found again however their bytes come, and a length alone costs nothing.
final class FrameReaderTest {
    private static final int MANY = 1 << 20;

    /// Gives one byte at a time, and before each of them a failure.
    private static final class Stuttering extends InputStream {
        private final InputStream bytes;
        private boolean fails;

        Stuttering(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override public int read() {
            throw new UnsupportedOperationException();
        }

        @Override public int read(byte[] into, int offset, int length) throws IOException {
            fails = !fails;
            if (fails) {
                throw new InterruptedIOException("not yet");
            }
            return bytes.read(into, offset, 1);
        }
    }

    /// Ends after a head, and knows how much room the reader had made.
    private static final class Promise extends InputStream {
        private final InputStream head;
        private int room;

        Promise(int... head) {
            this.head = new ByteArrayInputStream(bytes(head));
        }

        @Override public int read() {
            throw new UnsupportedOperationException();
        }

        @Override public int read(byte[] into, int offset, int length) throws IOException {
            room = into.length;
            return head.read(into, offset, length);
        }
    }

    private static byte[] bytes(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            out.write(value);
        }
        return out.toByteArray();
    }

    @Test void framesFollowEachOther() throws IOException {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(
            bytes(0, 0, 0, 2, 'h', 'i', 0, 0, 0, 0, 0, 0, 0, 1, '!')), MANY);
        assertArrayEquals(bytes('h', 'i'), reader.next());
        assertArrayEquals(bytes(), reader.next());
        assertArrayEquals(bytes('!'), reader.next());
        assertThrows(EOFException.class, reader::next);
    }

    @Test void largeFrameIsWhole() throws IOException {
        byte[] large = new byte[MANY - 1];
        new Random(1).nextBytes(large);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(bytes(0, 0x0f, 0xff, 0xff));
        stream.writeBytes(large);
        stream.writeBytes(bytes(0, 0, 0, 1, 7));
        FrameReader reader =
            new FrameReader(new ByteArrayInputStream(stream.toByteArray()), MANY);
        assertArrayEquals(large, reader.next());
        assertArrayEquals(bytes(7), reader.next());
    }

    @Test void failedReadLosesNothing() throws IOException {
        FrameReader reader = new FrameReader(new Stuttering(
            bytes(0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 9)), MANY);
        assertArrayEquals(bytes(1, 2, 3), patiently(reader));
        assertArrayEquals(bytes(), patiently(reader));
        assertArrayEquals(bytes(9), patiently(reader));
    }

    private static byte[] patiently(FrameReader reader) throws IOException {
        while (true) {
            try {
                return reader.next();
            } catch (InterruptedIOException notYet) {
                assertEquals("not yet", notYet.getMessage());
            }
        }
    }

    @Test void endWithinAFrameIsAnEnd() {
        for (byte[] cut : new byte[][] {bytes(), bytes(0, 0), bytes(0, 0, 0, 2), bytes(0, 0, 0, 2,
                'h')}) {
            FrameReader reader = new FrameReader(new ByteArrayInputStream(cut), MANY);
            assertThrows(EOFException.class, reader::next);
        }
    }

    @Test void largestIsReadAndOneMoreRefused() throws IOException {
        assertEquals(3, new FrameReader(new ByteArrayInputStream(bytes(0, 0, 0, 3, 1, 2, 3)), 3)
            .next().length);
        refused("4 bytes", bytes(0, 0, 0, 4, 1, 2, 3, 4));
        refused("4294967295 bytes", bytes(255, 255, 255, 255));
    }

    private static void refused(String words, byte[] stream) {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(stream), 3);
        for (int i = 0; i < 2; i++) {
            String refusal = assertThrows(IOException.class, reader::next).getMessage();
            assertTrue(refusal.contains(words) && refusal.contains("at most 3"), refusal);
        }
    }

    @Test void lengthAloneTakesNoMemory() {
        Promise promise = new Promise(0x03, 0xff, 0xff, 0xff);
        FrameReader reader = new FrameReader(promise, 64 << 20);
        assertThrows(EOFException.class, reader::next);
        assertEquals(64 << 10, promise.room);
    }
}

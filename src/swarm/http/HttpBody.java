package swarm.http;

import java.io.IOException;
import java.io.InputStream;

/// The body of one message, as a stream that ends where the body does and leaves the connection
/// at the next message. A body cut short is an exception, never a quiet end.
///
/// Source: RFC 9112 §6, §7.1. Chunk extensions are ignored, trailers kept.
public final class HttpBody extends InputStream {
    private final HttpReader reader;
    private final boolean chunked;
    private final boolean untilClose;
    /// Bytes left of the current chunk or of the whole body.
    private long left;
    /// A chunk's data was read, its CRLF was not yet.
    private boolean chunkOpen;
    /// The connection stands behind the body. Read by other threads that ask whether to reuse it.
    private volatile boolean ended;
    private Headers trailers = Headers.NONE;

    /// The length may be HttpReader.CHUNKED or HttpReader.UNTIL_CLOSE.
    HttpBody(HttpReader reader, long length) {
        this.reader = reader;
        this.chunked = length == HttpReader.CHUNKED;
        this.untilClose = length == HttpReader.UNTIL_CLOSE;
        this.left = untilClose ? Long.MAX_VALUE : Math.max(0, length);
        this.ended = length == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (chunked && left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = reader.read(into, offset, (int) Math.min(length, left));
        if (count < 0 && !untilClose) {
            throw HttpReader.bad("connection closed in the middle of a body");
        }
        left -= Math.max(0, count);
        ended = count < 0 || left == 0 && !chunked;
        return count;
    }

    /// The whole body; one longer than that is refused with 413.
    public byte[] readAll(int max) throws IOException {
        byte[] bytes = readNBytes(max);
        if (!ended && read() >= 0) {
            throw new HttpException(413, "body is longer than " + max + " bytes");
        }
        return bytes;
    }

    boolean ended() {
        return ended;
    }

    boolean chunked() {
        return chunked;
    }

    /// Bytes still to come, as far as is known.
    long left() {
        return left;
    }

    boolean untilClose() {
        return untilClose;
    }

    /// What followed the last chunk; none before the end.
    Headers trailers() {
        return trailers;
    }

    private void nextChunk() throws IOException {
        if (chunkOpen) {
            reader.line(0, 400, "chunk");
        }
        String line = reader.line(HttpReader.CHUNK_LINE_MAX, 400, "chunk length");
        int semicolon = line.indexOf(';');
        left = hex(Headers.trim(semicolon < 0 ? line : line.substring(0, semicolon)));
        chunkOpen = true;
        if (left == 0) {
            trailers = reader.headers();
            ended = true;
        }
    }

    private static long hex(String text) throws HttpException {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0 || i == 15) {
                throw HttpReader.bad("chunk length is not a hexadecimal number");
            }
            length = length << 4 | digit;
        }
        if (text.isEmpty()) {
            throw HttpReader.bad("chunk without a length");
        }
        return length;
    }
}

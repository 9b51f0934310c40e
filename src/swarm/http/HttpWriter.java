package swarm.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes messages: a head and its body in one write where they are small, and a body in chunks.
/// As a stream it turns each write into one chunk, sent at once, so that whoever follows a log sees
/// each line when it is written.
///
/// Source: RFC 9112 §2.1, §7.1.
public final class HttpWriter extends OutputStream {
    private final OutputStream out;
    /// The last chunk was written.
    private boolean ended;

    HttpWriter(OutputStream out) {
        this.out = out;
    }

    static void send(OutputStream out, Request request, Headers headers, byte[] body)
            throws IOException {
        send(out, request.method() + " " + request.target() + " HTTP/1.1", headers, body);
    }

    static void send(OutputStream out, Response response, Headers headers, byte[] body)
            throws IOException {
        send(out, "HTTP/1.1 " + response.status() + " " + response.reason(), headers, body);
    }

    /// Docker's shape of an error.
    static byte[] message(String text) {
        StringBuilder json = new StringBuilder("{\"message\":\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                json.append(c < 0x10 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
            } else {
                json.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return json.append("\"}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            throw new IOException("body has ended");
        }
        if (length > 0) {
            byte[] size = latin(Integer.toHexString(length) + "\r\n");
            byte[] chunk = Arrays.copyOf(size, size.length + length + 2);
            System.arraycopy(bytes, offset, chunk, size.length, length);
            chunk[chunk.length - 2] = '\r';
            chunk[chunk.length - 1] = '\n';
            out.write(chunk);
        }
    }

    /// The last chunk. Close does nothing, so that a body that failed halfway cannot look whole.
    void end(Headers trailers) throws IOException {
        if (!ended) {
            ended = true;
            send(out, "0", trailers, new byte[0]);
        }
    }

    private static void send(OutputStream out, String first, Headers headers, byte[] body)
            throws IOException {
        StringBuilder text = new StringBuilder(256).append(first).append("\r\n");
        for (int i = 0; i < headers.size(); i++) {
            text.append(headers.nameAt(i)).append(": ").append(headers.valueAt(i)).append("\r\n");
        }
        byte[] head = latin(text.append("\r\n").toString());
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        out.write(all);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}

package swarm.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads message heads off a byte stream, and is itself that stream: what it buffered beyond a head
/// is what its `read` gives next, as a body or, after an upgrade, as the raw connection.
///
/// It is strict where leniency lets two parsers see two different messages (request smuggling):
/// lines end with CRLF, a bare LF or CR is refused; no folded header, no space before the colon; no
/// Content-Length beside Transfer-Encoding, nor two that differ; no coding but chunked.
///
/// Invariants: a head costs at most HEAD_MAX bytes of memory; a refusal is an HttpException, the
/// end of the stream inside a head an EOFException, its end before a request an empty Optional.
///
/// Source: RFC 9112 §2.2, §3, §4, §5, §6.3.
public final class HttpReader extends InputStream {
    /// Docker's longest request lines carry filters as JSON: well below this.
    static final int LINE_MAX = 16 << 10;
    /// X-Registry-Config of a build holds the credentials of every registry the user knows.
    static final int HEADER_MAX = 64 << 10;
    static final int HEADERS_MAX = 128;
    /// All headers of a message together: room for one at its limit and as much again.
    static final int HEAD_MAX = 128 << 10;
    /// A length in hexadecimal and extensions, which nobody sends.
    static final int CHUNK_LINE_MAX = 256;

    /// Lengths of bodies that do not say how long they are.
    static final long CHUNKED = -1;
    static final long UNTIL_CLOSE = -2;

    private final InputStream source;
    private final byte[] buffer = new byte[8 << 10];
    /// The next unread byte of the buffer, and the first that is not filled.
    private int at;
    private int end;
    /// Bytes ever put into the buffer.
    private long received;
    /// Of the last head read: 0 for HTTP/1.0, 1 for HTTP/1.1.
    private int minor = 1;

    public HttpReader(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        return ready() ? buffer[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (at == end && length >= buffer.length) {
            return source.read(into, offset, length);
        }
        if (length == 0 || !ready()) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, offset, count);
        at += count;
        return count;
    }

    @Override
    public int available() {
        return end - at;
    }

    /// Waits for a byte without taking it; false at the end of the stream.
    boolean ready() throws IOException {
        if (at == end) {
            int count = source.read(buffer, 0, buffer.length);
            at = 0;
            end = Math.max(count, 0);
            received += end;
        }
        return at < end;
    }

    /// Bytes that went through the buffer so far: two equal readings are a silent peer.
    long received() {
        return received;
    }

    int minor() {
        return minor;
    }

    /// The next request; empty when the peer closed instead of sending one.
    Optional<Request> request() throws IOException {
        if (!ready()) {
            return Optional.empty();
        }
        String line = line(LINE_MAX, 414, "request line");
        if (line.isEmpty()) {
            line = line(LINE_MAX, 414, "request line");
        }
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 0 || line.indexOf(' ', first + 1) != last) {
            throw bad("request line is not `METHOD target HTTP/1.1`");
        }
        minor = version(line.substring(last + 1));
        String method = line.substring(0, first);
        String target = originForm(line.substring(first + 1, last));
        if (!Headers.isToken(method) || !Request.isTarget(target)) {
            throw bad("request line has a bad method or target");
        }
        Headers headers = headers();
        int hosts = headers.all("Host").size();
        if (hosts > 1 || hosts == 0 && minor == 1) {
            throw bad("request has " + hosts + " Host headers, expected 1");
        }
        return Optional.of(new Request(method, target, headers));
    }

    Response response() throws IOException {
        String line = line(LINE_MAX, 502, "status line");
        int space = line.indexOf(' ');
        if (space < 0 || line.length() < space + 4) {
            throw new HttpException(502, "not a status line: " + line);
        }
        minor = version(line.substring(0, space));
        String digits = line.substring(space + 1, space + 4);
        boolean ended = line.length() == space + 4 || line.charAt(space + 4) == ' ';
        String reason = line.substring(Math.min(line.length(), space + 5));
        long status = number(digits);
        if (status < 100 || !ended || !Headers.isValue(reason)) {
            throw new HttpException(502, "not a status line: " + line);
        }
        return new Response((int) status, reason, headers());
    }

    /// The length of a request's body, or CHUNKED.
    long lengthOf(Request request) throws IOException {
        Headers headers = request.headers();
        if (!headers.has("Transfer-Encoding")) {
            return Math.max(0, contentLength(headers));
        }
        if (minor == 0 || headers.has("Content-Length")) {
            throw bad("request has Transfer-Encoding beside Content-Length or in HTTP/1.0");
        }
        checkChunked(headers, 501);
        return CHUNKED;
    }

    /// The length of the body of an answer to that method, or CHUNKED, or UNTIL_CLOSE.
    long lengthOf(Response response, String method) throws IOException {
        Headers headers = response.headers();
        if (method.equals("HEAD") || response.bodiless()) {
            return 0;
        }
        if (!headers.has("Transfer-Encoding")) {
            long length = contentLength(headers);
            return length < 0 ? UNTIL_CLOSE : length;
        }
        if (headers.has("Content-Length")) {
            throw new HttpException(502, "answer has Transfer-Encoding beside Content-Length");
        }
        checkChunked(headers, 502);
        return CHUNKED;
    }

    /// Header lines up to the empty one; also the trailers of a chunked body.
    Headers headers() throws IOException {
        List<String> pairs = new ArrayList<>();
        int left = HEAD_MAX;
        while (true) {
            String line = line(Math.min(left, HEADER_MAX), 431, "header");
            if (line.isEmpty()) {
                return new Headers(pairs);
            }
            if (pairs.size() == 2 * HEADERS_MAX) {
                throw new HttpException(431, "more than " + HEADERS_MAX + " headers");
            }
            left = Math.max(0, left - line.length() - 2);
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon));
            String value = Headers.trim(line.substring(colon + 1));
            if (!Headers.isToken(name) || !Headers.isValue(value)) {
                throw bad("header line is not `Name: value`");
            }
            pairs.add(name);
            pairs.add(value);
        }
    }

    /// One line without its CRLF, one char for each byte.
    String line(int max, int statusIfLonger, String what) throws IOException {
        byte[] line = new byte[128];
        int length = 0;
        for (int c = read(); c != '\r'; c = read()) {
            if (c < 0) {
                throw new EOFException("connection closed in the middle of a " + what);
            }
            if (c == '\n') {
                throw bad(what + " ends with a bare LF, expected CRLF");
            }
            if (length == max) {
                throw new HttpException(statusIfLonger, what + " is longer than the limit");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = (byte) c;
        }
        int next = read();
        if (next != '\n') {
            throw next < 0 ? new EOFException("connection closed in the middle of a " + what)
                    : bad(what + " has a bare CR, expected CRLF");
        }
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    static HttpException bad(String message) {
        return new HttpException(400, message);
    }

    private static int version(String text) throws HttpException {
        if (text.equals("HTTP/1.1")) {
            return 1;
        }
        if (text.equals("HTTP/1.0")) {
            return 0;
        }
        boolean other = text.length() == 8 && text.startsWith("HTTP/");
        throw new HttpException(other ? 505 : 400, "version is not HTTP/1.1 or HTTP/1.0");
    }

    /// A target may come with scheme and host before it (RFC 9112 §3.2.2).
    private static String originForm(String target) {
        if (!target.startsWith("http://")) {
            return target;
        }
        int slash = target.indexOf('/', "http://".length());
        return slash < 0 ? "/" : target.substring(slash);
    }

    /// -1 without the header. Repeated equal values are one value (RFC 9110 §8.6).
    private static long contentLength(Headers headers) throws HttpException {
        List<String> values = headers.all("Content-Length");
        if (values.isEmpty()) {
            return -1;
        }
        String text = values.get(0);
        for (String value : values) {
            if (!value.equals(text) || number(text) < 0) {
                throw bad("Content-Length is not one number");
            }
        }
        return number(text);
    }

    /// -1 for what is not up to 18 decimal digits, which fit a long.
    private static long number(String digits) {
        long number = digits.isEmpty() || digits.length() > 18 ? -1 : 0;
        for (int i = 0; i < digits.length() && number >= 0; i++) {
            char c = digits.charAt(i);
            number = c >= '0' && c <= '9' ? number * 10 + c - '0' : -1;
        }
        return number;
    }

    private static void checkChunked(Headers headers, int status) throws HttpException {
        List<String> codings = headers.all("Transfer-Encoding");
        if (codings.size() != 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
            throw new HttpException(status, "Transfer-Encoding is not chunked alone");
        }
    }
}

package swarm.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Heads and bodies as RFC 9112 has them: whole, split at every byte, cut at every byte, malformed,
/// beyond each limit, and mutated at random. A message that is refused is refused with its status;
/// no input ends in anything but a message or an IOException.
final class HttpReaderTest {
    private static final String FIRST = "POST /v1.47/x?filters=%7B%7D HTTP/1.1\r\nHost: docker\r\n"
            + "X-Empty:\r\nx-two: a\r\nX-Two: \t b c \t\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "5;name=\"v\"\r\nhello\r\n0A\r\n, worlds!!\r\n000\r\nTrailer: t\r\n\r\n";
    private static final String SECOND = "PUT /y HTTP/1.1\r\nhost: h\r\n"
            + "content-length: 3\r\n\r\nabc";
    private static final String THIRD = "\r\nGET http://docker/z HTTP/1.0\r\n\r\n";

    private static HttpReader reader(String bytes) {
        return new HttpReader(new ByteArrayInputStream(latin(bytes)));
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Request request(String head) throws IOException {
        return reader(head).request().orElseThrow();
    }

    private static String get(String headers) {
        return "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    }

    private static String body(HttpReader reader, long length) throws IOException {
        return new String(new HttpBody(reader, length).readAllBytes(),
                StandardCharsets.ISO_8859_1);
    }

    private static void readsThree(InputStream in) throws IOException {
        HttpReader reader = new HttpReader(in);
        Request first = reader.request().orElseThrow();
        assertEquals("POST", first.method());
        assertEquals("/v1.47/x", first.path());
        assertEquals("filters=%7B%7D", first.query());
        assertEquals(List.of("a", "b c"), first.headers().all("X-TWO"));
        assertEquals("", first.headers().value("X-Empty"));
        assertTrue(first.headers().has("x-empty"));
        HttpBody body = new HttpBody(reader, reader.lengthOf(first));
        assertEquals("hello, worlds!!", new String(body.readAllBytes(),
                StandardCharsets.ISO_8859_1));
        assertEquals("t", body.trailers().value("Trailer"));
        Request second = reader.request().orElseThrow();
        assertEquals("abc", body(reader, reader.lengthOf(second)));
        Request third = reader.request().orElseThrow();
        assertEquals("/z", third.target());
        assertEquals(0, reader.minor());
        assertEquals(0, reader.lengthOf(third));
        assertTrue(reader.request().isEmpty());
    }

    @Test
    void messagesReadTheSameSplitAtEveryByte() throws IOException {
        byte[] all = latin(FIRST + SECOND + THIRD);
        for (int split = 0; split <= all.length; split++) {
            InputStream head = new ByteArrayInputStream(all, 0, split);
            readsThree(new SequenceInputStream(head,
                    new ByteArrayInputStream(all, split, all.length - split)));
        }
        List<InputStream> single = new ArrayList<>();
        for (byte one : all) {
            single.add(new ByteArrayInputStream(new byte[] {one}));
        }
        readsThree(new SequenceInputStream(Collections.enumeration(single)));
    }

    @Test
    void messageCutAtAnyByteIsAnError() {
        for (String whole : List.of(FIRST, SECOND)) {
            for (int cut = 1; cut < whole.length(); cut++) {
                HttpReader reader = reader(whole.substring(0, cut));
                assertThrows(IOException.class, () -> {
                    Request request = reader.request().orElseThrow();
                    new HttpBody(reader, reader.lengthOf(request)).readAllBytes();
                }, "cut at " + cut);
            }
        }
    }

    @Test
    void bytesBehindAHeadStayReadable() throws IOException {
        HttpReader reader = reader(get("") + "raw bytes");
        reader.request();
        assertEquals(9, reader.available());
        assertArrayEquals(latin("raw bytes"), reader.readAllBytes());
    }

    @Test
    void malformedHeadsAreRefused() {
        for (String head : List.of(
                "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\n\r\n",
                "GET / HTTP/1.1\rHost: x\r\n\r\n", "GET  / HTTP/1.1\r\n", "GET /\r\n", "GET\r\n",
                " GET / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET / / HTTP/1.1\r\n",
                "G(T / HTTP/1.1\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "GET /\u00fc HTTP/1.1\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\n\r\n", "GET /\t HTTP/1.1\r\n\r\n", "\r\n\r\n",
                "GET / http/1.1\r\n", "GET / HTTP/1.10\r\n", "GET https://x/ HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n", get("Host: y\r\n"), get(" folded\r\n"),
                get("A: 1\r\n folded\r\n"), get("A : 1\r\n"), get("A\r\n"), get(": 1\r\n"),
                get("A(: 1\r\n"), get("A: \u0000\r\n"), get("A: b\rc\r\n"), get("A: \u007f\r\n"),
                get("A: \u001f\r\n"), get("A: 1\r\r\n"))) {
            HttpException e = assertThrows(HttpException.class, () -> request(head), head);
            assertEquals(400, e.status(), head);
        }
        assertEquals(505, assertThrows(HttpException.class,
                () -> request("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).status());
    }

    @Test
    void bodyOfTwoLengthsIsRefused() {
        for (String headers : List.of("Content-Length: 1\r\nContent-Length: 2\r\n",
                "Content-Length: 1, 1\r\n", "Content-Length: +1\r\n", "Content-Length: -1\r\n",
                "Content-Length: 0x1\r\n", "Content-Length:\r\n", "Content-Length: 1 1\r\n",
                "Content-Length: 9999999999999999999\r\n", "Content-Length: \u00b2\r\n",
                "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")) {
            assertEquals(400, statusOfLength(get(headers)), headers);
        }
        for (String headers : List.of("Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n", "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding:\r\n")) {
            assertEquals(501, statusOfLength(get(headers)), headers);
        }
        assertEquals(400,
                statusOfLength("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));
    }

    private static int statusOfLength(String head) {
        HttpReader reader = reader(head);
        return assertThrows(HttpException.class,
                () -> reader.lengthOf(reader.request().orElseThrow()), head).status();
    }

    @Test
    void repeatedEqualLengthIsOneLength() throws IOException {
        HttpReader reader = reader(get("Content-Length: 2\r\nContent-Length: 2\r\n") + "ab");
        assertEquals(2, reader.lengthOf(reader.request().orElseThrow()));
    }

    @Test
    void malformedChunksAreRefused() {
        for (String chunks : List.of("\r\n\r\n", "x\r\n", "-1\r\n", "0x1\r\n", "1\nA\r\n0\r\n\r\n",
                "2\r\nabc\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n", "1\r\na\n0\r\n\r\n",
                "1000000000000000\r\n", "fffffffffffffffff\r\n", ";ext\r\n", "1 1\r\na\r\n",
                "\u0661\r\na\r\n0\r\n\r\n".replace('\u0661', '\u00b9'),
                "1;" + "x".repeat(HttpReader.CHUNK_LINE_MAX) + "\r\na\r\n0\r\n\r\n",
                "0\r\nbad trailer\r\n\r\n")) {
            HttpException e = assertThrows(HttpException.class,
                    () -> body(reader(chunks), HttpReader.CHUNKED), chunks);
            assertEquals(400, e.status(), chunks);
        }
    }

    @Test
    void eachLimitHoldsExactly() throws IOException {
        String target = "/" + "a".repeat(HttpReader.LINE_MAX - "GET / HTTP/1.0".length());
        assertEquals(target, request("GET " + target + " HTTP/1.0\r\n\r\n").target());
        refused(414, "GET " + target + "a HTTP/1.0\r\n\r\n");
        String value = "v".repeat(HttpReader.HEADER_MAX - "A: ".length());
        assertEquals(value, request(get("A: " + value + "\r\n")).headers().value("a"));
        refused(431, get("A: " + value + "v\r\n"));
        String many = "A: 1\r\n".repeat(HttpReader.HEADERS_MAX - 1);
        assertEquals(HttpReader.HEADERS_MAX, request(get(many)).headers().size());
        refused(431, get(many + "A: 1\r\n"));
        refused(431, get(("A: " + value + "\r\n").repeat(2)));
        refused(431, "GET / HTTP/1.1\r\n" + "A".repeat(HttpReader.HEAD_MAX * 2));
    }

    private static void refused(int status, String head) {
        assertEquals(status, assertThrows(HttpException.class, () -> request(head)).status());
    }

    @Test
    void answersHaveTheBodyTheirStatusAndMethodSay() throws IOException {
        assertEquals(5, lengthOf("GET", "200 OK", "Content-Length: 5\r\n"));
        assertEquals(0, lengthOf("HEAD", "200 OK", "Content-Length: 5\r\n"));
        assertEquals(0, lengthOf("GET", "304 Not Modified", "Content-Length: 5\r\n"));
        assertEquals(0, lengthOf("GET", "204", "Transfer-Encoding: chunked\r\n"));
        assertEquals(0, lengthOf("GET", "101 UPGRADED", ""));
        assertEquals(HttpReader.CHUNKED, lengthOf("GET", "200 ", "Transfer-Encoding: chunked\r\n"));
        assertEquals(HttpReader.UNTIL_CLOSE, lengthOf("GET", "200 OK", ""));
        String both = "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n";
        assertThrows(HttpException.class, () -> lengthOf("GET", "200 OK", both));
    }

    private static long lengthOf(String method, String status, String headers) throws IOException {
        HttpReader reader = reader("HTTP/1.1 " + status + "\r\n" + headers + "\r\n");
        return reader.lengthOf(reader.response(), method);
    }

    @Test
    void malformedStatusLinesAreRefused() throws IOException {
        for (String line : List.of("", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2000 OK",
                "HTTP/1.1 2x0 OK", "HTTP/1.1 -20 OK", "HTTP/1.1 099 OK", "HTTP/2.0 200 OK",
                "HTTP/1.1 200 O\u0000K", "HTTP/1.1  200 OK", "SSH-2.0-x")) {
            assertThrows(HttpException.class, () -> reader(line + "\r\n\r\n").response(), line);
        }
        assertEquals("", reader("HTTP/1.1 200\r\n\r\n").response().reason());
        assertEquals("Not Found", reader("HTTP/1.1 404 Not Found\r\n\r\n").response().reason());
    }

    @Test
    void bodyWithoutLengthEndsWithTheStreamOthersMustNot() throws IOException {
        assertEquals("abc", body(reader("abc"), HttpReader.UNTIL_CLOSE));
        assertThrows(HttpException.class, () -> body(reader("abc"), 4));
        assertThrows(EOFException.class, () -> body(reader("3\r\nabc\r\n"), HttpReader.CHUNKED));
    }

    @Test
    void bodyLeavesTheReaderBehindItsEnd() throws IOException {
        HttpReader reader = reader("3\r\nabc\r\n0\r\n\r\nnext");
        HttpBody body = new HttpBody(reader, HttpReader.CHUNKED);
        assertEquals(0, body.read(new byte[0], 0, 0));
        assertEquals("abc", new String(body.readNBytes(3), StandardCharsets.US_ASCII));
        assertFalse(body.ended());
        assertEquals(-1, body.read());
        assertTrue(body.ended());
        assertEquals(-1, body.read());
        assertArrayEquals(latin("next"), reader.readAllBytes());
    }

    @Test
    void wholeBodyIsLimitedExactly() throws IOException {
        assertEquals(3, new HttpBody(reader("abc"), 3).readAll(3).length);
        assertEquals(413, assertThrows(HttpException.class,
                () -> new HttpBody(reader("abc"), 3).readAll(2)).status());
        HttpBody chunked = new HttpBody(reader("3\r\nabc\r\n0\r\n\r\n"), HttpReader.CHUNKED);
        assertEquals(3, chunked.readAll(3).length);
        assertTrue(chunked.ended());
    }

    @Test
    void whatIsWrittenReadsBack() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Headers headers = Headers.of("Host", "x").with("X-Odd", "caf\u00e9 \"'\t|")
                .with("Transfer-Encoding", "chunked");
        HttpWriter.send(out, new Request("POST", "/a?b", headers), headers, new byte[0]);
        HttpWriter chunks = new HttpWriter(out);
        chunks.write('a');
        chunks.write(latin("b".repeat(100_000)));
        chunks.write(new byte[0]);
        chunks.end(Headers.of("T", "1"));
        assertThrows(IOException.class, () -> chunks.write(1));
        HttpReader reader = new HttpReader(new ByteArrayInputStream(out.toByteArray()));
        Request request = reader.request().orElseThrow();
        assertEquals("caf\u00e9 \"'\t|", request.headers().value("x-odd"));
        HttpBody body = new HttpBody(reader, reader.lengthOf(request));
        assertEquals("a" + "b".repeat(100_000), new String(body.readAll(200_000),
                StandardCharsets.US_ASCII));
        assertEquals("1", body.trailers().value("t"));
    }

    @Test
    void headersThatWouldBreakAMessageCannotBeMade() {
        for (String value : List.of("a\r\nB: c", "a\n", "\u0000", "\u20ac")) {
            assertThrows(IllegalArgumentException.class, () -> Headers.of("A", value));
        }
        assertThrows(IllegalArgumentException.class, () -> Headers.of("A b", "c"));
        assertThrows(IllegalArgumentException.class, () -> Headers.of("", "c"));
        assertThrows(IllegalArgumentException.class,
                () -> new Request("GET", "/a b", Headers.NONE));
    }

    @Test
    void listsAreSearchedByElement() {
        Headers headers = Headers.of("connection", "keep-alive, Upgrade").with("Connection", "x");
        assertTrue(headers.lists("Connection", "upgrade"));
        assertTrue(headers.lists("Connection", "X"));
        assertFalse(headers.lists("Connection", "keep"));
        assertFalse(headers.lists("Connection", "close"));
        assertEquals(0, headers.without("CONNECTION").size());
    }

    /// Whatever a head is mutated into, reading it gives a message whose parts could be written
    /// again, or an IOException; and what is accepted reads the same when written and read anew.
    @Test
    void mutatedHeadsNeverSurprise() throws IOException {
        Random random = new Random(20_261_122);
        List<String> seeds = List.of(FIRST, SECOND, THIRD, get("Expect: 100-continue\r\n"));
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = mutate(latin(seeds.get(i % seeds.size())), random);
            accepted += survives(bytes, i) ? 1 : 0;
        }
        assertTrue(accepted > 20_000 && accepted < 180_000, "accepted " + accepted);
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        byte[] interesting = latin("\r\n :;,\0\t0f-+\u00ff\u007fA");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(bytes.length);
        out.write(bytes, 0, at);
        switch (random.nextInt(4)) {
            case 0 -> out.write(interesting[random.nextInt(interesting.length)]);
            case 1 -> at++;
            case 2 -> {
                out.write(random.nextInt(256));
                at++;
            }
            default -> at = random.nextInt(bytes.length);
        }
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    private static boolean survives(byte[] bytes, int round) throws IOException {
        HttpReader reader = new HttpReader(new ByteArrayInputStream(bytes));
        Request request;
        byte[] body;
        try {
            request = reader.request().orElseThrow();
            body = new HttpBody(reader, reader.lengthOf(request)).readAllBytes();
        } catch (IOException e) {
            return false;
        }
        assertTrue(body.length <= bytes.length, "round " + round);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HttpWriter.send(out, request, request.headers().without("Host").with("Host", "h"), body);
        Request again = request(out.toString(StandardCharsets.ISO_8859_1));
        assertEquals(request.target(), again.target(), "round " + round);
        assertEquals(request.headers().without("Host").all("x-two"),
                again.headers().all("x-two"), "round " + round);
        return true;
    }
}

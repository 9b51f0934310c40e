package swarm.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// One request on a server's connection and the answer that is being given to it. The handler
/// answers once, in one of three ways: whole, as a stream, or by taking the connection over. It
/// gives the headers that mean something; the ones that frame the message are added here.
///
/// Invariants: nothing is sent twice; the connection serves another request only when both bodies
/// have ended.
///
/// Source: RFC 9112 §6, §9; RFC 9110 §10.1.1 (Expect).
public final class Exchange {
    private static final byte[] EMPTY = new byte[0];

    private final Duplex duplex;
    private final Request request;
    private final HttpBody body;
    private final boolean oldClient;
    private final long bodyMs;
    /// The client waits to be told that its body is wanted.
    private boolean expects;
    /// The head of an answer is on its way.
    private boolean begun;
    /// The connection may serve another request. Cleared by whoever leaves it in no state to.
    private volatile boolean keepAlive;
    /// The handler has the connection for itself.
    private boolean takenOver;
    /// The chunks of the answer, if it is streamed.
    private Optional<HttpWriter> chunks = Optional.empty();
    /// Reads on while the handler answers, if something does.
    private Optional<Thread> aside = Optional.empty();

    Exchange(Duplex duplex, Request request, HttpServer server) throws IOException {
        this.duplex = duplex;
        this.request = request;
        this.body = new HttpBody(duplex.reader(), duplex.reader().lengthOf(request));
        this.oldClient = duplex.reader().minor() == 0;
        this.expects = !oldClient && request.headers().lists("Expect", "100-continue");
        this.bodyMs = server.limits().bodyMs();
        this.keepAlive = server.running() && !request.headers().lists("Connection", "close")
                && (!oldClient || request.headers().lists("Connection", "keep-alive"));
    }

    public Request request() {
        return request;
    }

    /// The request's body, of any size, as it comes.
    public InputStream body() throws IOException {
        if (expects && !begun) {
            HttpWriter.send(duplex.out(), Response.of(100, Headers.NONE), Headers.NONE, EMPTY);
        }
        expects = false;
        return body;
    }

    /// The request's whole body; a longer one is answered with 413.
    public byte[] body(int max) throws IOException {
        if (body.left() > max) {
            throw new HttpException(413, "body is longer than " + max + " bytes");
        }
        duplex.arm(bodyMs, true);
        body();
        byte[] bytes = body.readAll(max);
        duplex.arm(0, true);
        return bytes;
    }

    /// The whole answer; headers hold its Content-Type and what else is to be said.
    public void respond(int status, Headers headers, byte[] bytes) throws IOException {
        Response response = Response.of(status, headers);
        Headers framed = response.bodiless() ? headers
                : headers.with("Content-Length", Integer.toString(bytes.length));
        boolean silent = response.bodiless() || request.method().equals("HEAD");
        begin(response, framed, silent ? EMPTY : bytes);
    }

    /// An answer of unknown length: each write is sent at once. It ends when the handler returns; a
    /// handler that throws cuts it short, so that the client can see it. Closing does nothing.
    public OutputStream stream(int status, Headers headers) throws IOException {
        if (oldClient) {
            keepAlive = false;
            begin(Response.of(status, headers), headers, EMPTY);
            return duplex.out();
        }
        Headers framed = headers.with("Transfer-Encoding", "chunked");
        begin(Response.of(status, headers), framed, EMPTY);
        if (request.method().equals("HEAD")) {
            return OutputStream.nullOutputStream();
        }
        chunks = Optional.of(new HttpWriter(duplex.out()));
        return chunks.get();
    }

    /// Agrees to an upgrade, with 101, or 200 as Docker did once, and hands the connection over. It
    /// is closed when the handler returns.
    public Duplex hijack(int status, Headers headers) throws IOException {
        takeOver(Response.of(status, headers), headers);
        return duplex;
    }

    /// Runs that, on another thread, once the client has closed its end or the connection broke,
    /// which only a handler that streams without end needs to know. The body must have been read.
    public void whenClientLeaves(Runnable task) {
        if (!body.ended()) {
            throw new IllegalStateException("the body has not been read");
        }
        aside(() -> {
            boolean another = false;
            try {
                another = duplex.reader().ready();
            } finally {
                if (!another) {
                    task.run();
                }
            }
        });
    }

    /// A task on the reading side of the connection, in a virtual thread of its own. The next
    /// request is not read before it has ended.
    interface Aside {
        void run() throws IOException;
    }

    void aside(Aside task) {
        String name = Thread.currentThread().getName() + "-in";
        aside = Optional.of(Thread.ofVirtual().name(name).start(() -> {
            try {
                task.run();
            } catch (IOException e) {
                leave();
            }
        }));
    }

    /// Sends a head as it is; what follows it is the caller's to write.
    void relay(Response response, Headers headers) throws IOException {
        begin(response, headers, EMPTY);
    }

    /// The same for the connection's last answer.
    void takeOver(Response response, Headers headers) throws IOException {
        leave();
        begun = true;
        takenOver = true;
        HttpWriter.send(duplex.out(), response, headers, EMPTY);
    }

    /// Answers in Docker's shape of an error, if nothing was answered yet.
    void fail(int status, String message) throws IOException {
        leave();
        if (!begun) {
            Headers json = Headers.of("Content-Type", "application/json");
            respond(status, json, HttpWriter.message(message));
        }
    }

    /// Ends the answer; whether the connection may serve another request.
    boolean finish() throws IOException {
        if (!begun) {
            fail(500, "the request was not answered");
        }
        if (chunks.isPresent()) {
            chunks.get().end(Headers.NONE);
        }
        return keepAlive;
    }

    /// Waits until nobody but the caller reads the connection.
    void awaitAside() throws InterruptedException {
        if (aside.isPresent()) {
            aside.get().join();
        }
    }

    /// No other request on this connection.
    void leave() {
        keepAlive = false;
    }

    boolean begun() {
        return begun;
    }

    /// Whether nothing of this request is still to be read.
    boolean requestRead() {
        return takenOver || body.ended();
    }

    boolean oldClient() {
        return oldClient;
    }

    Duplex duplex() {
        return duplex;
    }

    /// The body without the courtesy of 100 Continue.
    HttpBody rawBody() {
        return body;
    }

    private void begin(Response response, Headers framed, byte[] bytes) throws IOException {
        if (begun) {
            throw new IllegalStateException("answered twice: " + request.target());
        }
        begun = true;
        HttpWriter.send(duplex.out(), response, connection(framed), bytes);
    }

    private Headers connection(Headers headers) {
        if (!keepAlive) {
            return headers.with("Connection", "close");
        }
        return oldClient ? headers.with("Connection", "keep-alive") : headers;
    }
}

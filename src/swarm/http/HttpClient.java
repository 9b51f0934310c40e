package swarm.http;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Calls one server. Connections that a call left reusable are kept, a bounded number of them; a
/// kept one that the server has closed meanwhile is noticed before use, and a call on it that ends
/// without a byte of an answer is repeated once on a new connection if its method is idempotent.
///
/// Safe for many threads; a call blocks its own. A command line pays for each class it loads, so
/// this path uses no lambda, no regular expression, no formatter.
///
/// Source: RFC 9112 §9.3, §9.3.1; RFC 9110 §9.2.2.
public final class HttpClient implements Closeable {
    private static final byte[] EMPTY = new byte[0];
    private static final int COPY_BYTES = 32 << 10;
    /// Interim answers (100, 102, 103) before the final one: more is a server gone mad.
    private static final int INTERIM_MAX = 16;

    private final Endpoint endpoint;
    private final Timeouts timeouts;
    private final int idleMax;
    /// Connections for reuse, the one used last first; guarded by itself.
    private final Deque<Duplex> idle = new ArrayDeque<>();
    /// No connection is kept any more; guarded by idle.
    private boolean closed;

    public HttpClient(Endpoint endpoint, Timeouts timeouts, int idleMax) {
        this.endpoint = endpoint;
        this.timeouts = timeouts;
        this.idleMax = idleMax;
    }

    /// Sends the request with that body (Host and Content-Length are added) and waits for the head
    /// of the answer. A server that cannot be reached is a java.net.ConnectException.
    public HttpCall send(Request request, byte[] body) throws IOException {
        Headers headers = withHost(request);
        String method = request.method();
        if (body.length > 0 || !method.equals("GET") && !method.equals("HEAD")) {
            headers = headers.with("Content-Length", Integer.toString(body.length));
        }
        Optional<Duplex> kept = takeKept();
        if (kept.isEmpty()) {
            return exchange(connect(), request, headers, body);
        }
        HttpReader reader = kept.get().reader();
        long heard = reader.received();
        try {
            return exchange(kept.get(), request, headers, body);
        } catch (IOException e) {
            boolean silent = reader.received() == heard && !kept.get().expired();
            if (!silent || !idempotent(method)) {
                throw e;
            }
            return exchange(connect(), request, headers, body);
        }
    }

    /// Sends a body of unknown length, each read of it at once as a chunk. The time-out for the
    /// head counts for each chunk and from the last one on.
    public HttpCall upload(Request request, InputStream body) throws IOException {
        Duplex duplex = connect();
        try {
            Headers headers = withHost(request).with("Transfer-Encoding", "chunked");
            duplex.arm(timeouts.headMs(), false);
            HttpWriter.send(duplex.out(), request, headers, EMPTY);
            HttpWriter chunks = new HttpWriter(duplex.out());
            byte[] buffer = new byte[COPY_BYTES];
            for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                duplex.arm(timeouts.headMs(), false);
                chunks.write(buffer, 0, n);
                duplex.arm(0, false);
            }
            duplex.arm(timeouts.headMs(), false);
            chunks.end(Headers.NONE);
        } catch (IOException e) {
            closeUnlessAnswered(duplex, e);
        }
        return answer(duplex, request.method());
    }

    /// Closes the kept connections; calls under way go on and close theirs.
    @Override
    public void close() throws IOException {
        synchronized (idle) {
            closed = true;
            while (!idle.isEmpty()) {
                idle.pop().close();
            }
        }
    }

    void giveBack(Duplex duplex) throws IOException {
        duplex.readTimeout(0);
        synchronized (idle) {
            if (!closed && idle.size() < idleMax) {
                idle.push(duplex);
                return;
            }
        }
        duplex.close();
    }

    private Duplex connect() throws IOException {
        return Duplex.connect(endpoint, timeouts.connectMs());
    }

    private Optional<Duplex> takeKept() throws IOException {
        while (true) {
            Duplex duplex;
            synchronized (idle) {
                if (idle.isEmpty()) {
                    return Optional.empty();
                }
                duplex = idle.pop();
            }
            if (duplex.fresh()) {
                return Optional.of(duplex);
            }
            duplex.close();
        }
    }

    private HttpCall exchange(Duplex duplex, Request request, Headers headers, byte[] body)
            throws IOException {
        try {
            duplex.arm(timeouts.headMs(), false);
            HttpWriter.send(duplex.out(), request, headers, body);
        } catch (IOException e) {
            closeUnlessAnswered(duplex, e);
        }
        return answer(duplex, request.method());
    }

    /// A server may refuse a body before its end and close: what it said can still be read.
    private static void closeUnlessAnswered(Duplex duplex, IOException failure) throws IOException {
        try {
            if (duplex.expired() || !duplex.reader().ready()) {
                throw failure;
            }
        } catch (IOException e) {
            duplex.close();
            throw failure;
        }
    }

    private HttpCall answer(Duplex duplex, String method) throws IOException {
        HttpReader reader = duplex.reader();
        try {
            for (int interim = 0; interim < INTERIM_MAX; interim++) {
                if (!reader.ready()) {
                    throw new EOFException("connection closed before an answer came");
                }
                Response response = reader.response();
                if (response.status() >= 200 || response.status() == 101) {
                    HttpBody body = new HttpBody(reader, reader.lengthOf(response, method));
                    duplex.arm(0, false);
                    duplex.readTimeout(timeouts.readMs());
                    return new HttpCall(this, duplex, response, body);
                }
            }
            throw new HttpException(502, "no answer after " + INTERIM_MAX + " interim ones");
        } catch (IOException e) {
            duplex.close();
            throw e;
        }
    }

    private Headers withHost(Request request) {
        String port = endpoint.unix() ? "" : ":" + endpoint.port();
        return request.headers().has("Host") ? request.headers()
                : request.headers().with("Host", endpoint.host() + port);
    }

    private static boolean idempotent(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("PUT")
                || method.equals("DELETE");
    }
}

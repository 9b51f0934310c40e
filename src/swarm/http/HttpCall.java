package swarm.http;

import java.io.Closeable;
import java.io.IOException;

/// An answer whose head has arrived and whose body is being read. Closing it gives the connection
/// back for the next call if the body was read to its end, and closes the connection otherwise;
/// from another thread it ends a blocked read with an IOException.
public final class HttpCall implements Closeable {
    private final HttpClient client;
    private final Duplex duplex;
    private final Response response;
    private final HttpBody body;
    private final boolean keepAlive;
    /// Closed or hijacked: the connection is not this call's any more. Guarded by this.
    private boolean over;

    HttpCall(HttpClient client, Duplex duplex, Response response, HttpBody body) {
        this.client = client;
        this.duplex = duplex;
        this.response = response;
        this.body = body;
        Headers headers = response.headers();
        this.keepAlive = !body.untilClose() && response.status() != 101
                && !headers.lists("Connection", "close")
                && (duplex.reader().minor() == 1 || headers.lists("Connection", "keep-alive"));
    }

    public Response response() {
        return response;
    }

    public int status() {
        return response.status();
    }

    public HttpBody body() {
        return body;
    }

    /// The connection itself, after the peer agreed to an upgrade; the caller closes it.
    public synchronized Duplex hijack() throws IOException {
        boolean raw = response.status() == 101 || response.status() == 200 && body.untilClose();
        if (over || !raw) {
            throw new IOException("no upgrade: the answer was " + response.status());
        }
        over = true;
        duplex.readTimeout(0);
        return duplex;
    }

    @Override
    public synchronized void close() throws IOException {
        if (over) {
            return;
        }
        over = true;
        if (keepAlive && body.ended()) {
            client.giveBack(duplex);
        } else {
            duplex.close();
        }
    }
}

package swarm.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.Optional;

/// A client's connection at the server: reads one request after another and has each answered, on a
/// virtual thread of its own. A slow or broken client costs that thread and ends with it.
///
/// A message that cannot be understood is answered with its status and closes the connection, since
/// nothing that follows it can be trusted.
final class ServerConnection implements Runnable {
    /// For what a refused client is still sending: to close at once could destroy our answer (RFC
    /// 9112 §9.6).
    private static final long LINGER_MS = 1_000;

    private final HttpServer server;
    private final Duplex duplex;
    /// A request is being answered; guarded by this.
    private boolean busy;
    /// The server took it down; guarded by this.
    private boolean closed;

    ServerConnection(HttpServer server, Duplex duplex) {
        this.server = server;
        this.duplex = duplex;
    }

    @Override
    public void run() {
        try (duplex) {
            boolean more = true;
            while (more) {
                duplex.arm(server.limits().idleMs(), true);
                more = duplex.reader().ready() && serve();
            }
        } catch (Exception e) {
            server.report(e);
        } finally {
            server.gone(this);
        }
    }

    synchronized void closeIfIdle() throws IOException {
        if (!busy) {
            close();
        }
    }

    synchronized void close() throws IOException {
        closed = true;
        duplex.close();
    }

    private synchronized boolean begin() {
        busy = !closed;
        return busy;
    }

    private synchronized void pause() {
        busy = false;
    }

    /// Whether another request may follow.
    private boolean serve() throws IOException, InterruptedException {
        Optional<Exchange> exchange = read();
        if (exchange.isEmpty() || !begin()) {
            return false;
        }
        boolean more = answer(exchange.get());
        pause();
        more = more && server.running();
        if (more) {
            duplex.arm(server.limits().idleMs(), true);
            exchange.get().awaitAside();
        }
        return more;
    }

    private Optional<Exchange> read() throws IOException {
        duplex.arm(server.limits().headMs(), true);
        try {
            Optional<Request> request = duplex.reader().request();
            duplex.arm(0, true);
            return request.isEmpty() ? Optional.empty()
                    : Optional.of(new Exchange(duplex, request.get(), server));
        } catch (HttpException e) {
            refuse(e.status(), e.getMessage());
        } catch (SocketTimeoutException e) {
            refuse(408, "request head took too long");
        }
        return Optional.empty();
    }

    private boolean answer(Exchange exchange) throws IOException, InterruptedException {
        boolean more = false;
        try {
            server.handler().handle(exchange);
            more = exchange.finish();
        } catch (Exception e) {
            explain(exchange, e);
        }
        if (exchange.requestRead()) {
            return more;
        }
        lastWord();
        exchange.awaitAside();
        discard();
        return false;
    }

    private void explain(Exchange exchange, Exception e) throws IOException {
        if (exchange.begun() || duplex.broken()) {
            server.report(e);
            throw new IOException("cut short", e);
        }
        if (e instanceof HttpException refusal) {
            exchange.fail(refusal.status(), refusal.getMessage());
        } else if (duplex.expired()) {
            exchange.fail(408, "request body took too long");
        } else {
            server.trouble(e);
            exchange.fail(500, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /// One connection too many: told so by the accepting thread, which must not wait.
    void turnAway() {
        try (duplex) {
            tell(503, "too many connections: the limit is " + server.limits().connectionsMax());
        } catch (IOException e) {
            server.report(e);
        }
    }

    private void refuse(int status, String message) throws IOException {
        tell(status, message);
        lastWord();
        discard();
    }

    private void tell(int status, String message) throws IOException {
        byte[] body = HttpWriter.message(message);
        Headers headers = Headers.of("Content-Type", "application/json")
                .with("Content-Length", Integer.toString(body.length)).with("Connection", "close");
        HttpWriter.send(duplex.out(), Response.of(status, headers), headers, body);
    }

    private void lastWord() throws IOException {
        duplex.shutdownOutput();
        duplex.arm(LINGER_MS, true);
    }

    private void discard() throws IOException {
        duplex.in().transferTo(OutputStream.nullOutputStream());
    }
}

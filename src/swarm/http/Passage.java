package swarm.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One request on its way to the engine and the answer on its way back. Bodies go byte for byte as
/// they come, framed anew; interim answers, trailers and the headers of an upgrade go along.
///
/// Two threads share it: one carries what the client sends, the other what the engine sends. After
/// an upgrade, or an answer that only the connection's end ends, these two are a tunnel until both
/// directions have ended. Otherwise the first stays at the client's end until its next request or
/// its end comes; the end is passed on, which is how an engine learns that nobody follows its log.
///
/// Source: RFC 9112 §6, §9.3; RFC 9110 §7.6.1 (hop-by-hop headers), §7.8 (Upgrade).
final class Passage {
    private static final byte[] EMPTY = new byte[0];

    private final Exchange exchange;
    private final Duplex client;
    private final Duplex engine;
    private final Request request;
    private final long forsakenMs;
    /// Open once it is known whether the connection becomes a tunnel, that is `tunnel`.
    private final CountDownLatch decided = new CountDownLatch(1);
    /// Set before `decided` opens, never unset.
    private volatile boolean tunnel;
    /// The client's direction has ended in a tunnel.
    private final CountDownLatch clientEnded = new CountDownLatch(1);

    Passage(Exchange exchange, Duplex engine, long forsakenMs) {
        this.forsakenMs = forsakenMs;
        this.exchange = exchange;
        this.client = exchange.duplex();
        this.engine = engine;
        this.request = exchange.request();
    }

    void pass() throws IOException {
        Headers headers = framed(request.headers(), exchange.rawBody());
        headers = headers.has("Host") ? headers : headers.with("Host", "localhost");
        HttpWriter.send(engine.out(), request, headers, EMPTY);
        exchange.aside(this::carryRequest);
        try {
            carryAnswer();
        } finally {
            decided.countDown();
        }
        if (tunnel) {
            engine.in().transferTo(client.out());
            client.shutdownOutput();
            opens(clientEnded, Long.MAX_VALUE);
        }
    }

    private void carryRequest() throws IOException {
        try {
            HttpBody body = exchange.rawBody();
            copy(body, engine, body.chunked());
            boolean more = client.reader().ready();
            if (more && opens(decided, Long.MAX_VALUE) && !tunnel) {
                return;
            }
            client.in().transferTo(engine.out());
            forsake();
        } catch (IOException e) {
            giveUp();
            throw e;
        } finally {
            clientEnded.countDown();
        }
    }

    /// The client has closed its end.
    private void forsake() throws IOException {
        engine.shutdownOutput();
        if (!opens(decided, forsakenMs)) {
            engine.close();
        } else if (!tunnel) {
            engine.arm(forsakenMs, false);
        }
    }

    /// A client that broke is gone; an engine that broke may have left an answer.
    private void giveUp() throws IOException {
        if (client.broken()) {
            engine.close();
        } else {
            forsake();
        }
    }

    private void carryAnswer() throws IOException {
        HttpReader reader = engine.reader();
        Response response = head(reader);
        while (response.status() < 200 && response.status() != 101) {
            if (!exchange.oldClient()) {
                HttpWriter.send(client.out(), response, response.headers(), EMPTY);
            }
            response = head(reader);
        }
        HttpBody body = new HttpBody(reader, reader.lengthOf(response, request.method()));
        Headers headers = framed(response.headers(), body);
        if (response.status() == 101 || body.untilClose()) {
            exchange.takeOver(response, headers);
            tunnel = true;
            return;
        }
        boolean chunked = body.chunked() && !exchange.oldClient();
        if (body.chunked() && exchange.oldClient()) {
            exchange.leave();
            headers = headers.without("Transfer-Encoding");
        }
        exchange.relay(response, headers);
        decided.countDown();
        copy(body, client, chunked);
    }

    private static Response head(HttpReader reader) throws IOException {
        try {
            return reader.response();
        } catch (IOException e) {
            throw new HttpException(502, "no answer from the container engine: " + e.getMessage());
        }
    }

    private static void copy(HttpBody body, Duplex to, boolean chunked) throws IOException {
        if (chunked) {
            HttpWriter chunks = new HttpWriter(to.out());
            body.transferTo(chunks);
            chunks.end(body.trailers());
        } else {
            body.transferTo(to.out());
        }
    }

    /// The headers that concern the message and not the connection it came on; those of an upgrade
    /// stay, since it is both connections' from then on.
    private static Headers framed(Headers headers, HttpBody body) {
        boolean upgrade = headers.lists("Connection", "Upgrade");
        Headers kept = headers;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.nameAt(i);
            boolean upgrades = upgrade && name.equalsIgnoreCase("Upgrade");
            boolean named = headers.lists("Connection", name) || isHopByHop(name);
            kept = named && !upgrades ? kept.without(name) : kept;
        }
        kept = upgrade ? kept.with("Connection", "Upgrade") : kept;
        return body.chunked() ? kept.with("Transfer-Encoding", "chunked") : kept;
    }

    private static boolean isHopByHop(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding",
                    "upgrade" -> true;
            default -> false;
        };
    }

    private static boolean opens(CountDownLatch latch, long withinMs) throws IOException {
        try {
            return latch.await(withinMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
        }
    }
}

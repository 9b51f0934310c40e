package e2e;

import static e2e.HttpLab.EMPTY;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import swarm.http.Duplex;
import swarm.http.Exchange;
import swarm.http.Handler;
import swarm.http.Headers;
import swarm.http.HttpException;

/// What the servers of the HTTP tests answer, and the moments at which their handlers wait.
final class HttpRoutes implements Handler {
    /// A handler waits, may go on, was told that its client left.
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch allowed = new CountDownLatch(1);
    final CountDownLatch left = new CountDownLatch(1);

    @Override
    public void handle(Exchange exchange) throws IOException {
        Headers plain = Headers.of("Content-Type", "text/plain");
        switch (exchange.request().path()) {
            case "/echo" -> exchange.respond(200, plain, exchange.body(1 << 20));
            case "/small" -> exchange.respond(200, plain, exchange.body(4));
            case "/name" -> exchange.respond(200, plain, bytes(Thread.currentThread().getName()));
            case "/target" -> exchange.respond(200, plain, bytes(exchange.request().target()));
            case "/empty" -> exchange.respond(204, Headers.NONE, EMPTY);
            case "/wait" -> {
                pause();
                exchange.respond(200, plain, bytes("waited"));
            }
            case "/pieces" -> {
                OutputStream out = exchange.stream(200, plain);
                out.write(bytes("first"));
                pause();
                out.write(bytes("second"));
            }
            case "/cut" -> {
                exchange.stream(200, plain).write(bytes("half"));
                throw new IllegalStateException("halfway");
            }
            case "/follow" -> {
                exchange.whenClientLeaves(left::countDown);
                exchange.respond(200, plain, EMPTY);
            }
            case "/flood" -> {
                exchange.whenClientLeaves(left::countDown);
                exchange.stream(200, plain).write(bytes("unread"));
                pause();
            }
            case "/raw" -> {
                Duplex raw = exchange.hijack(101, Headers.of("Connection", "Upgrade"));
                raw.in().transferTo(raw.out());
                raw.out().write(bytes("bye"));
            }
            case "/refuse" -> throw new HttpException(409, "say \"no\"\n");
            case "/bug" -> throw new IllegalStateException("bug");
            default -> {
                // Not answered at all.
            }
        }
    }

    private void pause() {
        reached.countDown();
        try {
            allowed.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

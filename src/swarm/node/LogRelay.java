package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.api.ApiAnswer;
import swarm.api.Messages;
import swarm.api.Route;
import swarm.manager.Manager;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// Gives a client of any manager the output it asks for: from here if this manager leads, else from
/// the leader, whose bytes are passed on as they come. The leader is sent more only as the client
/// reads; and when the client goes, the link ends.
///
/// Departs from reads and writes: once output has begun, nobody else goes on with it. When the
/// leader changes, the stream is cut short, which the client sees.
final class LogRelay {
    private static final long TRY_MS = 2_500;
    private static final long RETRY_MS = 50;

    private final ManagerPart manager;
    private final Supplier<Dialer> dialer;

    LogRelay(ManagerPart manager, Supplier<Dialer> dialer) {
        this.manager = manager;
        this.dialer = dialer;
    }

    /// Serves the client to the end, or says why it does not.
    ///
    /// @throws IOException when the stream is cut short
    Optional<ApiAnswer> serve(Route.LogTarget target, LogClient client) throws IOException {
        long deadline = Time.now() + Manager.WRITE_MS;
        while (true) {
            Optional<Reply> reply = manager.logs(target, client);
            if (reply.isPresent() && reply.get() instanceof Reply.Elsewhere other) {
                reply = from(other.addr(), target, client);
            }
            if (reply.isEmpty()) {
                return Optional.empty();
            }
            if (reply.get() instanceof Reply.Answered answered) {
                return Optional.of(answered.answer());
            }
            if (Time.now() >= deadline) {
                return Optional.of(ApiAnswer.error(503, Messages.NO_LEADER));
            }
            Time.pause(RETRY_MS);
        }
    }

    private Optional<Reply> from(String addr, Route.LogTarget target, LogClient client)
            throws IOException {
        Optional<Link> dialled = dial(addr);
        if (dialled.isEmpty()) {
            return Optional.of(new Reply.Elsewhere(""));
        }
        try (Link link = dialled.get()) {
            Reply reply = ask(link, target);
            if (!(reply instanceof Reply.Answered answered) || answered.answer().status() != 200) {
                return Optional.of(reply);
            }
            OutputStream out = client.begin();
            client.whenItLeaves(link::close);
            for (byte[] bytes = link.receive(); bytes.length > 0; bytes = link.receive()) {
                out.write(bytes);
                out.flush();
            }
            client.end();
            return Optional.empty();
        }
    }

    private Optional<Link> dial(String addr) {
        try {
            return Optional.of(dialer.get().dial(addr, Protocol.ASK, Courier.DIAL_MS));
        } catch (IOException unreachable) {
            return Optional.empty();
        }
    }

    private static Reply ask(Link link, Route.LogTarget target) {
        try {
            return Courier.ask(link, new Question.Logs(target), TRY_MS);
        } catch (IOException lost) {
            return new Reply.Elsewhere("");
        }
    }
}

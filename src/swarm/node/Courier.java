package swarm.node;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import swarm.json.JsonException;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// Carries questions to managers and their replies back. Links are kept for the next question, so
/// that a request which a follower hands on costs no handshake; one that has ended meanwhile is
/// replaced without the asker's noticing, which is why every question may be asked twice.
final class Courier implements AutoCloseable {
    static final long DIAL_MS = 1_000;
    /// How long a kept link may have been idle: much less than anything on the way forgets.
    private static final long KEPT_MS = 30_000;
    private static final int KEPT_MAX = 8;

    private record Kept(Link link, long since) { }

    private final Supplier<Dialer> dialer;
    /// Nobody could be reached: the question was not sent.
    static final class Unreached extends IOException {
        private static final long serialVersionUID = 1;

        Unreached(IOException why) {
            super(why.getMessage(), why);
        }
    }

    /// Idle links by address, the newest last.
    private final Map<String, Deque<Kept>> kept = new ConcurrentHashMap<>();

    Courier(Supplier<Dialer> dialer) {
        this.dialer = dialer;
    }

    /// Asks the manager at an address, and waits for its reply.
    ///
    /// @throws Unreached when the question was not sent
    /// @throws IOException when there is no reply within `replyMs`; what was asked may be done all
    ///     the same
    Reply ask(String addr, Question question, long replyMs) throws IOException {
        Optional<Link> idle = idle(addr);
        if (idle.isPresent()) {
            try {
                return ask(addr, idle.get(), question, replyMs);
            } catch (EOFException | SocketException ended) {
                idle.get().close();
                return ask(addr, dial(addr), question, replyMs);
            }
        }
        Link link;
        try {
            link = dial(addr);
        } catch (IOException nobody) {
            throw new Unreached(nobody);
        }
        return ask(addr, link, question, replyMs);
    }

    private Link dial(String addr) throws IOException {
        return dialer.get().dial(addr, Protocol.ASK, DIAL_MS);
    }

    private Reply ask(String addr, Link link, Question question, long replyMs)
            throws IOException {
        try {
            Reply reply = ask(link, question, replyMs);
            keep(addr, link);
            return reply;
        } catch (IOException failed) {
            link.close();
            throw failed;
        }
    }

    /// Asks over a link that is there.
    static Reply ask(Link link, Question question, long replyMs) throws IOException {
        link.send(question.frame());
        byte[] reply = link.receive(replyMs);
        if (reply.length == 0) {
            throw new EOFException("the manager has closed the connection");
        }
        try {
            return Question.reply(reply);
        } catch (JsonException e) {
            throw new IOException("a manager's reply cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<Link> idle(String addr) {
        Deque<Kept> links = kept.computeIfAbsent(addr, _ -> new ArrayDeque<>());
        synchronized (links) {
            while (!links.isEmpty()) {
                Kept newest = links.removeLast();
                if (Time.now() - newest.since() < KEPT_MS) {
                    return Optional.of(newest.link());
                }
                newest.link().close();
            }
            return Optional.empty();
        }
    }

    private void keep(String addr, Link link) {
        Deque<Kept> links = kept.computeIfAbsent(addr, _ -> new ArrayDeque<>());
        synchronized (links) {
            links.addLast(new Kept(link, Time.now()));
            if (links.size() > KEPT_MAX) {
                links.removeFirst().link().close();
            }
        }
    }

    @Override public void close() {
        kept.values().forEach(links -> {
            synchronized (links) {
                links.forEach(idle -> idle.link().close());
                links.clear();
            }
        });
    }
}

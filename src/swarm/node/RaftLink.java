package swarm.node;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import swarm.wire.Link;

/// What is said to one member of raft: a bounded queue, and the thread that empties it into a link
/// which it dials anew when it must. What waits while there is no link is lost: raft says again
/// what counts, and what is old by then would only delay it.
///
/// TCP backs off for seconds when packets were lost for two; so a link on which we speak, while its
/// other end has not been heard for a while, is given up and dialled again.
final class RaftLink implements AutoCloseable {
    /// A link dials: at most one link, what it is asked for at once.
    interface Dial {
        Link open() throws IOException;
    }

    /// What may wait: the appends that raft lets be in flight, and as many heartbeats.
    private static final long QUEUE_BYTES_MAX = 32L << 20;
    private static final int QUEUE_MAX = 4_096;
    /// More than a leader waits for a majority: a dial costs a busy machine more than it has.
    private static final long SILENT_MS = 1_500;
    private static final long RETRY_MS = 50;
    private static final long RETRY_MAX_MS = 400;

    private final Dial dial;
    private final Thread thread;
    private final Deque<byte[]> queue = new ArrayDeque<>();
    /// Bytes in the queue.
    private long queued;
    /// Set once: the thread is to end.
    private boolean closed;
    /// When the member was heard last, or the link was made, in monotonic ms.
    private volatile long heardAt = Time.now();
    /// The link in use; replaced by the thread, closed by whoever ends it.
    private volatile Optional<Link> current = Optional.empty();

    RaftLink(Object peer, Dial dial) {
        this.dial = dial;
        this.thread = Thread.ofPlatform().name("raft-" + peer).start(this::run);
    }

    /// Puts a message in, if there is room.
    synchronized void offer(byte[] message) {
        if (!closed && queue.size() < QUEUE_MAX && queued < QUEUE_BYTES_MAX) {
            queue.addLast(message);
            queued += message.length;
            notifyAll();
        }
    }

    /// The member was heard, on its own link to us.
    RaftLink heard() {
        heardAt = Time.now();
        return this;
    }

    private void run() {
        long retryMs = RETRY_MS;
        while (!ended()) {
            try (Link link = dial.open()) {
                current = Optional.of(link);
                heardAt = Time.now();
                retryMs = RETRY_MS;
                say(link);
            } catch (IOException lost) {
                drop();
                pause(retryMs);
                retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
            } finally {
                current = Optional.empty();
            }
        }
    }

    private void say(Link link) throws IOException {
        for (List<byte[]> next = take(); !next.isEmpty(); next = take()) {
            link.sendAll(next);
            if (Time.now() - heardAt > SILENT_MS) {
                throw new IOException("the member is not heard");
            }
        }
        link.goodbye();
    }

    /// Everything that waits, once something does; nothing when it is over.
    private synchronized List<byte[]> take() throws IOException {
        while (queue.isEmpty() && !closed) {
            waitFor(0);
        }
        List<byte[]> all = new ArrayList<>(queue);
        drop();
        return closed ? List.of() : all;
    }

    private synchronized void drop() {
        queue.clear();
        queued = 0;
    }

    private synchronized boolean ended() {
        return closed;
    }

    private synchronized void pause(long ms) {
        long until = Time.now() + ms;
        try {
            for (long now = Time.now(); !closed && now < until; now = Time.now()) {
                waitFor(until - now);
            }
        } catch (IOException interrupted) {
            closed = true;
        }
    }

    private void waitFor(long ms) throws IOException {
        try {
            wait(ms);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /// Ends it with a goodbye, if the other end takes one at once.
    @Override public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join(GOODBYE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        current.ifPresent(Link::close);
    }

    private static final long GOODBYE_MS = 200;
}

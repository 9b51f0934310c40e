package swarm.node;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import swarm.raft.MemberId;
import swarm.wire.Link;

/// What is said to one member of raft: a bounded queue, and the thread that empties it into a link
/// which it keeps ready and dials anew when it has ended. What waits while there is no link is
/// lost: raft says again what counts, and what is old by then would only delay it.
///
/// The other end says back, a few times a second, that it takes in what we say. TCP backs off for
/// seconds when packets were lost for two, and for minutes when they were for more; so a link on
/// which we go on speaking without being told so is given up and dialled again.
final class RaftLink implements AutoCloseable {
    /// What may wait: the appends that raft lets be in flight, and as many heartbeats.
    private static final long QUEUE_BYTES_MAX = 32L << 20;
    private static final int QUEUE_MAX = 4_096;
    /// More than a leader waits for a majority: a dial costs a busy machine more than it has.
    private static final long SILENT_MS = 1_500;
    private static final long CHECK_MS = 250;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long RETRY_MS = 50;
    private static final long RETRY_MAX_MS = 400;

    private final MemberId peer;
    private final RaftLinks links;
    private final Thread thread;
    private final Deque<byte[]> queue = new ArrayDeque<>();
    /// Bytes in the queue.
    private long queued;
    /// Set once: the thread is to end.
    private boolean closed;
    /// The link in use has ended: another is made at once, so that it is there when it is needed.
    private boolean lost;
    /// Since when we speak without being told that it arrives, in monotonic ms; set by the thread
    /// that speaks, and back to NEVER by the one that listens.
    private volatile long unheardSince = NEVER;
    /// When we spoke last, and whether we do; set by the thread that speaks.
    private volatile long spokeAt;
    private volatile boolean speaking;
    /// The link in use; replaced by the thread, closed by whoever ends it.
    private volatile Optional<Link> current = Optional.empty();

    RaftLink(MemberId peer, RaftLinks links) {
        this.peer = peer;
        this.links = links;
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

    private void run() {
        long retryMs = RETRY_MS;
        while (!ended()) {
            try (Link link = links.open(peer)) {
                begin(link);
                retryMs = RETRY_MS;
                unheardSince = NEVER;
                speaking = false;
                Thread.ofVirtual().name(thread.getName() + "-heard").start(() -> watch(link));
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

    private synchronized void begin(Link link) {
        current = Optional.of(link);
        lost = false;
    }

    private synchronized void ended(Link link) {
        lost |= current.equals(Optional.of(link));
        notifyAll();
        link.close();
    }

    private void say(Link link) throws IOException {
        for (List<byte[]> next = take(); !next.isEmpty(); next = take()) {
            long now = Time.now();
            if (unheardSince == NEVER || now - spokeAt > SILENT_MS) {
                unheardSince = now;
            }
            spokeAt = now;
            speaking = true;
            link.sendAll(next);
            speaking = false;
        }
        link.goodbye();
    }

    /// Closes a link whose other end is not known to hear us, also under a send that is stuck.
    private void watch(Link link) {
        try {
            while (!inVain(Time.now())) {
                heard(link);
            }
        } catch (IOException gone) {
            ended(link);
            return;
        }
        ended(link);
    }

    /// Whether we have spoken for a while without being told that it arrives. The last words before
    /// a pause may go without an answer: of those nobody says.
    private boolean inVain(long now) {
        boolean goesOn = speaking || now - spokeAt < SILENT_MS;
        return goesOn && unheardSince < now - SILENT_MS;
    }

    private void heard(Link link) throws IOException {
        try {
            if (link.receive(CHECK_MS).length > 0) {
                unheardSince = NEVER;
            }
        } catch (SocketTimeoutException quiet) {
            return;
        }
    }

    /// Everything that waits, once something does; nothing when it is over.
    private synchronized List<byte[]> take() throws IOException {
        while (queue.isEmpty() && !closed && !lost) {
            waitFor(0);
        }
        if (lost) {
            throw new IOException("the link has ended");
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

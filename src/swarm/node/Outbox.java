package swarm.node;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;
import swarm.wire.Link;

/// Messages that wait to be sent on a link, for senders that must not wait for the network: the
/// threads of a manager and of an agent. A thread of its own writes them out, in order. Whoever
/// reads so slowly that the queue overflows loses the link; the two say again what matters when
/// there is another.
final class Outbox<M> {
    /// More than a manager has unacknowledged of one agent, or an agent of its manager.
    private static final int MESSAGES_MAX = 256;

    private final BlockingQueue<M> waiting = new ArrayBlockingQueue<>(MESSAGES_MAX);
    private final Link link;
    private final Function<M, byte[]> frame;
    private final Thread writer;

    private Outbox(Link link, Function<M, byte[]> frame) {
        this.link = link;
        this.frame = frame;
        this.writer = Thread.ofVirtual().name("agent-write " + link.remoteAddress())
                .unstarted(this::write);
    }

    static <M> Outbox<M> start(Link link, Function<M, byte[]> frame) {
        Outbox<M> box = new Outbox<>(link, frame);
        box.writer.start();
        return box;
    }

    void put(M message) {
        if (!waiting.offer(message)) {
            close();
        }
    }

    /// Ends the link, with a goodbye if it is not stuck; what waits is not sent any more. The
    /// interrupt closes the socket of a virtual thread that is stuck in a write.
    void close() {
        writer.interrupt();
    }

    /// Encodes here, not on the sender's thread: all tasks of a node are long.
    private void write() {
        try (link) {
            sendUntilClosed();
            link.goodbye();
        } catch (IOException e) {
            // Who reads the link finds it closed and says why.
            waiting.clear();
        }
    }

    private void sendUntilClosed() throws IOException {
        try {
            while (true) {
                link.send(frame.apply(waiting.take()));
            }
        } catch (InterruptedException e) {
            waiting.clear();
        }
    }
}

package e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// Stands on loopback between those who dial and a port, and does to the bytes what networks do. It
/// knows nothing of what the bytes mean. What is set holds for every connection from then on.
///
/// A way that stalls takes no more bytes, so that its sender gets stuck once the buffers are full;
/// nothing is lost, and it may go on.
final class FaultProxy implements AutoCloseable {
    /// How the bytes of one way go on.
    enum Flow { WHOLE, ONE_BYTE_AT_A_TIME, STALLED }

    /// The two directions.
    enum Way { TO_PORT, TO_DIALER }

    /// A dialer's socket and the one to the port.
    private record Pair(Socket dialer, Socket port) { }

    private final InetSocketAddress target;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.ofLiteral(
        "127.0.0.1"));
    private final List<Thread> threads = new ArrayList<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final Flow[] flows = {Flow.WHOLE, Flow.WHOLE};
    private boolean closed;
    private long adopted;

    FaultProxy(int port) throws IOException {
        target = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        start(this::acceptAll);
    }

    String addr() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// How many connections were made through it so far.
    synchronized long connections() {
        return adopted;
    }

    synchronized void flow(Way way, Flow flow) {
        flows[way.ordinal()] = flow;
        notifyAll();
    }

    synchronized void flow(Flow flow) {
        flow(Way.TO_PORT, flow);
        flow(Way.TO_DIALER, flow);
    }

    /// Every connection breaks: both ends are told so, by a reset.
    synchronized void reset() throws IOException {
        for (Pair pair : pairs) {
            for (Socket end : List.of(pair.dialer(), pair.port())) {
                if (!end.isClosed()) {
                    end.setSoLinger(true, 0);
                    end.close();
                }
            }
        }
        pairs.clear();
    }

    /// The port's machine is gone: the port reads the end, whoever dialled is told nothing.
    synchronized void halfOpen() throws IOException {
        flow(Flow.STALLED);
        for (Pair pair : pairs) {
            pair.port().close();
        }
    }

    @Override public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
            listener.close();
            reset();
        }
        for (Thread thread : started()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private synchronized List<Thread> started() {
        return List.copyOf(threads);
    }

    private synchronized void start(Runnable work) {
        threads.add(Thread.ofVirtual().name("fault-proxy").start(work));
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException endedOrNobodyThere) {
                Thread.yield();
            }
        }
    }

    private void connect(Socket dialer) throws IOException {
        Socket port = new Socket();
        try {
            port.connect(target);
            adopt(new Pair(dialer, port));
        } catch (IOException e) {
            dialer.close();
            port.close();
            throw e;
        }
    }

    private synchronized void adopt(Pair pair) throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        pair.dialer().setTcpNoDelay(true);
        pair.port().setTcpNoDelay(true);
        pairs.add(pair);
        adopted++;
        start(() -> carry(Way.TO_PORT, pair.dialer(), pair.port()));
        start(() -> carry(Way.TO_DIALER, pair.port(), pair.dialer()));
    }

    /// Carries one way to its end and passes the end on; a failure ends both ways, unless the way
    /// stalls: then nobody is told.
    private void carry(Way way, Socket from, Socket to) {
        byte[] bytes = new byte[4096];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                pass(way, bytes, count, out);
            }
            awaitFlow(way);
            to.shutdownOutput();
        } catch (IOException e) {
            giveUp(way, from, to);
        }
    }

    private void pass(Way way, byte[] bytes, int count, OutputStream out) throws IOException {
        for (int done = 0; done < count; ) {
            int now = awaitFlow(way) == Flow.WHOLE ? count - done : 1;
            out.write(bytes, done, now);
            done += now;
        }
    }

    private synchronized Flow awaitFlow(Way way) throws IOException {
        try {
            while (!closed && flows[way.ordinal()] == Flow.STALLED) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return flows[way.ordinal()];
    }

    private void giveUp(Way way, Socket from, Socket to) {
        try (from; to) {
            awaitFlow(way);
        } catch (IOException e) {
            throw new IllegalStateException("a connection does not close", e);
        }
    }
}

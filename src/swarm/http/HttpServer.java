package swarm.http;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Accepts connections on a socket that somebody else has bound, a bounded number of them, and
/// gives each a virtual thread. It outlives its handlers' mistakes and the lack of descriptors.
///
/// Stopping ends the idle connections at once, lets requests under way finish for a while, and then
/// closes what is left, tunnels included.
public final class HttpServer {
    /// After a failed accept: from, doubled each time, to.
    private static final long BACKOFF_MIN_MS = 10;
    private static final long BACKOFF_MAX_MS = 1_000;

    private final ServerSocketChannel listener;
    private final ServerLimits limits;
    private final Handler handler;
    private final Consumer<Exception> troubles;
    private final Thread acceptor;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    /// Cleared by stop, for good: no connection, no further request on one.
    private volatile boolean running = true;

    /// Troubles are told to that callback, from any thread: a handler's exception, an accept that
    /// failed (once until it works again).
    public HttpServer(ServerSocketChannel listener, ServerLimits limits, Handler handler,
            Consumer<Exception> troubles) {
        this.limits = limits;
        this.listener = listener;
        this.handler = handler;
        this.troubles = troubles;
        this.acceptor = Thread.ofPlatform().name("http-accept").unstarted(this::acceptAll);
    }

    public void start() {
        acceptor.start();
    }

    public void stop(long graceMs) throws IOException, InterruptedException {
        running = false;
        listener.close();
        acceptor.join();
        for (ServerConnection connection : connections) {
            connection.closeIfIdle();
        }
        awaitConnections(Watchdog.now() + graceMs);
        for (ServerConnection connection : connections) {
            connection.close();
        }
    }

    private synchronized void awaitConnections(long until) throws InterruptedException {
        for (long left = 1; left > 0 && !connections.isEmpty(); ) {
            left = until - Watchdog.now();
            wait(Math.max(1, left));
        }
    }

    boolean running() {
        return running;
    }

    ServerLimits limits() {
        return limits;
    }

    Handler handler() {
        return handler;
    }

    void gone(ServerConnection connection) {
        connections.remove(connection);
        synchronized (this) {
            notifyAll();
        }
    }

    void trouble(Exception e) {
        troubles.accept(e);
    }

    /// A connection that broke is the client's affair; anything else is ours.
    void report(Exception e) {
        if (!(e instanceof IOException)) {
            troubles.accept(e);
        }
    }

    private void acceptAll() {
        long backoffMs = 0;
        for (long number = 1; running; number++) {
            try {
                admit(listener.accept(), number);
                backoffMs = 0;
            } catch (IOException e) {
                backoffMs = running ? backOff(e, backoffMs) : 0;
            }
        }
    }

    private void admit(SocketChannel channel, long number) {
        ServerConnection connection = new ServerConnection(this, new Duplex(channel));
        if (connections.size() >= limits.connectionsMax()) {
            connection.turnAway();
            return;
        }
        connections.add(connection);
        Thread.ofVirtual().name("http-" + number).start(connection);
    }

    private long backOff(IOException failure, long lastMs) {
        if (lastMs == 0) {
            troubles.accept(failure);
        }
        long ms = Math.clamp(2 * lastMs, BACKOFF_MIN_MS, BACKOFF_MAX_MS);
        LockSupport.parkNanos(ms * 1_000_000);
        return ms;
    }
}

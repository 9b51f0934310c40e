package swarm.wire;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import swarm.ca.NodeName;
import swarm.ca.Tls;

/// The listener. It shakes hands with whoever connects, asks the gate, says "come in" or why not,
/// and leaves the link to the guest, on the connection's own virtual thread.
///
/// Who has not proved to be anybody is a stranger: there are few at a time, a handshake has little
/// time in all, and a stranger that was let in (to join) has a little more. Nothing that strangers
/// send ends the listener, and nothing but their number keeps others waiting.
public final class Port implements AutoCloseable {
    private static final int BACKLOG = 256;
    /// After a failed accept: from, doubled each time, to.
    private static final long BACKOFF_MIN_MS = 10;
    private static final long BACKOFF_MAX_MS = 1_000;
    private static final byte[] COME_IN = {};

    private final Listener listener;
    private final Supplier<Tls> tls;
    private final Host host;
    private final Limits limits;
    private final Semaphore strangers;
    private final Map<Thread, PlainSocket> connections = new ConcurrentHashMap<>();
    private final Thread acceptor = Thread.ofPlatform().name("port-accept")
        .unstarted(this::acceptAll);
    /// Set by close, for good: no connection more, and their ends are nobody's trouble.
    private volatile boolean closed;

    /// Is asked after the handshake: why the connection is refused, empty when it is allowed.
    public interface Gate {
        Optional<String> refusal(Protocol protocol, Optional<NodeName> peer);
    }

    /// Has the link until it returns; then it is closed.
    public interface Guest {
        void serve(Link link) throws IOException;
    }

    /// Those for whom a port is open.
    record Host(Gate gate, Guest guest, Consumer<Exception> trouble) { }

    /// A handshake's time in all, how many strangers there may be, and how long one may stay.
    record Limits(long shakeMs, int strangersMax, long strangerMs) {
        /// A join waits 10 s for the leader at most, and may have to ask twice.
        static final Limits STANDARD = new Limits(Dialer.SHAKE_MS, 64, 30_000);
    }

    private static final class Listener extends ServerSocket {
        Listener() throws IOException { }

        @Override public Socket accept() throws IOException {
            PlainSocket plain = new PlainSocket();
            implAccept(plain);
            return plain;
        }
    }

    private Port(Listener listener, Supplier<Tls> tls, Host host, Limits limits) {
        this.listener = listener;
        this.tls = tls;
        this.host = host;
        this.limits = limits;
        this.strangers = new Semaphore(limits.strangersMax());
    }

    /// Listens there; port 0 takes any that is free. Each connection gets the identity that is
    /// supplied then. Why a connection ended, if not by the guest's return, is told to `trouble`,
    /// from any thread; so is a failed accept, once until it works again.
    public static Port open(InetSocketAddress listen, Supplier<Tls> tls, Gate gate, Guest guest,
            Consumer<Exception> trouble) throws IOException {
        return open(listen, tls, new Host(gate, guest, trouble), Limits.STANDARD);
    }

    static Port open(InetSocketAddress listen, Supplier<Tls> tls, Host host, Limits limits)
            throws IOException {
        Listener listener = new Listener();
        try {
            listener.setReuseAddress(true);
            listener.bind(listen, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw explained(listen, e);
        }
        Port port = new Port(listener, tls, host, limits);
        port.acceptor.start();
        return port;
    }

    private static IOException explained(InetSocketAddress listen, IOException e) {
        String where = "cannot listen on " + listen.getHostString() + ":" + listen.getPort() + ": ";
        boolean taken = e instanceof BindException && ("" + e.getMessage()).contains("in use");
        return new IOException(where + (taken ? "the address is already in use: end what listens "
            + "there (`ss -ltnp` names it), or choose another port" : e.getMessage()), e);
    }

    /// Where it listens, also when any port was asked for.
    public int port() {
        return listener.getLocalPort();
    }

    /// Ends the listener and all links, and waits for their threads; a guest must end when its link
    /// does, and must not call this.
    @Override public void close() {
        closed = true;
        try {
            listener.close();
            LockSupport.unpark(acceptor);
            acceptor.join();
            for (PlainSocket plain : connections.values()) {
                plain.close();
            }
            for (Thread thread : connections.keySet()) {
                thread.join();
            }
        } catch (IOException e) {
            host.trouble().accept(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll() {
        long backoffMs = 0;
        for (long number = 1; !closed; number++) {
            try {
                admit((PlainSocket) listener.accept(), number);
                backoffMs = 0;
            } catch (IOException e) {
                backoffMs = closed ? 0 : backOff(e, backoffMs);
            }
        }
    }

    private long backOff(IOException failure, long lastMs) {
        if (lastMs == 0) {
            host.trouble().accept(failure);
        }
        long ms = Math.clamp(2 * lastMs, BACKOFF_MIN_MS, BACKOFF_MAX_MS);
        LockSupport.parkNanos(ms * 1_000_000);
        return ms;
    }

    private void admit(PlainSocket plain, long number) throws IOException {
        if (!strangers.tryAcquire()) {
            plain.close();
            return;
        }
        Thread thread = Thread.ofVirtual().name("port-" + number).unstarted(() -> serve(plain));
        connections.put(thread, plain);
        thread.start();
    }

    private void serve(PlainSocket plain) {
        boolean strange = true;
        try (plain) {
            Link link = greet(plain);
            strange = link.peer().isEmpty();
            if (strange) {
                link.endAt(PlainSocket.now() + limits.strangerMs());
            } else {
                strangers.release();
            }
            host.guest().serve(link);
        } catch (Exception e) {
            if (!closed) {
                host.trouble().accept(e);
            }
        } finally {
            if (strange) {
                strangers.release();
            }
            connections.remove(Thread.currentThread());
        }
    }

    private Link greet(PlainSocket plain) throws IOException {
        try {
            plain.readUntil(PlainSocket.now() + limits.shakeMs());
            plain.tune();
            Link link = Link.shake(plain, over(plain));
            Optional<String> refusal = host.gate().refusal(link.protocol(), link.peer());
            link.send(refusal.map(why -> why.getBytes(StandardCharsets.UTF_8)).orElse(COME_IN));
            if (refusal.isPresent()) {
                throw new RefusedException(refusal.get());
            }
            return link;
        } catch (IOException e) {
            throw new IOException(plain.getInetAddress().getHostAddress() + " was not let in: "
                + e.getMessage(), e);
        }
    }

    private SSLSocket over(PlainSocket plain) throws IOException {
        Tls now = tls.get();
        SSLSocket socket = (SSLSocket) now.context().getSocketFactory().createSocket(
            plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
        socket.setUseClientMode(false);
        socket.setSSLParameters(now.server(Protocol.all()));
        return socket;
    }
}

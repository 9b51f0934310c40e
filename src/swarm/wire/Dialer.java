package swarm.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import swarm.ca.NodeName;
import swarm.ca.Tls;

/// Dials a node's port: connects, shakes hands, and is let in, or says in one sentence why not.
///
/// Whoever answers must be a manager by its certificate: it is told tokens and requests. Only the
/// node that is dialled back to be made one is not yet.
public final class Dialer {
    /// A handshake's time in all, with the port's first frame; as much as the port itself gives.
    static final long SHAKE_MS = 5_000;
    private static final int PORT_MAX = 65_535;

    private final Tls tls;
    private final long shakeMs;

    public Dialer(Tls tls) {
        this(tls, SHAKE_MS);
    }

    Dialer(Tls tls, long shakeMs) {
        this.tls = tls;
        this.shakeMs = shakeMs;
    }

    /// A link to `host:port`, with IPv6 addresses in brackets. The time is for TCP to connect; the
    /// handshake has its own.
    ///
    /// @throws java.net.ConnectException when the connection was refused, and only then: the
    ///     machine is there, the process is not
    /// @throws java.net.SocketTimeoutException when nothing, or not enough, came in time
    /// @throws SSLException when either end did not believe the other
    /// @throws RefusedException when the port said no
    public Link dial(String addr, Protocol protocol, long connectMs) throws IOException {
        PlainSocket plain = new PlainSocket();
        try {
            InetSocketAddress to = resolved(addr);
            plain.connect(to, Math.clamp(connectMs, 1, Integer.MAX_VALUE));
            plain.tune();
            plain.readUntil(PlainSocket.now() + shakeMs);
            Link link = Link.shake(plain, over(plain, to, protocol));
            checkManager(link);
            String refusal = new String(link.greeting(), StandardCharsets.UTF_8);
            if (!refusal.isEmpty()) {
                throw new RefusedException(addr + " refuses: " + refusal);
            }
            return link;
        } catch (IOException e) {
            boolean connected = plain.isConnected();
            plain.close();
            throw connected ? DialFailure.shaking(addr, e) : DialFailure.connecting(addr, e);
        }
    }

    private SSLSocket over(PlainSocket plain, InetSocketAddress to, Protocol protocol)
            throws IOException {
        SSLSocket socket = (SSLSocket) tls.context().getSocketFactory()
            .createSocket(plain, to.getHostString(), to.getPort(), true);
        socket.setSSLParameters(tls.client(List.of(protocol.alpn())));
        return socket;
    }

    private static void checkManager(Link link) throws IOException {
        boolean manager = link.peer().filter(node -> node.role() == NodeName.Role.MANAGER)
            .isPresent();
        if (!manager && link.protocol() != Protocol.HELLO) {
            throw new SSLException("the remote node is not a manager");
        }
    }

    private static InetSocketAddress resolved(String addr) throws IOException {
        int colon = addr.lastIndexOf(':');
        String host = addr.substring(0, Math.max(0, colon));
        int port = port(addr.substring(colon + 1));
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        if (host.isEmpty() || port == 0) {
            throw new UnknownHostException("expected host:port or [IPv6 address]:port");
        }
        InetSocketAddress to = new InetSocketAddress(host, port);
        if (to.isUnresolved()) {
            throw new UnknownHostException("no such host");
        }
        return to;
    }

    /// The number of a port, 0 when it is none.
    private static int port(String digits) {
        try {
            int port = Integer.parseInt(digits);
            return port > PORT_MAX ? 0 : Math.max(0, port);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}

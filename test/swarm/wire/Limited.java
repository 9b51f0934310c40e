package swarm.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import swarm.ca.Tls;

/// Ports and dialers with other limits than the product's, for tests on real sockets.
public record Limited(long shakeMs, int strangersMax, long strangerMs) {
    /// The product's number of strangers, and more time than any test has.
    public static final Limited PATIENT =
        new Limited(600_000, Port.Limits.STANDARD.strangersMax(), 600_000);

    public Port open(InetSocketAddress listen, Tls tls, Port.Gate gate, Port.Guest guest,
            Consumer<Exception> trouble) throws IOException {
        return Port.open(listen, () -> tls, new Port.Host(gate, guest, trouble),
            new Port.Limits(shakeMs, strangersMax, strangerMs));
    }

    public Dialer dialer(Tls tls) {
        return new Dialer(tls, shakeMs);
    }

    /// How many handshakes compute at a time.
    public static int turns() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    }
}

package swarm.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a connection to the swarm's port is for, told apart within the handshake (RFC 7301). The
/// number ends what the two ends call the same: who changes the frames raises it.
public enum Protocol {
    /// A machine without a certificate asks to be let in with a token.
    JOIN("swarm-join/1"),
    /// A node asks a manager: for a seat, a certificate, to leave, to handle a client's request.
    ASK("swarm-ask/1"),
    /// An agent's session with the leader.
    AGENT("swarm-agent/1"),
    /// Messages of one manager's raft to another's.
    RAFT("swarm-raft/1"),
    /// A manager dials back: the handshake alone proves that the node is reached there.
    HELLO("swarm-hello/1");

    private final String alpn;

    Protocol(String alpn) {
        this.alpn = alpn;
    }

    /// Its name in the handshake.
    public String alpn() {
        return alpn;
    }

    /// The protocol of that name.
    public static Optional<Protocol> of(String alpn) {
        return Arrays.stream(values()).filter(each -> each.alpn.equals(alpn)).findFirst();
    }

    /// The names of all, for the end that accepts.
    static List<String> all() {
        return Arrays.stream(values()).map(Protocol::alpn).toList();
    }
}

package swarm.http;

import java.io.IOException;
import java.net.ConnectException;

/// Answers a request with what another server answers to it: everything that is not swarm goes to
/// the node's container engine this way. Each request has a connection of its own, whose fate it
/// shares: what the client does to its end (half-close, break) happens to the engine's.
public final class PassThrough implements Handler {
    /// A unix socket connects at once or has a full backlog.
    private static final long CONNECT_MS = 5_000;

    /// What an engine has left to answer a client that has closed its end, for it is nearly always
    /// gone for good. Only a tunnel lives on with one half.
    private static final long FORSAKEN_MS = 60_000;

    private final Endpoint endpoint;
    private final long forsakenMs;

    public PassThrough(Endpoint endpoint) {
        this(endpoint, FORSAKEN_MS);
    }

    public PassThrough(Endpoint endpoint, long forsakenMs) {
        this.endpoint = endpoint;
        this.forsakenMs = forsakenMs;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        try (Duplex engine = connect()) {
            new Passage(exchange, engine, forsakenMs).pass();
        }
    }

    private Duplex connect() throws IOException {
        try {
            return Duplex.connect(endpoint, CONNECT_MS);
        } catch (ConnectException e) {
            throw new HttpException(503, "Cannot connect to the Docker daemon at "
                    + endpoint.text() + ". Is the docker daemon running?");
        }
    }
}

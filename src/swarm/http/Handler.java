package swarm.http;

import java.io.IOException;

/// Answers one request, on the connection's own virtual thread. What it throws becomes the answer
/// if none was begun, and the end of the connection otherwise.
public interface Handler {
    void handle(Exchange exchange) throws IOException;
}

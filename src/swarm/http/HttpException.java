package swarm.http;

import java.io.IOException;

/// A message that is refused, with the status that says so to the peer. A handler may throw it too.
public final class HttpException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    public HttpException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}

package swarm.wire;

import java.io.IOException;

/// The port of a swarm understood who dials and what for, and said no; the message is its sentence.
/// To dial again helps only when something has changed.
public final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
        super(message);
    }
}

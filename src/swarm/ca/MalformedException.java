package swarm.ca;

/// Bytes or text from outside that are not what they claim to be: a certificate, a key, a signing
/// request, a join token. The message says what was found, where, and what was expected. It never
/// repeats the input, which may be a secret.
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
        super(message);
    }
}

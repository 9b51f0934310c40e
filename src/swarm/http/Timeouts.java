package swarm.http;

/// How long a client waits, in milliseconds, 0 for without end: for the connection, for the head of
/// the answer once the request is being sent, and for each read of its body.
public record Timeouts(long connectMs, long headMs, long readMs) {
    /// Costs no extra thread; what a command line uses, where the user is the watchdog.
    public static final Timeouts NONE = new Timeouts(0, 0, 0);
}

package swarm.agent;

/// When to try again: at once, then after a delay that doubles with each failure up to a bound.
final class Backoff {
    private final long firstMs;
    private final long maxMs;

    /// Monotonic ms before which nothing is tried; 0 says at once.
    private long notBefore;

    /// What the next failure will cost, in ms; back to the first after a success.
    private long nextMs;

    Backoff(long firstMs, long maxMs) {
        this.firstMs = firstMs;
        this.maxMs = maxMs;
        this.nextMs = firstMs;
    }

    boolean due(long now) {
        return now >= notBefore;
    }

    void failed(long now) {
        notBefore = now + nextMs;
        nextMs = Math.min(2 * nextMs, maxMs);
    }

    void succeeded() {
        notBefore = 0;
        nextMs = firstMs;
    }

    /// The time before which nothing is tried.
    long notBefore() {
        return notBefore;
    }

    /// When to try again, if that is still to come.
    long deadline(long now) {
        return due(now) ? Long.MAX_VALUE : notBefore;
    }
}

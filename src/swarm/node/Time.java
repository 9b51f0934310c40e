package swarm.node;

import java.time.Instant;

/// The two clocks of the shell. Monotonic milliseconds drive every deadline and mean nothing
/// outside this process; the wall clock is only written down.
final class Time {
    private static final long NANOS_PER_MS = 1_000_000;
    private static final long START = System.nanoTime();

    private Time() { }

    /// Monotonic milliseconds since the process began.
    static long now() {
        return (System.nanoTime() - START) / NANOS_PER_MS;
    }

    /// The wall clock.
    static Instant wall() {
        return Instant.now();
    }

    /// Lets time pass; shorter when the thread is told to end.
    static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package sim;

import java.util.random.RandomGenerator;

/// One machine's monotonic clock: it begins anywhere, runs a little too fast or too slow, and may
/// leap forward (a suspended machine). It never runs back: the JDK promises that much.
final class SimClock {
    private final Simulator time;

    /// Where the clock stood, in its own microseconds, when its pace last changed, and when that
    /// was in the world's.
    private long localUs;
    private long worldUs;

    /// Its microseconds per million of the world's.
    private long pace = 1_000_000;

    SimClock(Simulator time, RandomGenerator chance) {
        this.time = time;
        localUs = chance.nextLong(1_000_000_000_000L);
        worldUs = time.nowUs();
    }

    long nowMs() {
        return nowUs() / 1000;
    }

    private long nowUs() {
        return localUs + (time.nowUs() - worldUs) * pace / 1_000_000;
    }

    /// How long the world must wait until this clock shows `ms`.
    long untilUs(long ms) {
        return Math.max(0, (ms * 1000 - nowUs()) * 1_000_000 / pace + 2);
    }

    void run(long newPace) {
        leap(0);
        pace = newPace;
    }

    void leap(long byUs) {
        localUs = nowUs() + byUs;
        worldUs = time.nowUs();
    }
}

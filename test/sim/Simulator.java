package sim;

import java.util.PriorityQueue;

/// Virtual time: a heap of things that will happen, in order of their time and, at one time, in the
/// order they were planned. Time jumps from one to the next, so a quiet hour costs nothing.
///
/// Microseconds since the world began. One thread; nothing here depends on anything but the calls.
final class Simulator {
    private record Planned(long atUs, long order, Runnable action) implements Comparable<Planned> {
        @Override public int compareTo(Planned other) {
            int byTime = Long.compare(atUs, other.atUs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Planned> heap = new PriorityQueue<>();

    /// The time of what happens now.
    private long nowUs;

    /// How many were ever planned: the order among equals.
    private long planned;

    /// How many have happened.
    private long happened;

    long nowUs() {
        return nowUs;
    }

    long happened() {
        return happened;
    }

    void in(long delayUs, Runnable action) {
        heap.add(new Planned(nowUs + delayUs, planned++, action));
    }

    /// Let everything happen that is planned up to this time.
    void runUntil(long untilUs) {
        while (!heap.isEmpty() && heap.peek().atUs <= untilUs) {
            Planned next = heap.poll();
            nowUs = next.atUs;
            happened++;
            next.action.run();
        }
        nowUs = untilUs;
    }
}

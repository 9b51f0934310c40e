package sim;

import java.util.ArrayDeque;
import swarm.wire.Protocol;

/// A connection between two processes: two directions, each in order.
final class Connection {
    private final Lines lines;
    final Machine dialler;
    final Machine listener;
    final Protocol protocol;
    private final Pipe there;
    private final Pipe back;

    /// What each end does when the other is gone.
    Runnable endedAtDialler = () -> { };
    Runnable endedAtListener = () -> { };

    Connection(Lines lines, Machine dialler, Machine listener, Protocol protocol) {
        this.lines = lines;
        this.dialler = dialler;
        this.listener = listener;
        this.protocol = protocol;
        this.there = new Pipe(dialler, listener);
        this.back = new Pipe(listener, dialler);
    }

    boolean involves(Machine machine) {
        return dialler.equals(machine) || listener.equals(machine);
    }

    /// Something from one end, to happen at the other.
    void say(boolean byDialler, Runnable arrival) {
        (byDialler ? there : back).send(arrival);
    }

    /// One end closes: what it said arrives, and then its end; it hears nothing more.
    void close(boolean byDialler) {
        (byDialler ? back : there).closed = true;
        Pipe out = byDialler ? there : back;
        out.send(byDialler ? endedAtListener : endedAtDialler);
        out.last = true;
        lines.forget(this);
    }

    /// The process at an end is gone; with its power, nobody says so.
    void end(Machine machine, boolean power) {
        if (dialler.equals(listener)) {
            there.closed = true;
            back.closed = true;
            lines.forget(this);
            return;
        }
        close(dialler.equals(machine));
        if (power) {
            there.closed = true;
            back.closed = true;
        }
    }

    private record Packet(long dueUs, Runnable arrival) { }

    /// One direction.
    private final class Pipe {
        private final Machine from;
        private final Machine to;
        private final int life;
        private final ArrayDeque<Packet> flying = new ArrayDeque<>();
        private long lastUs;
        /// Nothing arrives any more.
        private boolean closed;
        /// Nothing more is sent.
        private boolean last;

        Pipe(Machine from, Machine to) {
            this.from = from;
            this.to = to;
            this.life = to.life();
        }

        void send(Runnable arrival) {
            if (!closed && !last) {
                long now = lines.world().time.nowUs();
                lastUs = Math.max(lastUs + 1, now + lines.delayUs(from, to));
                flying.add(new Packet(lastUs, arrival));
                lines.world().time.in(lastUs - now, this::pump);
            }
        }

        private void pump() {
            while (!closed && to.life() == life && !flying.isEmpty()
                    && flying.peek().dueUs <= lines.world().time.nowUs()) {
                if (!lines.open(from, to)) {
                    lines.world().time.in(Lines.AGAIN_US, this::pump);
                    return;
                }
                to.later(0, flying.poll().arrival);
            }
        }
    }
}

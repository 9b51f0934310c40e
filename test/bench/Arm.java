package bench;

import java.io.IOException;

/// One of the ways that a benchmark compares: its name, and one run of it.
record Arm(String name, Measurement run) {
    /// Runs once and returns what was measured, in the benchmark's unit.
    interface Measurement {
        double take() throws IOException;
    }

    /// How long an action takes, in milliseconds.
    static Arm timed(String name, Action action) {
        return new Arm(name, () -> {
            long begun = System.nanoTime();
            action.run();
            return (System.nanoTime() - begun) / 1e6;
        });
    }

    /// Something to be timed.
    interface Action {
        void run() throws IOException;
    }
}

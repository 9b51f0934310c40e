package sim;

import run.Argument;

/// `make sim SEED=1 N=100`: runs seeds one after the other, ten virtual minutes each, and prints
/// each one's summary, or, for one that fails, the end of its timeline and the command that repeats
/// it.
public final class Simulate {
    private static final int LINES = 120;
    private static final int FAILURES_MAX = 5;
    private static final long SECONDS = 600;
    private static final long COUNT_MAX = 1_000_000_000;

    private Simulate() {}

    /// First seed (any, if none is given), and how many.
    public static void main(String[] words) {
        long first = Argument.of("SEED", words, 0).seed();
        long count = Argument.of("N", words, 1).number(1, COUNT_MAX, 10);
        System.out.println(count + " seeds from " + first);
        int failed = 0;
        for (long i = 0; i < count && failed < FAILURES_MAX; i++) {
            failed += run(first + i) ? 0 : 1;
        }
        System.out.println(failed == 0 ? "all hold" : failed + " FAILED");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static boolean run(long seed) {
        RaftWorld world = new RaftWorld(seed);
        try {
            System.out.println(world.run(SECONDS));
            return true;
        } catch (RuntimeException e) {
            System.out.println("seed " + seed + " FAILED: " + e.getMessage());
            System.out.println(world.tail(LINES));
            e.printStackTrace(System.out);
            System.out.println("repeat it: make sim SEED=" + seed + " N=1");
            return false;
        }
    }
}

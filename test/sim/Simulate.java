package sim;

/// `make sim SEED=1 N=100`: runs seeds one after the other, ten virtual minutes each, and prints
/// each one's summary, or, for one that fails, the end of its timeline and the command that repeats
/// it.
public final class Simulate {
    private static final int LINES = 120;
    private static final int FAILURES_MAX = 5;
    private static final long SECONDS = 600;

    private Simulate() {}

    /// First seed (0: any), and how many.
    public static void main(String[] arguments) {
        long given = arguments.length > 0 ? Long.parseLong(arguments[0]) : 0;
        long first = given != 0 ? given : System.currentTimeMillis();
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        System.out.println(count + " seeds from " + first);
        int failed = 0;
        for (long seed = first; seed < first + count && failed < FAILURES_MAX; seed++) {
            failed += run(seed) ? 0 : 1;
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

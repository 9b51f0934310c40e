package sim;

/// `make sim SEED=1 N=100`: runs seeds one after the other and prints each one's summary, or, for
/// one that fails, the end of its timeline and the command that repeats it.
public final class Simulate {
    private static final int LINES = 120;

    private Simulate() {}

    /// First seed, and how many.
    public static void main(String[] arguments) {
        long first = arguments.length > 0 ? Long.parseLong(arguments[0]) : System.nanoTime();
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        boolean quiet = arguments.length > 2;
        System.out.println("seeds from " + first + ", " + count + " of them");
        int failed = 0;
        for (long seed = first; seed < first + count && failed < 5; seed++) {
            RaftWorld world = new RaftWorld(seed);
            try {
                String summary = world.run().toString();
                if (!quiet) {
                    System.out.println(summary);
                }
            } catch (RuntimeException e) {
                failed++;
                System.out.println("seed " + seed + " FAILED: " + e);
                if (!quiet) {
                    System.out.println(world.tail(LINES));
                    e.printStackTrace(System.out);
                }
                System.out.println("repeat it: make sim SEED=" + seed + " N=1");
            }
        }
        System.out.println(failed == 0 ? "all hold" : failed + " FAILED");
        System.exit(failed == 0 ? 0 : 1);
    }
}

package sim;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import run.Argument;

/// `make sim WORLD=cluster SEED=1 N=100`: runs seeds of one world, or of each, one after the other,
/// and prints each one's summary, or, for one that fails, the end of its timeline and the command
/// that repeats it.
public final class Simulate {
    private static final int LINES = 120;
    private static final int FAILURES_MAX = 5;
    private static final long COUNT_MAX = 1_000_000_000;

    private Simulate() {}

    /// The worlds: raft alone for ten virtual minutes, or the whole swarm for five.
    private enum World {
        RAFT(600) {
            @Override Seed of(long seed) {
                RaftWorld world = new RaftWorld(seed);
                return new Seed(() -> world.run(seconds).toString(), world::tail);
            }
        },
        CLUSTER(300) {
            @Override Seed of(long seed) {
                ClusterWorld world = new ClusterWorld(seed);
                return new Seed(() -> world.run(seconds).toString(), world::tail);
            }
        };

        final long seconds;

        World(long seconds) {
            this.seconds = seconds;
        }

        abstract Seed of(long seed);

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One world of one seed: its life, which ends with a summary, and the end of its timeline.
    private record Seed(Supplier<String> life, IntFunction<String> tail) { }

    /// First seed (any, if none is given), how many, and of which world (all, if none is named).
    public static void main(String[] words) {
        long first = Argument.of("SEED", words, 0).seed();
        long count = Argument.of("N", words, 1).number(1, COUNT_MAX, 10);
        List<String> names = Argument.of("WORLD", words, 2)
                .among(Arrays.stream(World.values()).map(World::word).toList());
        int failed = 0;
        for (World world : World.values()) {
            failed += names.contains(world.word()) ? failures(world, first, count) : 0;
        }
        System.out.println(failed == 0 ? "all hold" : failed + " FAILED");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static int failures(World world, long first, long count) {
        System.out.println(count + " seeds of the " + world.word() + " world from " + first);
        int failed = 0;
        for (long i = 0; i < count && failed < FAILURES_MAX; i++) {
            failed += run(world, first + i) ? 0 : 1;
        }
        return failed;
    }

    private static boolean run(World world, long seed) {
        Seed one = world.of(seed);
        try {
            System.out.println(one.life().get());
            return true;
        } catch (RuntimeException e) {
            System.out.println("seed " + seed + " FAILED: " + e.getMessage());
            System.out.println(one.tail().apply(LINES));
            e.printStackTrace(System.out);
            System.out.println("repeat it: make sim WORLD=" + world.word() + " SEED=" + seed
                    + " N=1");
            return false;
        }
    }
}

package e2e;

import java.io.IOException;
import java.util.Random;
import run.Argument;

/// `make crashes SEED=1 N=200`: kills a daemon N times while its tasks are processes, and a tenth
/// as often while they are containers. The seed makes the clients' requests and the moments of the
/// kills the same again, not what the machine does meanwhile.
public final class CrashCampaign {
    private static final long KILLS = 200;
    private static final long KILLS_MAX = 1_000_000;
    private static final int KILLS_PER_CONTAINER_KILL = 10;

    private CrashCampaign() {
    }

    public static void main(String[] words) throws IOException {
        long seed = Argument.of("SEED", words, 0).seed();
        int kills = (int) Argument.of("N", words, 1).number(1, KILLS_MAX, KILLS);
        int containerKills = Math.ceilDiv(kills, KILLS_PER_CONTAINER_KILL);
        System.out.println(kills + " kills with processes, " + containerKills
                + " with containers, from seed " + seed);
        try {
            System.out.println(withProcesses(seed, kills));
            System.out.println(withContainers(seed, containerKills));
        } catch (AssertionError wrong) {
            wrong.printStackTrace(System.out);
            System.out.println("repeat it: make crashes SEED=" + seed + " N=" + kills);
            System.exit(1);
        }
    }

    static String withProcesses(long seed, int kills) throws IOException {
        try (Lab lab = Lab.ofProcesses()) {
            return new Crashes(lab, "", 4, new Random(seed)).run(kills);
        }
    }

    static String withContainers(long seed, int kills) throws IOException {
        String engine = TestEngine.address();
        try (Lab lab = Lab.ofContainers(engine)) {
            return new Crashes(lab, engine, 3, new Random(seed)).run(kills);
        }
    }
}

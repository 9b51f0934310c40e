package sim;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.raft.MemberId;

/// A whole swarm in one thread, made and driven by one seed: the real managers with the daemon's
/// round and log on simulated disks, the real agents on simulated engines, a network, people who
/// use it, and bad times full of faults, after each of which everything must come to rest as people
/// wanted it.
final class ClusterWorld {
    private static final long SECOND_US = 1_000_000;
    /// By then everything is at rest after a heal: a node is given up, its tasks are placed anew,
    /// restarts wait, updates go on one task after the other.
    private static final long PATIENCE_US = 120 * SECOND_US;

    final Simulator time = new Simulator();
    final Timeline timeline = new Timeline();
    final Lines lines;
    final Members members;
    final Users users;
    final ClusterOracle oracle = new ClusterOracle(this);
    final ClusterFaults faults;

    private final long seed;
    private final RandomGenerator chance;
    private final TreeMap<Integer, Machine> machines = new TreeMap<>();
    private boolean calm = true;

    /// What a run was like.
    record Summary(long seed, int machines, long events,
            TreeMap<ClusterFaults.Kind, Integer> faults, long leaders, long committed,
            long operations, long tasks, long virtualS, String digest) {
        int faultCount() {
            return faults.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override public String toString() {
            return "seed " + seed + ": machines " + machines + ", events " + events + ", faults "
                    + faultCount() + " " + faults + ", leaders " + leaders + ", committed "
                    + committed + ", operations " + operations + ", tasks " + tasks
                    + ", virtual s " + virtualS + ", digest " + digest;
        }
    }

    ClusterWorld(long seed) {
        this.seed = seed;
        SplittableRandom root = new SplittableRandom(seed);
        chance = root.split();
        lines = new Lines(this, root.split());
        members = new Members(this, root.split());
        users = new Users(this, root.split());
        faults = new ClusterFaults(this, root.split());
        int managers = 3 + 2 * chance.nextInt(2);
        int workers = 1 + chance.nextInt(3);
        for (int number = 1; number <= managers + workers; number++) {
            machines.put(number, new Machine(number, this, root.split()));
            if (number <= managers) {
                members.managers.add(number);
            }
        }
        members.found(machines.get(1), 20 + chance.nextInt(200));
    }

    long ms() {
        return time.nowUs() / 1000;
    }

    List<Machine> machines() {
        return List.copyOf(machines.values());
    }

    Machine at(String addr) {
        return machines.values().stream().filter(machine -> machine.addr().equals(addr))
                .findFirst().orElseThrow(() -> new Violation("nobody was ever at " + addr));
    }

    /// The one that leads and knows it is the newest, if one does.
    Optional<SimManager> leader() {
        return machines.values().stream().flatMap(machine -> machine.manager().stream())
                .filter(manager -> manager.manager.isLeading())
                .max((a, b) -> Long.compare(a.view().index(), b.view().index()));
    }

    boolean calm() {
        return calm;
    }

    /// Live through all of it. Throws a Violation, ours or the code's own.
    Summary run(long virtualSeconds) {
        machines.values().forEach(Machine::start);
        members.begin();
        settle("the swarm is made");
        users.begin();
        do {
            calm = false;
            faults.begin();
            time.runUntil(time.nowUs() + (20 + chance.nextInt(30)) * SECOND_US);
            calm = true;
            faults.heal();
            settle("all is healed");
            users.judge();
            changeLeader();
        } while (time.nowUs() < virtualSeconds * SECOND_US);
        users.judgeHistories();
        return new Summary(seed, machines.size(), time.happened(), faults.counts(),
                oracle.leaders(), leader().orElseThrow().view().index(), users.operations(),
                oracle.tasks(), time.nowUs() / SECOND_US, timeline.digest());
    }

    /// Another leader, and nothing else happens.
    private void changeLeader() {
        Rest before = Rest.of(this);
        Machine led = leader().orElseThrow().machine;
        if (chance.nextBoolean()) {
            led.note("is to hand over");
            members.handOver(led);
        } else {
            led.kill("so that another leads", false);
            time.runUntil(time.nowUs() + chance.nextLong(SECOND_US));
            led.start();
        }
        time.runUntil(time.nowUs() + 2 * SECOND_US);
        settle("another leads");
        before.same(Rest.of(this));
    }

    private void settle(String since) {
        long began = time.nowUs();
        String why = oracle.unrest();
        while (!why.isEmpty()) {
            Violation.unless(time.nowUs() - began < PATIENCE_US,
                    "no rest " + PATIENCE_US / SECOND_US + " s after " + since + ": " + why);
            time.runUntil(time.nowUs() + 100_000);
            why = oracle.unrest();
        }
        timeline.add(time.nowUs(), new MemberId(0), "rest");
        oracle.judgeRest();
    }

    /// For a post-mortem.
    String tail(int count) {
        return timeline.tail(count);
    }
}

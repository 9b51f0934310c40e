package sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.RaftInput;
import swarm.raft.Recovered;

/// Draws what goes wrong, when and for how long, and puts it right again. Each seed likes some
/// kinds of faults better than others, so that over many seeds all mixtures come up.
final class RaftFaults {
    private static final long SECOND_US = 1_000_000;

    /// What can go wrong, or is done at a bad moment.
    enum Kind {
        CRASH, CRASH_AT_OUTPUT, CRASH_LEADER, CRASH_ALL, CURSE, PAUSE, PAUSE_LEADER,
        STALE_LEADER, PARTITION, ISOLATE, ONE_WAY, BRIDGE, FLAP, LOSS, DOUBLE, DELAY,
        SLOW_DISK, FAILED_SYNC, CLOCK_LEAP, CLOCK_PACE,
        ADD, PROMOTE, DEMOTE, REMOVE, CHANGES, TRANSFER, CAMPAIGN
    }

    private final RaftWorld world;
    private final RandomGenerator chance;
    private final int[] weights = new int[Kind.values().length];
    private final TreeMap<Kind, Integer> counts = new TreeMap<>();

    /// Longest time between two faults in this seed.
    private final long gapUs;

    /// How many of the next leaders are to fall at once.
    private int cursed;

    /// Counts bad times: what one of them planned does not happen in the next.
    private int times;

    RaftFaults(RaftWorld world, RandomGenerator chance) {
        this.world = world;
        this.chance = chance;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = chance.nextInt(10);
        }
        weights[Kind.CRASH.ordinal()] += 2;
        gapUs = SECOND_US * (2 + chance.nextInt(8));
    }

    TreeMap<Kind, Integer> counts() {
        return counts;
    }

    void begin() {
        times++;
        plan();
    }

    private void plan() {
        during(chance.nextLong(gapUs), () -> {
            strike();
            plan();
        });
    }

    /// Later, if these bad times still last.
    private void during(long delayUs, Runnable action) {
        int these = times;
        world.time.in(delayUs, () -> {
            if (times == these && !world.calm()) {
                action.run();
            }
        });
    }

    /// Everything is put right, and everybody is started.
    void heal() {
        cursed = 0;
        world.network.heal();
        for (SimNode node : world.machines()) {
            node.slowSyncUs = 0;
            node.failSync = false;
            node.outputsToLive = -1;
            node.platter.heal();
            node.changeClock(1_000_000, 0);
            node.resume();
            if (!node.running()) {
                node.start();
            }
        }
    }

    private Kind draw() {
        int sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        int left = chance.nextInt(sum);
        int i = 0;
        while (left >= weights[i]) {
            left -= weights[i];
            i++;
        }
        return Kind.values()[i];
    }

    private void strike() {
        Kind kind = draw();
        SimNode victim = world.find(world.anyNode(chance)).orElseThrow();
        Optional<SimNode> leader = world.leader();
        SimNode likely = leader.filter(_ -> chance.nextInt(3) == 0).orElse(victim);
        long lastsUs = chance.nextLong(chance.nextBoolean() ? 8 * SECOND_US : SECOND_US / 2);
        counts.merge(kind, 1, Integer::sum);
        world.timeline.mix(kind.ordinal());
        likely.note(kind);
        switch (kind) {
            case CRASH -> crash(victim, lastsUs);
            case CRASH_AT_OUTPUT -> crashAtOutput(likely, lastsUs);
            case CRASH_LEADER -> leader.ifPresent(node -> crash(node, lastsUs));
            case CRASH_ALL ->
                world.machines().forEach(node -> crash(node, chance.nextLong(lastsUs + 1)));
            case PAUSE -> pause(victim, lastsUs);
            case PAUSE_LEADER -> leader.ifPresent(node -> pause(node, lastsUs));
            case CURSE -> curse();
            case STALE_LEADER -> leader.ifPresent(node -> stale(node, lastsUs));
            case PARTITION -> cut(SimNetwork.between(side()), lastsUs);
            case ISOLATE -> cut(SimNetwork.between(new TreeSet<>(List.of(likely.id))), lastsUs);
            case ONE_WAY -> oneWay(likely, lastsUs);
            case BRIDGE -> bridge(victim.id, lastsUs);
            case FLAP -> flap(SimNetwork.between(side()), 2 + chance.nextInt(10));
            case LOSS -> {
                world.network.lose(chance.nextDouble(0.3));
                during(lastsUs, () -> world.network.lose(0));
            }
            case DOUBLE -> {
                world.network.repeat(chance.nextDouble(0.5));
                during(lastsUs, () -> world.network.repeat(0));
            }
            case DELAY -> delay(lastsUs);
            case SLOW_DISK -> slow(likely, lastsUs);
            case FAILED_SYNC -> failSync(likely, lastsUs);
            case CLOCK_LEAP -> victim.changeClock(1_000_000, chance.nextLong(3 * SECOND_US));
            case CLOCK_PACE -> likely.changeClock(pace(), 0);
            case ADD, PROMOTE, DEMOTE, REMOVE -> leader.ifPresent(node -> change(kind, node));
            case CHANGES -> leader.ifPresent(node -> changes(node, lastsUs));
            case TRANSFER -> leader.ifPresent(node -> node.put(new RaftInput.Transfer(
                world.nextToken(), chance.nextBoolean() ? Optional.empty()
                    : Optional.of(victim.id))));
            case CAMPAIGN -> victim.put(new RaftInput.Campaign());
        }
    }

    /// A clock that is a little wrong, or one that nobody should have.
    private long pace() {
        return chance.nextBoolean() ? 950_000 + chance.nextLong(100_000)
            : 200_000 + chance.nextLong(2_000_000);
    }

    /// The next leaders fall soon after they are elected, some of them before anybody hears it.
    private void curse() {
        cursed = 1 + chance.nextInt(6);
    }

    /// A node has just won an election.
    void onLeader(SimNode node) {
        if (cursed > 0 && !world.calm()) {
            cursed--;
            counts.merge(Kind.CURSE, 1, Integer::sum);
            long lastsUs = chance.nextLong(3 * SECOND_US);
            if (chance.nextBoolean()) {
                changes(node, 0);
            }
            switch (chance.nextInt(3)) {
                case 0 -> crashAtOutput(node, lastsUs);
                case 1 -> during(chance.nextLong(5000), () -> crash(node, lastsUs));
                default -> cut(SimNetwork.between(new TreeSet<>(List.of(node.id))), lastsUs);
            }
        }
    }

    /// A leader stops and is cut off, another one takes over, and the first one wakes up with its
    /// mailbox full and nobody to tell it.
    private void stale(SimNode node, long lastsUs) {
        pause(node, lastsUs);
        cut(SimNetwork.between(new TreeSet<>(List.of(node.id))), lastsUs + SECOND_US);
    }

    private void crash(SimNode node, long lastsUs) {
        node.crash("power");
        restart(node, lastsUs);
    }

    private void restart(SimNode node, long afterUs) {
        during(afterUs, () -> {
            if (!node.running()) {
                node.start();
            }
        });
    }

    private void crashAtOutput(SimNode node, long lastsUs) {
        if (world.realDisks && chance.nextBoolean()) {
            node.platter.crashAfter(chance.nextInt(12));
        } else {
            node.outputsToLive = chance.nextInt(12);
        }
        restart(node, lastsUs);
    }

    private void failSync(SimNode node, long lastsUs) {
        node.failSync = true;
        restart(node, lastsUs);
    }

    private void pause(SimNode node, long lastsUs) {
        if (node.running()) {
            node.pause();
            during(lastsUs, node::resume);
        }
    }

    private void cut(BiPredicate<MemberId, MemberId> paths, long lastsUs) {
        world.network.cut(paths);
        during(lastsUs, () -> world.network.mend(paths));
    }

    /// What one node says, or what it should hear, is lost.
    private void oneWay(SimNode node, long lastsUs) {
        boolean mute = chance.nextBoolean();
        cut((from, to) -> (mute ? from : to).equals(node.id), lastsUs);
    }

    /// Two sides that only one node can reach both of.
    private void bridge(MemberId bridge, long lastsUs) {
        BiPredicate<MemberId, MemberId> sides = SimNetwork.between(side());
        cut((from, to) -> !from.equals(bridge) && !to.equals(bridge) && sides.test(from, to),
            lastsUs);
    }

    private void flap(BiPredicate<MemberId, MemberId> paths, int timesLeft) {
        if (timesLeft > 0) {
            long lastsUs = 20_000 + chance.nextLong(SECOND_US);
            cut(paths, lastsUs);
            during(2 * lastsUs, () -> flap(paths, timesLeft - 1));
        }
    }

    private TreeSet<MemberId> side() {
        List<MemberId> members = new ArrayList<>(world.machines().stream().map(n -> n.id).toList());
        Collections.shuffle(members, Random.from(chance));
        int size = members.isEmpty() ? 0 : chance.nextInt(members.size());
        return new TreeSet<>(members.subList(0, size));
    }

    /// All packets a little, or a few of them by whole elections.
    private void delay(long lastsUs) {
        boolean all = chance.nextBoolean();
        world.network.delay(all ? 1 : chance.nextDouble(0.4),
            all ? chance.nextLong(SECOND_US / 2) + 1 : 5 * SECOND_US);
        during(lastsUs, () -> world.network.delay(0, 0));
    }

    private void slow(SimNode node, long lastsUs) {
        node.slowSyncUs = chance.nextLong(700_000) + 1;
        during(lastsUs, () -> node.slowSyncUs = 0);
    }

    /// A new machine, or one that was removed and still has its disk.
    private MemberId newcomer(Configuration now) {
        List<MemberId> strangers = world.machines().stream().map(node -> node.id)
            .filter(id -> !now.contains(id)).toList();
        if (!strangers.isEmpty() && chance.nextBoolean()) {
            return strangers.get(chance.nextInt(strangers.size()));
        }
        MemberId added = world.newMember(Recovered.EMPTY);
        world.find(added).orElseThrow().start();
        return added;
    }

    /// One change of members after the other, faster than they commit, perhaps by a leader whose
    /// side is too small.
    private void changes(SimNode leader, long lastsUs) {
        if (chance.nextBoolean() && lastsUs > 0) {
            TreeSet<MemberId> side = side();
            side.add(leader.id);
            cut(SimNetwork.between(side), lastsUs);
        }
        List<Kind> kinds = List.of(Kind.ADD, Kind.PROMOTE, Kind.DEMOTE, Kind.REMOVE, Kind.REMOVE);
        for (int i = 1 + chance.nextInt(5); i > 0; i--) {
            Kind kind = kinds.get(chance.nextInt(kinds.size()));
            during(chance.nextLong(lastsUs == 0 ? 1 : SECOND_US), () -> {
                if (leader.running()) {
                    change(kind, leader);
                }
            });
        }
    }

    /// Ask the leader for a change of members; it may refuse, and the answer does not matter.
    private void change(Kind kind, SimNode leader) {
        Configuration now = leader.configuration();
        List<MemberId> learners = now.learners();
        MemberId voter = now.voters().get(chance.nextInt(now.voters().size()));
        boolean room = now.voters().size() + learners.size() < 7;
        if (kind == Kind.ADD && room) {
            world.command(leader, new Configuration.AddLearner(newcomer(now)));
        } else if (kind == Kind.PROMOTE && !learners.isEmpty()) {
            MemberId learner = learners.get(chance.nextInt(learners.size()));
            world.command(leader, new Configuration.Promote(learner));
        } else if (kind == Kind.DEMOTE && now.voters().size() > 2) {
            world.command(leader, new Configuration.Demote(voter));
        } else if (kind == Kind.REMOVE && now.voters().size() > 2) {
            world.command(leader, new Configuration.Remove(voter));
        }
    }
}

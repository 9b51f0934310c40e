package sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import swarm.raft.Configuration;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.raft.RaftInput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// Situations that stopped other systems, each by itself, with a limit on how long it may take. The
/// oracles watch here too. Times are the default ones: time-out 1,000 to 1,500 ms.
final class RaftScenarioTest {
    private static final int SEEDS = 20;

    /// Longest wait for an election that needs no second try: time-out, jitter, and three syncs.
    private static final long ELECTION_MS = 1600;

    /// And with split votes: a second and a third try.
    private static final long ELECTIONS_MS = 5000;

    private RaftWorld world;

    /// What happens to a cluster.
    private interface Scenario {
        void play();
    }

    /// Plays a scenario with several seeds on new clusters.
    private void each(int voters, Scenario scenario) {
        eachOf(RaftWorld.disks(voters), scenario);
    }

    private void eachOf(List<Recovered> disks, Scenario scenario) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            world = new RaftWorld(seed, disks);
            try {
                scenario.play();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + "\n" + world.tail(60), e);
            }
        }
    }

    private void pass(long ms) {
        world.time.runUntil(world.time.nowUs() + ms * 1000);
    }

    /// How long it takes until a leader is ready, among those that are not left out.
    private long untilReady(TreeSet<MemberId> leftOut, long atMostMs) {
        long began = world.time.nowUs();
        while (ready(leftOut).isEmpty()) {
            assertTrue(world.time.nowUs() - began <= atMostMs * 1000, "no leader in " + atMostMs);
            pass(5);
        }
        return (world.time.nowUs() - began) / 1000;
    }

    private Optional<SimNode> ready(TreeSet<MemberId> leftOut) {
        return world.machines().stream().filter(node -> !leftOut.contains(node.id))
            .filter(node -> node.raft().map(Raft::ready).orElse(false)).findFirst();
    }

    private SimNode elect() {
        untilReady(new TreeSet<>(), ELECTIONS_MS);
        pass(500);
        return world.leader().orElseThrow();
    }

    private static TreeSet<MemberId> only(SimNode... nodes) {
        TreeSet<MemberId> ids = new TreeSet<>();
        for (SimNode node : nodes) {
            ids.add(node.id);
        }
        return ids;
    }

    private List<SimNode> others(SimNode... nodes) {
        return world.machines().stream().filter(n -> !only(nodes).contains(n.id)).toList();
    }

    private static long term(SimNode node) {
        return node.raft().orElseThrow().term();
    }

    private static boolean leads(SimNode node) {
        return node.raft().map(Raft::isLeader).orElse(false);
    }

    private void write(SimNode node, int number) {
        byte[] command = new Replica.Command(1, number, 0).encode();
        node.put(new RaftInput.Propose(world.nextToken(), command));
    }

    @Test void newClusterElectsALeader() {
        each(5, () -> untilReady(new TreeSet<>(), ELECTIONS_MS));
    }

    /// The leader's process dies: its connections end, nothing listens, and nobody waits.
    @Test void deadLeaderIsReplacedAtOnce() {
        List<Long> took = new ArrayList<>();
        each(3, () -> {
            SimNode leader = elect();
            leader.crash("kill -9");
            took.add(untilReady(only(leader), ELECTIONS_MS));
        });
        took.sort(Long::compare);
        assertTrue(took.get(SEEDS / 2) <= 200, took.toString());
    }

    /// The leader's machine is cut off: its followers wait for their time-out, it steps down
    /// itself, and when it is back nothing happens.
    @Test void cutLeaderIsReplacedAndStepsDown() {
        each(5, () -> {
            SimNode leader = elect();
            BiPredicate<MemberId, MemberId> cut = SimNetwork.between(only(leader));
            world.network.cut(cut);
            pass(1300);
            assertFalse(leads(leader));
            untilReady(only(leader), ELECTIONS_MS);
            SimNode next = world.leader().orElseThrow();
            long term = term(next);
            world.network.mend(cut);
            pass(3000);
            assertTrue(leads(next));
            assertEquals(term, term(next));
        });
    }

    /// F15: a follower that was away a long time does not depose a good leader.
    @Test void returningFollowerDisturbsNobody() {
        each(3, () -> {
            SimNode leader = elect();
            long term = term(leader);
            SimNode away = others(leader).getFirst();
            BiPredicate<MemberId, MemberId> cut = SimNetwork.between(only(away));
            world.network.cut(cut);
            pass(20_000);
            world.network.mend(cut);
            pass(3000);
            assertTrue(leads(leader));
            assertEquals(term, term(away));
        });
    }

    /// F14: a leader that is heard by one node only does not stop the others, who all reach each
    /// other, from having another.
    @Test void leaderBehindABridgeIsReplaced() {
        each(5, () -> {
            SimNode leader = elect();
            SimNode bridge = others(leader).getFirst();
            world.network.cut((from, to) -> !from.equals(bridge.id) && !to.equals(bridge.id)
                && (from.equals(leader.id) || to.equals(leader.id)));
            pass(1300 + ELECTION_MS);
            untilReady(only(leader), ELECTIONS_MS);
            SimNode next = world.leader().orElseThrow();
            long term = term(next);
            pass(10_000);
            assertTrue(leads(next) && term == term(next), "the cut-off node keeps disturbing");
        });
    }

    /// F14: a leader that speaks and cannot hear must not keep the others waiting.
    @Test void deafLeaderStepsDown() {
        each(3, () -> {
            SimNode leader = elect();
            world.network.cut((from, to) -> to.equals(leader.id));
            pass(1300);
            assertFalse(leads(leader));
            untilReady(only(leader), ELECTIONS_MS);
        });
    }

    /// F14: one that hears and cannot speak is replaced, and learns it.
    @Test void muteLeaderIsReplaced() {
        each(3, () -> {
            SimNode leader = elect();
            world.network.cut((from, to) -> from.equals(leader.id));
            untilReady(only(leader), ELECTIONS_MS);
            pass(1500);
            assertFalse(leads(leader));
        });
    }

    /// F14: two followers cannot reach each other; both reach the leader, and it stays.
    @Test void cutBetweenFollowersChangesNothing() {
        each(3, () -> {
            SimNode leader = elect();
            long term = term(leader);
            world.network.cut((from, to) -> !from.equals(leader.id) && !to.equals(leader.id));
            pass(20_000);
            assertTrue(leads(leader));
            assertEquals(term, term(leader));
        });
    }

    /// F13: one has the longer log and an old term, the other a later term and a short log; the
    /// third is gone. Neither could win without learning from the other.
    @Test void longLogAndLateTermFindTogether() {
        List<Recovered> disks = new ArrayList<>(RaftWorld.disks(3));
        Entry first = disks.getFirst().entries().getFirst();
        Entry second = new Entry(2, 3, Entry.Kind.NOOP, new byte[0]);
        disks.set(0, new Recovered(new HardState(9, Optional.empty()), SnapshotMeta.NONE,
            List.of(first)));
        disks.set(1, new Recovered(new HardState(3, Optional.empty()), SnapshotMeta.NONE,
            List.of(first, second)));
        eachOf(disks, () -> {
            world.find(new MemberId(3)).orElseThrow().crash("gone for good");
            untilReady(new TreeSet<>(), 2 * ELECTIONS_MS);
            assertTrue(leads(world.find(new MemberId(2)).orElseThrow()));
        });
    }

    /// F16: all start at once, again and again, on slow disks.
    @Test void allStartingAtOnceElectSoon() {
        each(5, () -> {
            elect();
            world.machines().forEach(node -> {
                node.slowSyncUs = 200_000;
                node.crash("site power");
            });
            pass(100);
            world.machines().forEach(SimNode::start);
            untilReady(new TreeSet<>(), 2 * ELECTIONS_MS);
        });
    }

    /// A follower whose clock leaps again and again thinks its leader is gone; the leader stays.
    @Test void leapingClockDisturbsNobody() {
        each(3, () -> {
            SimNode leader = elect();
            long term = term(leader);
            SimNode leaping = others(leader).getFirst();
            for (int i = 0; i < 20; i++) {
                leaping.changeClock(1_000_000, 2_000_000);
                pass(300);
            }
            assertTrue(leads(leader));
            assertEquals(term, term(leader));
        });
    }

    /// F26: a follower with a long tail of other leaders' entries, one term each, is brought into
    /// line by one exchange per term, not one time-out each.
    @Test void divergedFollowerCatchesUpSoon() {
        List<Recovered> disks = new ArrayList<>(RaftWorld.disks(3));
        List<Entry> wrong = new ArrayList<>(disks.getFirst().entries());
        List<Entry> right = new ArrayList<>(wrong);
        for (int i = 2; i <= 60; i++) {
            wrong.add(new Entry(i, 2 * (i / 4) + 2, Entry.Kind.NOOP, new byte[0]));
            right.add(new Entry(i, 2 * (i / 5) + 3, Entry.Kind.NOOP, new byte[0]));
        }
        right.set(59, new Entry(60, 90, Entry.Kind.NOOP, new byte[0]));
        HardState state = new HardState(90, Optional.empty());
        disks.set(0, new Recovered(state, SnapshotMeta.NONE, wrong));
        disks.set(1, new Recovered(state, SnapshotMeta.NONE, right));
        disks.set(2, new Recovered(state, SnapshotMeta.NONE, right));
        eachOf(disks, () -> {
            SimNode leader = elect();
            SimNode behind = world.find(new MemberId(1)).orElseThrow();
            assertFalse(leads(behind));
            assertEquals(leader.raft().orElseThrow().commitIndex(), behind.replica().applied());
        });
    }

    /// F44: a removed server asks once, is told, and is heard of no more.
    @Test void removedServerFallsSilent() {
        each(3, () -> {
            SimNode leader = elect();
            SimNode removed = others(leader).getFirst();
            world.command(leader, new Configuration.Remove(removed.id));
            pass(3000);
            assertEquals(Long.MAX_VALUE, removed.raft().orElseThrow().deadline());
            assertTrue(leads(leader));
        });
    }

    /// F44: a leader that removes itself is followed by another at once.
    @Test void leaderThatRemovesItselfIsFollowedAtOnce() {
        each(3, () -> {
            SimNode leader = elect();
            world.command(leader, new Configuration.Remove(leader.id));
            pass(300);
            assertFalse(leads(leader));
            assertTrue(ready(only(leader)).isPresent());
        });
    }

    /// F46: handing over while writes arrive costs no time-out.
    @Test void transferUnderLoadIsQuick() {
        each(3, () -> {
            SimNode leader = elect();
            SimNode target = others(leader).getLast();
            for (int i = 1; i < 40; i++) {
                write(leader, i);
            }
            leader.put(new RaftInput.Transfer(world.nextToken(), Optional.of(target.id)));
            for (int i = 40; i < 80; i++) {
                write(leader, i);
            }
            pass(200);
            assertTrue(leads(target));
        });
    }

    /// F46: the target dies before it hears of it; nobody is stuck.
    @Test void transferToADyingServerEnds() {
        each(3, () -> {
            SimNode leader = elect();
            SimNode target = others(leader).getLast();
            leader.put(new RaftInput.Transfer(world.nextToken(), Optional.of(target.id)));
            target.crash("at the worst moment");
            pass(1);
            untilReady(only(target), ELECTIONS_MS);
        });
    }

    /// F16: a follower whose disk takes most of a time-out for each sync starts no election.
    @Test void slowDiskStartsNoElection() {
        each(3, () -> {
            SimNode leader = elect();
            long term = term(leader);
            others(leader).getFirst().slowSyncUs = 700_000;
            for (int i = 1; i < 50; i++) {
                write(leader, i);
                pass(100);
            }
            assertTrue(leads(leader));
            assertEquals(term, term(leader));
        });
    }
}

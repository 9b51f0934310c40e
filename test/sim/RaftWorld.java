package sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.raft.Configuration;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.raft.RaftConfig;
import swarm.raft.RaftEvent;
import swarm.raft.RaftInput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// A whole cluster in one thread, made and driven by one seed: bad times full of faults, then calm
/// in which everything must come to an end, and again.
final class RaftWorld {
    private static final long SECOND_US = 1_000_000;
    /// Ten election time-outs: in a calm everything must be settled by then.
    private static final long PATIENCE_US = 15 * SECOND_US;

    final Simulator time = new Simulator();
    final Timeline timeline = new Timeline();
    final RaftOracle oracle = new RaftOracle(this);
    final SimNetwork network;
    final RaftFaults faults;
    final Clients clients;
    final RaftConfig config;

    /// Whether nodes have the real log on a simulated disk; it is several times slower.
    final boolean realDisks;

    /// Entries applied between two snapshots, and how long a client thinks at most.
    final long snapshotEvery;
    final long thinkUs;

    private final long seed;
    private final RandomGenerator chance;
    private final TreeMap<MemberId, SimNode> nodes = new TreeMap<>();
    private boolean calm;
    private long tokens;
    private long lastMember;
    private long leaders;

    /// What a run was like.
    record Summary(long seed, boolean realDisks, long events,
                   TreeMap<RaftFaults.Kind, Integer> faults, long leaders, long committed,
                   long operations, long virtualMs, String digest) {
        int faultCount() {
            return faults.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override public String toString() {
            return "seed " + seed + (realDisks ? " on real disks" : "") + ": events " + events
                + ", faults " + faultCount() + " " + faults + ", leaders " + leaders
                + ", committed " + committed + ", operations " + operations + ", virtual s "
                + virtualMs / 1000 + ", digest " + digest;
        }
    }

    /// A world of the seed's own making.
    RaftWorld(long seed) {
        this(seed, new RaftConfig.Limits(40, 1, 4000, 10, 0));
        int[] sizes = {3, 3, 4, 5, 5, 7};
        begin(disks(sizes[chance.nextInt(sizes.length)]));
        clients.start();
    }

    /// A world in which nothing happens but what a scenario does, with these disks.
    RaftWorld(long seed, List<Recovered> disks) {
        this(seed, RaftConfig.Limits.STANDARD);
        begin(disks);
    }

    private RaftWorld(long seed, RaftConfig.Limits least) {
        this.seed = seed;
        SplittableRandom root = new SplittableRandom(seed);
        chance = root.split();
        network = new SimNetwork(time, timeline, root.split());
        faults = new RaftFaults(this, root.split());
        clients = new Clients(this, root.split(), 3 + chance.nextInt(8), 1 + chance.nextInt(4));
        realDisks = chance.nextInt(4) == 0;
        snapshotEvery = 10 + chance.nextInt(60);
        thinkUs = SECOND_US / 4 * (1 + chance.nextInt(8));
        config = new RaftConfig(RaftConfig.Timing.STANDARD, new RaftConfig.Limits(
            least.appendBytesMax() + chance.nextInt(400),
            least.appendsInFlightMax() + chance.nextInt(6), least.uncommittedBytesMax(),
            least.chunkBytes() + chance.nextInt(100),
            least.trailingEntries() + chance.nextInt(20)), true);
    }

    /// New machines of one cluster: their first entry says who they are.
    static List<Recovered> disks(int voters) {
        List<MemberId> members = new ArrayList<>();
        for (int i = 1; i <= voters; i++) {
            members.add(new MemberId(i));
        }
        Entry first = new Entry(1, 1, Entry.Kind.CONFIGURATION,
            new Configuration(members, List.of()).encode());
        Recovered found = new Recovered(new HardState(1, Optional.empty()), SnapshotMeta.NONE,
            List.of(first));
        return Collections.nCopies(voters, found);
    }

    private void begin(List<Recovered> disks) {
        oracle.begin(disks);
        for (Recovered disk : disks) {
            newMember(disk);
        }
        nodes.values().forEach(SimNode::start);
    }

    /// A new machine with this on its disk, its process not started.
    MemberId newMember(Recovered disk) {
        MemberId id = new MemberId(++lastMember);
        SimNode node = new SimNode(id, this, chance);
        nodes.put(id, node);
        network.connect(node);
        node.platter.begin(disk);
        return id;
    }

    /// Live through all of it. Throws a Violation, ours or raft's.
    Summary run(long virtualSeconds) {
        while (time.nowUs() < virtualSeconds * SECOND_US) {
            calm = false;
            faults.begin();
            time.runUntil(time.nowUs() + (30 + chance.nextInt(30)) * SECOND_US);
            calm = true;
            faults.heal();
            settle();
            retire();
        }
        clients.judge();
        timeline.mix(oracle.committed());
        return new Summary(seed, realDisks, time.happened(), faults.counts(), leaders,
            oracle.committed(), clients.operations(), time.nowUs() / 1000, timeline.digest());
    }

    private void settle() {
        long began = time.nowUs();
        while (!settled()) {
            Violation.unless(time.nowUs() - began < PATIENCE_US,
                "nothing settles after all is healed: " + clients.pending() + " requests pending");
            time.runUntil(time.nowUs() + 50_000);
        }
    }

    /// One leader that knows what is committed, every member equal to it, every request answered.
    private boolean settled() {
        return clients.pending() == 0 && leader().filter(leader -> {
            Raft raft = leader.raft().orElseThrow();
            List<MemberId> members = new ArrayList<>(raft.configuration().others(leader.id));
            return raft.ready() && raft.lastIndex() == raft.commitIndex()
                && members.stream().allMatch(id -> find(id).orElseThrow().replica().applied()
                    == raft.commitIndex());
        }).isPresent();
    }

    /// The node that leads in the latest term, if one does.
    Optional<SimNode> leader() {
        return nodes.values().stream()
            .filter(node -> node.raft().map(Raft::isLeader).orElse(false))
            .max((a, b) -> Long.compare(a.raft().orElseThrow().term(),
                b.raft().orElseThrow().term()));
    }

    /// Machines that are no members after a calm are switched off for good.
    private void retire() {
        Configuration members = leader().orElseThrow().configuration();
        for (SimNode node : machines()) {
            if (!members.contains(node.id)) {
                node.retire();
            }
        }
    }

    boolean calm() {
        return calm;
    }

    Optional<SimNode> find(MemberId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /// Every machine that is not switched off for good.
    List<SimNode> machines() {
        return nodes.values().stream().filter(node -> !node.retired()).toList();
    }

    MemberId anyNode(RandomGenerator by) {
        List<SimNode> from = machines();
        return from.get(by.nextInt(from.size())).id;
    }

    long nextToken() {
        return ++tokens;
    }

    int keyOfRead(long token) {
        return clients.keyOfRead(token);
    }

    void happened(SimNode node, RaftEvent event) {
        if (event instanceof RaftEvent.BecameLeader) {
            leaders++;
            faults.onLeader(node);
        }
    }

    /// For a post-mortem.
    String tail(int lines) {
        return timeline.tail(lines);
    }

    void command(SimNode leader, Configuration.Change change) {
        leader.put(new RaftInput.ChangeConfiguration(nextToken(), change));
    }
}

package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.MessageCodec;

/// The network between the nodes: it carries bytes, and delays, loses, doubles and reorders them,
/// or cuts one direction of one path. It knows nothing of what it carries.
final class SimNetwork {
    private final Simulator time;
    private final Timeline timeline;
    private final RandomGenerator chance;

    /// Who is there to receive.
    private final TreeMap<MemberId, SimNode> nodes = new TreeMap<>();

    /// Cuts in force: each forbids some directed paths until it is taken out.
    private final List<BiPredicate<MemberId, MemberId>> cuts = new ArrayList<>();

    /// The weather, each from 0 on, in force until changed.
    private double lossRate;
    private double doubleRate;
    private double lateRate;
    private long lateUs;

    SimNetwork(Simulator time, Timeline timeline, RandomGenerator chance) {
        this.time = time;
        this.timeline = timeline;
        this.chance = chance;
    }

    void connect(SimNode node) {
        nodes.put(node.id, node);
    }

    void lose(double rate) {
        lossRate = rate;
    }

    void repeat(double rate) {
        doubleRate = rate;
    }

    /// This part of all packets comes late, by up to so much.
    void delay(double rate, long byUs) {
        lateRate = rate;
        lateUs = byUs;
    }

    void cut(BiPredicate<MemberId, MemberId> path) {
        cuts.add(path);
    }

    void mend(BiPredicate<MemberId, MemberId> path) {
        cuts.remove(path);
    }

    void heal() {
        cuts.clear();
        lose(0);
        repeat(0);
        delay(0, 0);
    }

    boolean open(MemberId from, MemberId to) {
        return cuts.stream().noneMatch(cut -> cut.test(from, to));
    }

    /// How long one packet takes: half a millisecond, and by the weather much longer, so that the
    /// next one may overtake it.
    long delayUs() {
        long late = chance.nextDouble() < lateRate ? chance.nextLong(lateUs) : 0;
        return 300 + chance.nextLong(400) + late;
    }

    void send(MemberId from, MemberId to, Message message) {
        byte[] bytes = MessageCodec.encode(message);
        timeline.mix(time.nowUs());
        timeline.mix(from.number());
        timeline.mix(to.number());
        timeline.mix(bytes);
        int copies = chance.nextDouble() < doubleRate ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (open(from, to) && chance.nextDouble() >= lossRate && nodes.containsKey(to)) {
                time.in(delayUs(), () -> deliver(from, to, bytes));
            }
        }
    }

    private void deliver(MemberId from, MemberId to, byte[] bytes) {
        if (open(from, to)) {
            try {
                nodes.get(to).receive(from, MessageCodec.decode(bytes));
            } catch (MessageCodec.MalformedMessage e) {
                throw new Violation("what was encoded cannot be decoded: " + e.getMessage());
            }
        }
    }

    /// A process died: the others' connections to it end, where the path is open.
    void closed(MemberId gone) {
        for (SimNode node : nodes.values()) {
            if (!node.id.equals(gone) && open(gone, node.id)) {
                time.in(delayUs(), () -> node.peerClosed(gone));
            }
        }
    }

    /// Dial once: refused if nobody listens there and the path is open both ways; else no answer.
    void dial(MemberId from, MemberId to) {
        time.in(2 * delayUs(), () -> {
            SimNode target = nodes.get(to);
            if (target != null && !target.running() && open(from, to) && open(to, from)) {
                nodes.get(from).peerRefused(to);
            }
        });
    }

    /// All paths between the two sides, both ways.
    static BiPredicate<MemberId, MemberId> between(TreeSet<MemberId> side) {
        return (from, to) -> side.contains(from) != side.contains(to);
    }
}

package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import swarm.wire.Protocol;

/// The network between machines, as TCP makes it look: a connection carries what is said in order
/// and once, or ends. A packet that is lost comes again later, and holds up those behind it; a cut
/// of one direction holds up everything until it is mended.
final class Lines {
    /// How soon what was lost or cut off is sent again.
    static final long AGAIN_US = 200_000;

    private final ClusterWorld world;
    private final RandomGenerator chance;

    /// Cuts in force: each forbids some directed paths until it is taken out.
    private final List<BiPredicate<Integer, Integer>> cuts = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    /// The part of all packets that has to be sent again, from 0 on, and how late packets may come.
    private double lossRate;
    private long lateUs;

    Lines(ClusterWorld world, RandomGenerator chance) {
        this.world = world;
        this.chance = chance;
    }

    void weather(double loss, long late) {
        lossRate = loss;
        lateUs = late;
    }

    void cut(BiPredicate<Integer, Integer> path) {
        cuts.add(path);
    }

    void mend(BiPredicate<Integer, Integer> path) {
        cuts.remove(path);
    }

    void heal() {
        cuts.clear();
        weather(0, 0);
    }

    boolean open(Machine from, Machine to) {
        return from.equals(to)
                || cuts.stream().noneMatch(cut -> cut.test(from.number, to.number));
    }

    long delayUs(Machine from, Machine to) {
        if (from.equals(to)) {
            return 20 + chance.nextLong(50);
        }
        long late = lateUs == 0 ? 0 : chance.nextLong(lateUs);
        long again = lossRate > 0 && chance.nextDouble() < lossRate ? AGAIN_US : 0;
        return 200 + chance.nextLong(300) + late + again;
    }

    /// What became of a dial.
    interface Dialled {
        void connected(Connection connection);

        /// Nobody has the connection: nobody listens there, or the dialler may not, or no answer
        /// came in time.
        void failed(boolean refused);
    }

    /// Dials the machine at an address; its manager decides by the table of rights.
    void dial(Machine from, String addr, Protocol protocol, long patienceMs, Dialled dialled) {
        Machine to = world.at(addr);
        long wayUs = delayUs(from, to) + delayUs(to, from);
        boolean heard = open(from, to) && open(to, from) && to.powered() && !to.paused();
        if (!heard) {
            from.later(patienceMs * 1000, () -> dialled.failed(false));
        } else if (!to.listens(protocol)) {
            from.later(wayUs, () -> dialled.failed(true));
        } else {
            int life = to.life();
            from.later(wayUs, () -> {
                if (to.life() == life && to.admits(protocol, from)) {
                    Connection made = new Connection(this, from, to, protocol);
                    connections.add(made);
                    dialled.connected(made);
                } else {
                    dialled.failed(false);
                }
            });
        }
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    /// A process is no more. What it had sent still arrives, with the end, if its machine lives.
    void ended(Machine machine, boolean power) {
        for (Connection connection : List.copyOf(connections)) {
            if (connection.involves(machine)) {
                connection.end(machine, power);
            }
        }
    }

    ClusterWorld world() {
        return world;
    }

    /// All paths between the two sides, both ways.
    static BiPredicate<Integer, Integer> between(TreeSet<Integer> side) {
        return (from, to) -> side.contains(from) != side.contains(to);
    }
}

package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.raft.MemberId;
import swarm.raft.RaftInput;

/// People who read and write registers, each one thing after the other. A client asks the node
/// that answered last, follows hints to the leader, asks any other when no answer comes, and in bad
/// times gives up after ten seconds and never learns what became of it; in good times it does not.
final class Clients {
    private static final long GIVE_UP_US = 10_000_000;

    private final RaftWorld world;
    private final RandomGenerator chance;
    private final int keys;
    private final List<Operation> history = new ArrayList<>();

    /// Which register the read with this token is about.
    private final TreeMap<Long, Integer> keyOfRead = new TreeMap<>();

    /// Writes begun by each client.
    private final int[] writes;

    /// Whom each client asks first.
    private final TreeMap<Integer, MemberId> answeredLast = new TreeMap<>();

    /// Operations under way.
    private int pending;

    Clients(RaftWorld world, RandomGenerator chance, int clients, int keys) {
        this.world = world;
        this.chance = chance;
        this.keys = keys;
        this.writes = new int[clients];
    }

    int pending() {
        return pending;
    }

    int operations() {
        return history.size();
    }

    int keyOfRead(long token) {
        return keyOfRead.get(token);
    }

    void start() {
        for (int client = 0; client < writes.length; client++) {
            idle(client);
        }
    }

    private void idle(int client) {
        world.time.in(chance.nextLong(world.thinkUs), () -> {
            if (world.calm()) {
                idle(client);
            } else {
                begin(client);
            }
        });
    }

    private void begin(int client) {
        int key = chance.nextInt(keys);
        boolean write = chance.nextInt(5) < 3;
        long id = write ? new Replica.Command(client + 1, ++writes[client], key).id() : 0;
        Operation operation = new Operation(client + 1, key, id, world.time.nowUs());
        history.add(operation);
        pending++;
        attempt(new Attempts(operation, writes[client]),
            Optional.ofNullable(answeredLast.get(client)).orElse(world.anyNode(chance)));
    }

    /// One operation's way through the cluster.
    private static final class Attempts {
        final Operation operation;
        final int number;
        int made;
        boolean over;

        Attempts(Operation operation, int number) {
            this.operation = operation;
            this.number = number;
        }
    }

    private void attempt(Attempts a, MemberId node) {
        if (a.over) {
            return;
        }
        boolean late = world.time.nowUs() - a.operation.invokedUs > GIVE_UP_US;
        if (late && !world.calm()) {
            finish(a);
            return;
        }
        int attempt = ++a.made;
        world.time.in(world.network.delayUs(), () -> ask(a, node, attempt));
        world.time.in(400_000 + chance.nextLong(1_000_000), () -> again(a, attempt,
            world.anyNode(chance), 0));
    }

    private void ask(Attempts a, MemberId node, int attempt) {
        long token = world.nextToken();
        Operation o = a.operation;
        RaftInput.Request request;
        if (o.isWrite()) {
            byte[] command = new Replica.Command(o.client, a.number, o.key).encode();
            request = new RaftInput.Propose(token, command);
        } else {
            keyOfRead.put(token, o.key);
            request = new RaftInput.ReadIndex(token);
        }
        world.find(node).ifPresent(n -> n.ask(request, new SimNode.Asker() {
            @Override public void done(long value) {
                answeredLast.put(o.client - 1, node);
                world.time.in(world.network.delayUs(), () -> answered(a, value));
            }

            @Override public void refused(Optional<MemberId> leader) {
                again(a, attempt, leader.orElse(world.anyNode(chance)),
                    10_000 + chance.nextLong(100_000));
            }
        }));
    }

    private void again(Attempts a, int attempt, MemberId node, long delayUs) {
        if (a.made == attempt) {
            world.time.in(delayUs, () -> {
                if (a.made == attempt) {
                    attempt(a, node);
                }
            });
        }
    }

    private void answered(Attempts a, long value) {
        if (!a.over) {
            a.operation.found = value;
            a.operation.returnedUs = world.time.nowUs();
            world.timeline.mix(value);
            finish(a);
        }
    }

    private void finish(Attempts a) {
        a.over = true;
        pending--;
        idle(a.operation.client - 1);
    }

    /// Judges the whole history, register by register.
    void judge() {
        for (int key = 0; key < keys; key++) {
            int register = key;
            List<Operation> some = history.stream().filter(o -> o.key == register).toList();
            Violation.unless(Linearizable.check(some),
                "the history of register " + key + " is not linearizable");
        }
    }
}

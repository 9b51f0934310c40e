package swarm.manager;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import swarm.api.Deed;
import swarm.api.Membership;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftInput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// Several managers in one thread, joined by a network that takes a millisecond, and by a clock
/// that jumps from one thing to the next. The first is a founder; the others join it.
final class Managers {
    /// In virtual time: ten elections.
    private static final long PATIENCE_MS = 60_000;
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    final List<Host> hosts = new ArrayList<>();
    /// Whose messages, in and out, are lost.
    final List<Host> cut = new ArrayList<>();
    /// Which messages are lost beside.
    Predicate<Message> lost = _ -> false;
    /// Whether new machines find the snapshots that arrive damaged.
    boolean spoiling;
    long now = 1_000;
    private final Deque<Flying> flying = new ArrayDeque<>();
    private long lastToken;
    private long lastMember = Sole.MEMBER.number();

    private record Flying(long dueMs, Host from, MemberId to, Message message) { }

    /// A founder alone, and then as many more as are asked for, voting.
    Managers(int count, long snapshotInterval) {
        List<Entry> log = new ArrayList<>(Recovered.firstServer(Sole.MEMBER).entries());
        log.add(new Entry(2, 1, Entry.Kind.COMMAND,
                Sole.founding(snapshotInterval).toBytes()));
        add(Sole.NODE, Sole.MEMBER, new Recovered(new HardState(1, Optional.empty()),
                SnapshotMeta.NONE, log));
        until(() -> leads(hosts.getFirst()), "the founder leads");
        for (int i = 2; i <= count; i++) {
            join("node" + i, "10.0.0." + i + ":2377");
            until(this::settled, "manager " + i + " votes");
        }
    }

    private Host add(NodeId node, MemberId member, Recovered disk) {
        Host[] self = new Host[1];
        self[0] = new Host(node, member, disk, now, (to, message) ->
                flying.addLast(new Flying(now + 1, self[0], to, message)));
        self[0].spoils = spoiling;
        hosts.add(self[0]);
        return self[0];
    }

    /// A machine with an empty disk takes a seat.
    Host join(String node, String addr) {
        lastMember++;
        NodeId id = new NodeId(node);
        long token = write(leader(), "join" + lastMember, Membership.seat(Optional.of("m"), id,
                lastMember, addr, Node.Availability.ACTIVE));
        Host leader = leader();
        Host joined = add(id, new MemberId(lastMember), Recovered.EMPTY);
        until(() -> leader.status(token) == 200, "the seat is taken");
        return joined;
    }

    Host host(int number) {
        return hosts.get(number - 1);
    }

    static boolean leads(Host host) {
        return host.manager.isLeading();
    }

    /// The one that leads and is not cut off.
    Host leader() {
        until(() -> leading().isPresent(), "someone leads");
        return leading().orElseThrow();
    }

    private Optional<Host> leading() {
        return hosts.stream().filter(host -> leads(host) && !cut.contains(host)).findFirst();
    }

    Host follower() {
        Host leader = leader();
        return hosts.stream().filter(host -> !host.equals(leader)).findFirst().orElseThrow();
    }

    /// Whether everyone with a seat in the leader's rows votes, nobody else does, and all of them
    /// have everything.
    boolean settled() {
        Host leader = leader();
        List<MemberId> seats = leader.manager.committed().nodes().stream()
                .flatMap(node -> node.manager().stream())
                .map(manager -> new MemberId(manager.raftId())).sorted().toList();
        return hosts.stream().filter(host -> seats.contains(host.member)).allMatch(host ->
                host.manager.configuration().voters().equals(seats)
                && host.manager.configuration().learners().isEmpty()
                && host.manager.committed().index() == leader.manager.committed().index());
    }

    long write(Host host, String requestId, Deed deed) {
        lastToken++;
        host.mailbox.add(new ManagerInput.Write(lastToken, requestId, deed));
        return lastToken;
    }

    long read(Host host) {
        lastToken++;
        host.mailbox.add(new ManagerInput.Read(lastToken));
        return lastToken;
    }

    long look(Host host) {
        lastToken++;
        host.mailbox.add(new ManagerInput.Look(lastToken));
        return lastToken;
    }

    long handOver(Host host) {
        lastToken++;
        host.mailbox.add(new ManagerInput.HandOver(lastToken));
        return lastToken;
    }

    /// Lets time go on until this is so.
    void until(BooleanSupplier condition, String what) {
        long end = now + PATIENCE_MS;
        while (!condition.getAsBoolean()) {
            assertTrue(now < end, "not in " + PATIENCE_MS + " ms: " + what);
            run(1);
        }
    }

    void run(long ms) {
        long end = now + ms;
        while (now <= end) {
            turn();
            now++;
        }
        now = end;
    }

    private void turn() {
        while (!flying.isEmpty() && flying.peekFirst().dueMs() <= now) {
            deliver(flying.removeFirst());
        }
        for (Host host : List.copyOf(hosts)) {
            for (int turns = 0; host.due(now); turns++) {
                assertTrue(turns < 1_000, "a manager always has something to do");
                host.run(now, BEGIN.plusMillis(now));
            }
        }
    }

    private void deliver(Flying one) {
        boolean passes = !cut.contains(one.from) && !lost.test(one.message);
        hosts.stream().filter(host -> host.member.equals(one.to) && !cut.contains(host))
                .filter(_ -> passes).forEach(host -> host.mailbox.add(new ManagerInput.ToRaft(
                        new RaftInput.Received(one.from.member, one.message))));
    }
}

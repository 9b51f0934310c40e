package sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import swarm.api.ApiAnswer;
import swarm.api.Deed;
import swarm.api.Membership;
import swarm.disk.Wal;
import swarm.manager.ManagerInput;
import swarm.model.Node;
import swarm.raft.Entry;
import swarm.raft.MemberId;
import swarm.raft.Recovered;
import swarm.wire.Protocol;

/// Machines that come into the swarm and leave it, as the daemon's joining and leaving do it: every
/// machine that is in no swarm wants in, in the role it has here.
final class Members {
    /// A manager that leaves is a worker first, and asks again until raft does without it.
    private static final int NOT_YET = 202;
    private static final String GONE = "gone";
    private static final long TRY_US = 300_000;
    private static final long LEAVE_MS = 5_000;
    private static final long AWAY_MS = 15_000;
    private static final String WORKER_TOKEN = "w";
    private static final String MANAGER_TOKEN = "m";

    private final ClusterWorld world;
    private final RandomGenerator chance;
    /// Machines that are to be managers; the others are workers.
    final TreeSet<Integer> managers = new TreeSet<>();
    /// The lives in which machines try to get in, until the try is over.
    private final TreeMap<Integer, Integer> joining = new TreeMap<>();
    /// The lives in which machines try to get out.
    private final TreeMap<Integer, Integer> leaving = new TreeMap<>();
    /// Until when machines keep away whose last question may yet be answered by a write: who asks
    /// again too soon could be overtaken by what was asked before.
    private final TreeMap<Integer, Long> awayUntilMs = new TreeMap<>();
    private long lastRequest;

    Members(ClusterWorld world, RandomGenerator chance) {
        this.world = world;
        this.chance = chance;
    }

    /// The first machine becomes the swarm.
    void found(Machine machine, long snapshotInterval) {
        MemberId seat = new MemberId(chance.nextLong(1, 1L << 40));
        Recovered first = Recovered.firstServer(seat);
        List<Entry> entries = new ArrayList<>(first.entries());
        entries.add(new Entry(2, 1, Entry.Kind.COMMAND,
                Founder.objects(machine, seat, snapshotInterval).toBytes()));
        try {
            Wal wal = Wal.create(machine.disk(), machine.seal(), SimManager.SEGMENT_BYTES);
            wal.saveHardState(first.hardState());
            wal.append(entries);
            wal.sync();
            wal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        machine.member = true;
        machine.seat = Optional.of(seat);
        machine.book = List.of(new Machine.Known(seat.number(), machine.addr()));
    }

    void begin() {
        world.time.in(TRY_US, () -> {
            for (Machine machine : world.machines()) {
                if (machine.running() && !machine.paused() && !machine.member
                        && !isJoining(machine)
                        && awayUntilMs.getOrDefault(machine.number, 0L) < world.ms()) {
                    joining.put(machine.number, machine.life());
                    join(machine);
                }
            }
            leavingAgain();
            begin();
        });
    }

    /// A leave that was cut short by the end of the process is typed again.
    private void leavingAgain() {
        for (Machine machine : world.machines()) {
            if (leaving.getOrDefault(machine.number, machine.life()) != machine.life()
                    && machine.running()) {
                leave(machine);
            }
        }
    }

    boolean isJoining(Machine machine) {
        return joining.getOrDefault(machine.number, 0) == machine.life();
    }

    /// Whether somebody is on the way in or out.
    boolean moving() {
        return !leaving.isEmpty() || world.machines().stream().anyMatch(m -> !m.member);
    }

    private void join(Machine machine) {
        List<Machine> others = world.machines().stream().filter(m -> m.seat.isPresent()
                && !m.equals(machine)).toList();
        if (others.isEmpty()) {
            joining.remove(machine.number);
            return;
        }
        ask(machine, others.get(chance.nextInt(others.size())).addr(), 3);
    }

    private void ask(Machine machine, String addr, int turns) {
        boolean manager = managers.contains(machine.number);
        long raftId = chance.nextLong(1, 1L << 40);
        Clerk.ask(machine, addr, Protocol.JOIN, (at, back) -> {
            if (manager) {
                seat(at, machine, raftId, back);
            } else {
                admit(at, machine, Membership.worker(WORKER_TOKEN, machine.node,
                        Node.Availability.ACTIVE, machine.host()), 0, back);
            }
        }, reply -> {
            switch (reply) {
                case Joined joined -> {
                    machine.note(manager ? "is given seat " + joined.raftId : "is let in");
                    joining.remove(machine.number);
                    machine.join(Optional.of(joined.raftId).filter(id -> id != 0)
                            .map(MemberId::new), joined.managers);
                }
                case Clerk.Elsewhere other when turns > 0 && !other.addr().isEmpty() ->
                    ask(machine, other.addr(), turns - 1);
                case Clerk.Elsewhere _ -> {
                    joining.remove(machine.number);
                    keepAway(machine);
                }
                case Clerk.Leaderless _ -> {
                    joining.remove(machine.number);
                    keepAway(machine);
                }
                case Clerk.Answered refused -> {
                    machine.note("may not join: " + refused.answer().message());
                    joining.remove(machine.number);
                }
            }
        });
    }

    void keepAway(Machine machine) {
        awayUntilMs.put(machine.number, world.ms() + AWAY_MS);
    }

    /// A machine is in.
    record Joined(long raftId, List<Machine.Known> managers) implements Clerk.Reply { }

    /// The leader dials back before it gives a seat.
    private void seat(Machine at, Machine machine, long raftId,
            Consumer<Clerk.Reply> back) {
        Clerk.read(at, readable -> new Joined(raftId, Clerk.managers(readable.view())), reply -> {
            if (!(reply instanceof Joined joined)) {
                back.accept(reply);
                return;
            }
            world.lines.dial(at, machine.addr(), Protocol.HELLO, 2_000, new Lines.Dialled() {
                @Override public void connected(Connection connection) {
                    connection.close(true);
                    admit(at, machine, Membership.seat(Optional.of(MANAGER_TOKEN), machine.node,
                            raftId, machine.addr(), Node.Availability.ACTIVE), raftId, back);
                }

                @Override public void failed(boolean refused) {
                    back.accept(new Clerk.Answered(ApiAnswer.error(503, "not reached")));
                }
            });
        });
    }

    private void admit(Machine at, Machine machine, Deed deed, long raftId,
            Consumer<Clerk.Reply> back) {
        Clerk.read(at, readable -> new Joined(raftId, Clerk.managers(readable.view())), reply -> {
            if (reply instanceof Joined joined) {
                write(at, deed, written -> back.accept(
                        written instanceof Clerk.Answered done && done.answer().status() < 300
                        ? joined : written));
            } else {
                back.accept(reply);
            }
        });
    }

    private void write(Machine at, Deed deed, Consumer<Clerk.Reply> back) {
        lastRequest++;
        Clerk.write(at, "member" + lastRequest, deed, back);
    }

    void handOver(Machine machine) {
        machine.manager().ifPresent(manager ->
                manager.ask(ManagerInput.HandOver::new, _ -> { }));
    }

    // Leaving.

    /// Says goodbye as far as it can, and forgets everything.
    void leave(Machine machine) {
        if (!machine.member) {
            leaving.remove(machine.number);
        }
        if (!machine.member || !machine.running()
                || leaving.getOrDefault(machine.number, 0) == machine.life()) {
            return;
        }
        leaving.put(machine.number, machine.life());
        machine.note("leaves");
        handOver(machine);
        List<String> others = machine.book.stream().map(Machine.Known::addr)
                .filter(addr -> !addr.equals(machine.addr())).toList();
        goodbye(machine, others, "", world.ms() + LEAVE_MS);
    }

    private void goodbye(Machine machine, List<String> others, String hint, long untilMs) {
        if (world.ms() >= untilMs || others.isEmpty()) {
            gone(machine, untilMs);
            return;
        }
        String addr = hint.isEmpty() ? others.get(chance.nextInt(others.size())) : hint;
        Clerk.ask(machine, addr, Protocol.ASK, (at, back) ->
                write(at, Membership.leave(machine.node), back), reply -> {
                    String next = switch (reply) {
                        case Clerk.Elsewhere other ->
                            others.contains(other.addr()) ? other.addr() : "";
                        case Clerk.Answered answered
                            when answered.answer().status() == NOT_YET -> addr;
                        case Clerk.Reply _ -> GONE;
                    };
                    if (next.equals(GONE)) {
                        gone(machine, untilMs);
                    } else {
                        machine.later(50_000, () -> goodbye(machine, others, next, untilMs));
                    }
                });
    }

    private void gone(Machine machine, long untilMs) {
        boolean counted = machine.manager().filter(manager ->
                manager.manager.configuration().contains(manager.member)).isPresent();
        if (counted && world.ms() < untilMs) {
            machine.later(50_000, () -> gone(machine, untilMs));
        } else {
            leaving.remove(machine.number);
            keepAway(machine);
            machine.leave();
        }
    }

    /// Whether a manager's seat may be lost without the loss of the quorum: all voters are there.
    boolean spare() {
        TreeMap<MemberId, Machine> seats = new TreeMap<>();
        world.machines().forEach(m -> m.seat.ifPresent(seat -> seats.put(seat, m)));
        return !moving() && world.leader().filter(leader -> {
            List<MemberId> voters = leader.manager.configuration().voters();
            return voters.size() >= 3 && seats.keySet().equals(new TreeSet<>(voters));
        }).isPresent();
    }
}

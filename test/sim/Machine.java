package sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import swarm.ca.NodeName;
import swarm.disk.Seal;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.model.NodeId;
import swarm.raft.MemberId;
import swarm.wire.Protocol;
import swarm.wire.Rights;

/// One machine of the cluster: its clock, its disk, its container engine, and the daemon's process
/// while it runs, which is an agent and, with a seat, a manager. What the daemon keeps in its state
/// directory beside the log is here, and durable at once.
final class Machine {
    static final String CLUSTER = "c";
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final long WALL_OFF_MS = 600_000;

    /// Where a manager listens, and its seat.
    record Known(long raftId, String addr) { }

    final int number;
    final ClusterWorld world;
    final SimClock clock;
    final SimEngine engine;
    final RandomGenerator chance;
    private final long wallOffMs;
    private SimDisk disk;

    /// The state directory: who it is in the swarm, if in any; its seat; where the managers are.
    NodeId node;
    boolean member;
    Optional<MemberId> seat = Optional.empty();
    List<Known> book = List.of();
    byte[] tasks = new byte[0];

    private boolean powered = true;
    private boolean paused;
    private boolean running;
    /// Counts starts of the daemon: what an earlier life planned does not happen.
    private int life;
    private final List<Runnable> whilePaused = new ArrayList<>();
    private Optional<SimManager> manager = Optional.empty();
    private Optional<SimAgent> agent = Optional.empty();

    Machine(int number, ClusterWorld world, RandomGenerator chance) {
        this.number = number;
        this.world = world;
        this.chance = chance;
        this.clock = new SimClock(world.time, chance);
        this.engine = new SimEngine(chance);
        this.wallOffMs = chance.nextLong(WALL_OFF_MS);
        renew();
    }

    /// An empty disk, and with it a new key, and so a new id.
    void renew() {
        disk = new SimDisk(chance.nextLong());
        node = new NodeId("node" + number + "k" + chance.nextInt(1_000, 10_000));
        forget();
    }

    /// The state directory is emptied; the key stays.
    void forget() {
        disk = new SimDisk(chance.nextLong());
        member = false;
        seat = Optional.empty();
        book = List.of();
        tasks = new byte[0];
    }

    String addr() {
        return "10.0.0." + number + ":2377";
    }

    String host() {
        return "10.0.0." + number;
    }

    SimDisk disk() {
        return disk;
    }

    Seal seal() {
        return new Seal(new byte[Seal.KEY_BYTES], new Random(number));
    }

    Snapshots snapshots() {
        return new Snapshots(disk, seal(), 0);
    }

    Instant wall() {
        return EPOCH.plusMillis(wallOffMs + world.time.nowUs() / 1000);
    }

    boolean powered() {
        return powered;
    }

    boolean paused() {
        return paused;
    }

    boolean running() {
        return running;
    }

    int life() {
        return life;
    }

    Optional<SimManager> manager() {
        return manager;
    }

    Optional<SimAgent> agent() {
        return agent;
    }

    // What others find when they dial.

    boolean listens(Protocol protocol) {
        return running && (manager.isPresent()
                || protocol == Protocol.HELLO && world.members.isJoining(this));
    }

    boolean admits(Protocol protocol, Machine from) {
        if (from.equals(this) && protocol == Protocol.AGENT || manager.isEmpty()) {
            return true;
        }
        NodeName.Role role = from.seat.isPresent()
                ? NodeName.Role.MANAGER : NodeName.Role.WORKER;
        Optional<String> refusal = Rights.refusal(protocol,
                Optional.of(new NodeName(from.node.text(), role, CLUSTER)), CLUSTER,
                protocol == Protocol.RAFT && !manager.get().manager.hearsLeader()
                        ? Rights.Standing.EMPTY_STORE : manager.get().standing(from.node));
        refusal.ifPresent(why -> from.note(protocol + " to " + number + ": " + why));
        return refusal.isEmpty();
    }

    // Life and death.

    void start() {
        if (running) {
            return;
        }
        powered = true;
        running = true;
        paused = false;
        life++;
        note("starts");
        live(() -> {
            if (member) {
                manager = seat.map(mine -> SimManager.open(this, mine));
                manager.ifPresent(SimManager::start);
                agent = Optional.of(new SimAgent(this));
                agent.get().start();
            }
        });
    }

    /// The process ends without a word of its own, with its machine's power or not.
    void kill(String how, boolean power) {
        if (power) {
            powered = false;
            engine.down(world.ms(), 1, false, true);
        }
        if (!running) {
            return;
        }
        note("dies: " + how);
        world.lines.ended(this, power);
        running = false;
        paused = false;
        life++;
        manager = Optional.empty();
        agent = Optional.empty();
        whilePaused.clear();
        engine.agentDied();
        if (power) {
            disk.crash();
        } else {
            disk.kill();
        }
    }

    void pause() {
        if (running && !paused) {
            paused = true;
            note("pauses");
        }
    }

    void resume() {
        if (paused) {
            paused = false;
            note("resumes");
            List<Runnable> late = new ArrayList<>(whilePaused);
            whilePaused.clear();
            int thisLife = life;
            for (Runnable action : late) {
                if (life == thisLife) {
                    live(action);
                }
            }
        }
    }

    /// The clock runs on at another pace, or leaps; the process notices.
    void changeClock(long pace, long leapUs) {
        clock.run(pace);
        clock.leap(leapUs);
        manager.ifPresent(part -> later(0, part::wakeLater));
        agent.ifPresent(part -> later(0, part::wakeLater));
    }

    /// In this life, and not while paused.
    void later(long delayUs, Runnable action) {
        int thisLife = life;
        world.time.in(delayUs, () -> {
            if (life == thisLife && running) {
                if (paused) {
                    whilePaused.add(action);
                } else {
                    live(action);
                }
            }
        });
    }

    /// A disk that fails ends the process, one without power the machine.
    private void live(Runnable action) {
        try {
            action.run();
        } catch (UncheckedIOException e) {
            kill("a disk failed: " + e.getMessage(), false);
        } catch (SimDisk.Crashed e) {
            kill("power, while the disk was busy", true);
        }
    }

    void note(Object what) {
        world.timeline.add(world.time.nowUs(), new MemberId(number), what);
    }

    // Joining and leaving: what the state directory says then.

    /// A member of the swarm from the next start of its parts on.
    void join(Optional<MemberId> newSeat, List<Known> managers) {
        try {
            disk = new SimDisk(chance.nextLong());
            if (newSeat.isPresent()) {
                Wal.create(disk, seal(), SimManager.SEGMENT_BYTES).close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        member = true;
        seat = newSeat;
        book = List.copyOf(managers);
        restart();
    }

    /// The daemon's parts end in order, and begin as the state directory says now.
    void restart() {
        world.lines.ended(this, false);
        life++;
        manager = Optional.empty();
        agent = Optional.empty();
        engine.agentDied();
        disk.kill();
        running = false;
        start();
    }

    /// Out of the swarm: nothing is kept but the key, and no container.
    void leave() {
        note("has left");
        engine.containers().forEach(container -> engine.removeByHand(container.name()));
        forget();
        restart();
    }
}

package sim;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import swarm.engine.Container;

/// Draws what goes wrong in the cluster world, when and for how long, and puts it right again. Each
/// seed likes some kinds better than others.
final class ClusterFaults {
    private static final long SECOND_US = 1_000_000;

    /// What can go wrong, or is done at a bad moment.
    enum Kind {
        KILL, KILL_LEADER, KILL_ALL, KILL_AT_OUTPUT, POWER, POWER_ALL, POWER_AT_DISK, PAUSE,
        PAUSE_LEADER, PARTITION, ISOLATE, ONE_WAY, LOSS, DELAY, SLOW_DISK, FAILED_SYNC,
        CLOCK_LEAP, CLOCK_PACE, ENGINE_AWAY, ENGINE_HANGS, ENGINE_LOSSY, CONTAINER_DIES,
        CONTAINER_REMOVED, HAND_OVER, LOSE_DISK, LEAVE
    }

    private final ClusterWorld world;
    private final RandomGenerator chance;
    private final int[] weights = new int[Kind.values().length];
    private final TreeMap<Kind, Integer> counts = new TreeMap<>();
    private final long gapUs;
    /// Counts bad times: what one of them planned does not happen in the next.
    private int times;

    ClusterFaults(ClusterWorld world, RandomGenerator chance) {
        this.world = world;
        this.chance = chance;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = chance.nextInt(10);
        }
        weights[Kind.KILL.ordinal()] += 2;
        gapUs = SECOND_US * (1 + chance.nextInt(6));
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
        world.lines.heal();
        for (Machine machine : world.machines()) {
            machine.disk().slowSync(0);
            machine.disk().failSyncAfter(-1);
            machine.disk().crashAfter(-1);
            machine.engine.lossy(0);
            machine.manager().ifPresent(manager -> manager.outputsToLive = -1);
            machine.changeClock(1_000_000, 0);
            machine.resume();
            machine.start();
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
        List<Machine> all = world.machines();
        Machine victim = all.get(chance.nextInt(all.size()));
        Optional<Machine> leader = world.leader().map(manager -> manager.machine);
        Machine likely = leader.filter(_ -> chance.nextInt(3) == 0).orElse(victim);
        long lastsUs = chance.nextLong(chance.nextBoolean() ? 12 * SECOND_US : SECOND_US);
        counts.merge(kind, 1, Integer::sum);
        world.timeline.mix(kind.ordinal());
        likely.note(kind);
        switch (kind) {
            case KILL -> kill(victim, false, lastsUs);
            case KILL_LEADER -> leader.ifPresent(machine -> kill(machine, false, lastsUs));
            case KILL_ALL -> all.forEach(machine -> kill(machine, false, lastsUs));
            case POWER -> kill(likely, true, lastsUs);
            case POWER_ALL -> all.forEach(machine -> kill(machine, true, lastsUs));
            case PAUSE -> pause(victim, lastsUs);
            case PAUSE_LEADER -> leader.ifPresent(machine -> pause(machine, lastsUs));
            case PARTITION -> cut(Lines.between(side()), lastsUs);
            case ISOLATE -> cut(Lines.between(new TreeSet<>(List.of(likely.number))), lastsUs);
            case ONE_WAY -> oneWay(likely, lastsUs);
            case LOSS -> weather(chance.nextDouble(0.3), 0, lastsUs);
            case DELAY -> weather(0, chance.nextLong(400_000), lastsUs);
            case HAND_OVER -> leader.ifPresent(world.members::handOver);
            case LOSE_DISK -> loseDisk(likely, lastsUs);
            case LEAVE -> leave(likely);
            case KILL_AT_OUTPUT, POWER_AT_DISK, SLOW_DISK, FAILED_SYNC, CLOCK_LEAP, CLOCK_PACE,
                 ENGINE_AWAY, ENGINE_HANGS, ENGINE_LOSSY, CONTAINER_DIES, CONTAINER_REMOVED ->
                spoil(kind, likely, lastsUs);
        }
    }

    /// Something about one machine alone.
    private void spoil(Kind kind, Machine machine, long lastsUs) {
        switch (kind) {
            case KILL_AT_OUTPUT -> {
                machine.manager().ifPresent(m -> m.outputsToLive = chance.nextInt(60));
                during(lastsUs + SECOND_US, machine::start);
            }
            case POWER_AT_DISK -> {
                if (machine.running()) {
                    machine.disk().crashAfter(chance.nextInt(100));
                    during(lastsUs + SECOND_US, machine::start);
                }
            }
            case FAILED_SYNC -> {
                if (machine.running()) {
                    machine.disk().failSyncAfter(chance.nextInt(20));
                    during(lastsUs + SECOND_US, machine::start);
                }
            }
            case SLOW_DISK -> {
                SimDisk disk = machine.disk();
                disk.slowSync(chance.nextInt(1_500));
                during(lastsUs, () -> disk.slowSync(0));
            }
            case CLOCK_LEAP -> machine.changeClock(1_000_000, chance.nextLong(20 * SECOND_US));
            case CLOCK_PACE -> machine.changeClock(900_000 + chance.nextInt(200_000), 0);
            case ENGINE_AWAY -> machine.engine.down(world.ms(), lastsUs / 1000, false,
                    chance.nextInt(3) == 0);
            case ENGINE_HANGS -> machine.engine.down(world.ms(), lastsUs / 1000, true, false);
            case ENGINE_LOSSY -> machine.engine.lossy(4 + chance.nextInt(20));
            case CONTAINER_DIES -> container(machine).ifPresent(machine.engine::kill);
            case CONTAINER_REMOVED -> container(machine).ifPresent(machine.engine::removeByHand);
            default -> throw new IllegalStateException(kind.toString());
        }
        machine.agent().ifPresent(agent -> machine.later(0, agent::wakeLater));
    }

    private Optional<String> container(Machine machine) {
        List<Container> all = machine.engine.containers();
        return all.isEmpty() ? Optional.empty()
                : Optional.of(all.get(chance.nextInt(all.size())).name());
    }

    private void kill(Machine machine, boolean power, long lastsUs) {
        machine.kill(power ? "power" : "killed", power);
        during(chance.nextLong(lastsUs + 1), machine::start);
    }

    private void pause(Machine machine, long lastsUs) {
        machine.pause();
        during(lastsUs, machine::resume);
    }

    private void weather(double loss, long late, long lastsUs) {
        world.lines.weather(loss, late);
        during(lastsUs, () -> world.lines.weather(0, 0));
    }

    private TreeSet<Integer> side() {
        TreeSet<Integer> side = new TreeSet<>();
        world.machines().stream().filter(_ -> chance.nextBoolean())
                .forEach(machine -> side.add(machine.number));
        return side;
    }

    private void oneWay(Machine machine, long lastsUs) {
        boolean in = chance.nextBoolean();
        cut((from, to) -> (in ? to : from) == machine.number, lastsUs);
    }

    private void cut(BiPredicate<Integer, Integer> path, long lastsUs) {
        world.lines.cut(path);
        during(lastsUs, () -> world.lines.mend(path));
    }

    /// A machine that lost its disk is a new one, with a new key, at the old address.
    private void loseDisk(Machine machine, long lastsUs) {
        if (machine.member && (machine.seat.isEmpty() || world.members.spare())) {
            machine.kill("its disk is lost", true);
            world.members.keepAway(machine);
            machine.engine.containers().forEach(c -> machine.engine.removeByHand(c.name()));
            if (chance.nextBoolean()) {
                machine.renew();
            } else {
                machine.forget();
            }
            during(lastsUs, machine::start);
        }
    }

    private void leave(Machine machine) {
        if (machine.member && (machine.seat.isEmpty() || world.members.spare())) {
            world.members.leave(machine);
        }
    }
}

package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import sim.AgentWorld;
import sim.Objects;
import swarm.engine.Container;
import swarm.model.Ids;
import swarm.model.Node;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.Change;

/// Whatever happens to links, leaders, agents and engines: once it is over, what runs is what is
/// wanted, nothing is left behind, and nothing healthy was restarted. Seeded; a failing seed is in
/// the message. (F50, F52, F53, F54, F55)
class ConvergenceTest {
    private static final int SEEDS = Integer.getInteger("agent.seeds", 40);
    private static final int FIRST = Integer.getInteger("agent.seed", 1);
    private static final List<String> NODES = List.of("n1", "n2", "n3");

    private AgentWorld world;
    private Random chance;
    private int wanted;

    @Test
    void observedIsDesiredAndNothingLeaksAfterFaults() {
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
            begin(seed);
            for (int turn = 0; turn < 40; turn++) {
                disturb();
                pass(chance.nextInt(4_000));
            }
            heal();
            judge("seed " + seed);
        }
    }

    @Test
    void healthyTasksAreNeverRestarted() {
        for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
            begin(seed);
            pass(5_000);
            List<Task> before = world.view().tasks();
            for (int turn = 0; turn < 15; turn++) {
                unsettle();
                pass(5_000 + chance.nextInt(5_000));
            }
            heal();
            judge("seed " + seed);
            for (Task task : before) {
                String story = "seed " + seed + ": " + task;
                assertTrue(world.view().task(task.id()).isPresent(), story);
                Task after = world.task(task.id().text());
                assertEquals(0, after.status().run(), "seed " + seed + ": " + after);
                assertEquals(TaskState.RUNNING, after.state(), "seed " + seed + ": " + after);
                assertEquals(1, host(task).engine().starts(task.containerName()),
                        "seed " + seed + ": " + after);
            }
        }
    }

    private void begin(int seed) {
        chance = new Random(seed);
        world = new AgentWorld(chance, NODES);
        wanted = 2 + chance.nextInt(6);
        world.run(1_000);
    }

    /// Time goes on, and every 100 ms somebody does what the other loops would do.
    private void pass(long ms) {
        for (long done = 0; done < ms; done += 100) {
            world.run(100);
            orchestrate();
        }
    }

    private void orchestrate() {
        List<Change> changes = new ArrayList<>();
        int live = 0;
        for (Task task : world.tip().tasks()) {
            boolean up = nodeUp(task);
            if (task.desiredState().after(TaskState.RUNNING)) {
                boolean over = task.state().terminal();
                boolean given = !up && task.desiredState() == TaskState.REMOVE;
                if (given || over && (task.desiredState() == TaskState.REMOVE
                        || chance.nextInt(500) == 0)) {
                    changes.add(Change.Delete.of(task));
                }
            } else if (task.state().terminal() || !up) {
                changes.add(new Change.Update(task.withDesired(TaskState.SHUTDOWN)));
            } else if (++live > wanted) {
                changes.add(new Change.Update(task.withDesired(TaskState.REMOVE)));
            }
        }
        List<String> up = NODES.stream().filter(this::up).toList();
        for (; live < wanted && !up.isEmpty(); live++) {
            changes.add(new Change.Create(Objects.task(Ids.draw(chance),
                    up.get(chance.nextInt(up.size())), chance.nextInt(4) == 0
                            ? "stubborn" : "run")));
        }
        if (!changes.isEmpty()) {
            world.change(changes);
        }
    }

    private void disturb() {
        AgentWorld.Host host = someHost();
        switch (chance.nextInt(15)) {
            case 0 -> world.elect(chance.nextInt(2_000));
            case 1, 2 -> world.cut(host, chance.nextBoolean());
            case 3 -> {
                if (world.lives(host)) {
                    world.kill(host);
                } else {
                    wipeSometimes(host);
                    world.boot(host);
                }
            }
            case 4 -> host.engine().lossy(3 + chance.nextInt(20));
            case 5 -> host.engine().down(world.now(), chance.nextInt(8_000),
                    chance.nextBoolean(), chance.nextBoolean());
            case 6 -> someContainer(host, host.engine()::kill);
            case 7 -> someContainer(host, host.engine()::removeByHand);
            case 8 -> someContainer(host, host.engine()::startByHand);
            case 9 -> someContainer(host, name -> host.engine().pause(name, chance.nextBoolean()));
            case 10 -> host.engine().mute(chance.nextBoolean());
            case 11 -> world.leaky(chance.nextInt(10));
            case 12 -> wanted = chance.nextInt(8);
            case 13 -> world.astray(chance.nextInt(4));
            default -> world.freezeLeader(chance.nextInt(5_000));
        }
    }

    /// What no healthy task may notice: all of it shorter than three heartbeats.
    private void unsettle() {
        AgentWorld.Host host = someHost();
        switch (chance.nextInt(5)) {
            case 0 -> {
                world.astray(chance.nextInt(4));
                world.elect(chance.nextInt(1_500));
            }
            case 1 -> {
                world.cut(host, true);
                world.run(chance.nextInt(1_400));
                world.cut(host, false);
            }
            case 2 -> {
                world.kill(host);
                world.run(chance.nextInt(1_500));
                wipeSometimes(host);
                world.boot(host);
            }
            case 3 -> host.engine().lossy(3 + chance.nextInt(20));
            default -> host.engine().down(world.now(), chance.nextInt(8_000),
                    chance.nextBoolean(), false);
        }
    }

    private void wipeSometimes(AgentWorld.Host host) {
        if (chance.nextInt(3) == 0) {
            world.wipe(host);
        }
    }

    private void heal() {
        for (String node : NODES) {
            AgentWorld.Host host = world.host(node);
            world.cut(host, false);
            host.engine().lossy(0);
            host.engine().mute(false);
            for (Container container : host.engine().containers()) {
                host.engine().pause(container.name(), false);
            }
            if (!world.lives(host)) {
                world.boot(host);
            }
        }
        wanted = Math.max(1, wanted);
        world.leaky(0);
        pass(90_000);
    }

    private void judge(String seed) {
        for (String node : NODES) {
            assertEquals(Node.State.READY, world.view().node(new swarm.model.NodeId(node))
                    .orElseThrow().status().state(), seed);
            AgentWorld.Host host = world.host(node);
            SortedSet<String> running = new TreeSet<>();
            SortedSet<String> known = new TreeSet<>();
            for (Task task : world.view().tasksOn(host.id())) {
                known.add(task.containerName());
                if (task.desiredState() == TaskState.RUNNING) {
                    assertEquals(TaskState.RUNNING, task.state(), seed + ": " + task);
                    running.add(task.containerName());
                } else {
                    assertTrue(task.state().terminal(), seed + ": " + task);
                }
            }
            assertEquals(running, AgentWorld.alive(host), seed + ": runs on " + node);
            for (Container container : host.engine().containers()) {
                assertTrue(known.contains(container.name()),
                        seed + ": left behind on " + node + ": " + container);
            }
        }
        assertEquals(wanted, world.view().tasks().stream()
                .filter(task -> task.state() == TaskState.RUNNING).count(), seed);
    }

    private boolean nodeUp(Task task) {
        return up(task.nodeId().orElseThrow().text());
    }

    private boolean up(String node) {
        return world.tip().node(new swarm.model.NodeId(node)).orElseThrow().status().state()
                == Node.State.READY;
    }

    private AgentWorld.Host host(Task task) {
        return world.host(task.nodeId().orElseThrow().text());
    }

    private AgentWorld.Host someHost() {
        return world.host(NODES.get(chance.nextInt(NODES.size())));
    }

    private void someContainer(AgentWorld.Host host, java.util.function.Consumer<String> what) {
        List<Container> containers = host.engine().containers();
        if (!containers.isEmpty()) {
            what.accept(containers.get(chance.nextInt(containers.size())).name());
        }
    }
}

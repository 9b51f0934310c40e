package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.ServiceId;
import swarm.model.ServiceMode;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.scheduler.Lab;
import swarm.store.StoreEvent;

/// All loops together against a drawn fleet: nodes fall silent, come back, are drained and paused,
/// tasks fail, services are made, scaled, updated and removed, leaders change. Whatever happens,
/// no task is stopped without a cause and no slot's history grows; when all is calm again, exactly
/// what is wanted runs. (F50, F52, F53, F55, F56, F66)
final class LoopsTest {
    private static final int SEEDS = 40;
    private static final int STEPS = 60;
    /// The history limit, and what may stand beside it for a moment: a stand-in, two on their way.
    private static final int SLOT_MAX = 5 + 3;

    @Test void everyDrawnStoryEndsWithWhatIsWanted() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Story story = new Story(seed);
            for (int step = 0; step < STEPS; step++) {
                story.step();
            }
            story.calm();
        }
    }

    private static final class Story {
        private final long seed;
        private final Random chance;
        private final Lab lab = Labs.all();
        private final List<NodeId> nodes = new ArrayList<>();
        private final List<ServiceId> services = new ArrayList<>();
        /// Tasks that some act of the story gave a cause to stop, or that share a slot with others.
        private final TreeSet<TaskId> excused = new TreeSet<>();
        /// How many events of the lab were judged.
        private int judged;
        /// For names of services.
        private int made;

        Story(long seed) {
            this.seed = seed;
            this.chance = new Random(seed);
            for (int i = 0; i < 4; i++) {
                nodes.add(lab.node("n" + i));
            }
        }

        void step() {
            NodeId node = nodes.get(chance.nextInt(nodes.size()));
            switch (chance.nextInt(12)) {
                case 0 -> silence(node);
                case 1, 2 -> lab.become(node, Node.State.READY);
                case 3 -> drain(node);
                case 4, 5 -> lab.become(node, Node.Availability.ACTIVE);
                case 6 -> lab.become(node, Node.Availability.PAUSE);
                case 7 -> create();
                case 8 -> change();
                case 9 -> fail();
                case 10 -> lab.lead();
                case 11 -> lab.pass(chance.nextInt(70_000));
                default -> throw new AssertionError();
            }
            if (chance.nextInt(3) > 0) {
                lab.obey();
            }
            lab.pass(chance.nextInt(1_500));
            judge();
        }

        private void silence(NodeId node) {
            excuse(lab.view.tasksOn(node));
            lab.become(node, Node.State.DOWN);
        }

        private void drain(NodeId node) {
            excuse(lab.view.tasksOn(node));
            lab.become(node, Node.Availability.DRAIN);
        }

        private void excuse(List<Task> tasks) {
            tasks.forEach(task -> excused.add(task.id()));
        }

        private ServiceSpec spec(String name, long replicas) {
            String template = Labs.template("i" + chance.nextInt(3), "'Delay':1000000000");
            String order = chance.nextBoolean() ? "start-first" : "stop-first";
            String more = "'UpdateConfig':{'Parallelism':" + chance.nextInt(3) + ",'Order':'"
                    + order + "','FailureAction':'continue'}";
            return name.endsWith("g") ? Lab.spec(name, "'Mode':{'Global':{}},'TaskTemplate':{"
                    + template + "}," + more) : Lab.replicated(name, replicas, template, more);
        }

        private void create() {
            if (services.size() < 4) {
                String name = "s" + made++ + (chance.nextInt(3) == 0 ? "g" : "");
                services.add(lab.service(name, spec(name, chance.nextInt(6))));
            }
        }

        private void change() {
            if (!services.isEmpty()) {
                ServiceId id = services.get(chance.nextInt(services.size()));
                excuse(lab.view.tasksOf(id));
                if (chance.nextInt(4) == 0) {
                    services.remove(id);
                    lab.remove(id);
                } else {
                    lab.update(id, spec(id.text(), chance.nextInt(6)));
                }
            }
        }

        private void fail() {
            List<Task> running = lab.view.tasks().stream()
                    .filter(task -> task.state() == TaskState.RUNNING).toList();
            if (!running.isEmpty()) {
                Task task = running.get(chance.nextInt(running.size()));
                excused.add(task.id());
                lab.report(task, TaskState.FAILED);
            }
        }

        /// What the loops did since the last look. A running task is told to stop only with a
        /// cause: its own end, its node, its service, an update, or another task of its slot.
        private void judge() {
            for (; judged < lab.events.size(); judged++) {
                if (lab.events.get(judged) instanceof StoreEvent.Updated(Task before, Task task)) {
                    boolean healthy = before.state() == TaskState.RUNNING
                            && Slots.wanted(before) && !Slots.wanted(task);
                    assertTrue(!healthy || excused.contains(task.id()) || updated(task)
                            || shared(task), "seed " + seed + ": stopped for nothing: " + task);
                }
            }
            for (ServiceId service : services) {
                new Slots(lab.view.tasksOf(service)).all().tailMap(1L).values().forEach(slot ->
                        assertTrue(slot.size() <= SLOT_MAX, "seed " + seed + ": long history"));
            }
        }

        private boolean updated(Task task) {
            return lab.view.service(task.serviceId()).filter(service ->
                    service.specVersion().equals(task.specVersion())).isEmpty();
        }

        private boolean shared(Task task) {
            return lab.view.tasksOf(task.serviceId()).stream().anyMatch(other ->
                    other.slot() == task.slot() && !other.id().equals(task.id())
                    && excused.contains(other.id()));
        }

        /// Everything is well again; after a while exactly what is wanted runs.
        void calm() {
            for (NodeId node : nodes) {
                lab.become(node, Node.State.READY);
                lab.become(node, Node.Availability.ACTIVE);
            }
            for (int i = 0; i < 60; i++) {
                lab.obey();
                lab.pass(2_000);
            }
            judge();
            TreeSet<ServiceId> left = new TreeSet<>(services);
            for (Task task : lab.view.tasks()) {
                assertTrue(left.contains(task.serviceId()), "seed " + seed + ": left over " + task);
                assertTrue(task.state() == TaskState.RUNNING || task.state().terminal(),
                        "seed " + seed + ": stuck " + task);
            }
            for (ServiceId id : services) {
                List<Task> running = lab.view.tasksOf(id).stream()
                        .filter(task -> task.state() == TaskState.RUNNING).toList();
                ServiceSpec spec = lab.view.service(id).orElseThrow().spec();
                assertEquals(wanted(spec), running.size(), "seed " + seed + ", " + id);
                for (Task task : running) {
                    assertEquals(spec.taskTemplate(), task.spec(), "seed " + seed + ": old " + id);
                }
                places(spec, running);
            }
        }

        private long wanted(ServiceSpec spec) {
            return spec.modeOrReplicated() instanceof ServiceMode.Replicated(Optional<Long> count)
                    ? count.orElse(1L) : nodes.size();
        }

        /// No two in one place.
        private void places(ServiceSpec spec, List<Task> running) {
            TreeMap<String, Task> places = new TreeMap<>();
            for (Task task : running) {
                String place = task.slot() + "@" + (task.slot() > 0 ? "" : task.nodeId());
                assertEquals(Optional.empty(), Optional.ofNullable(places.put(place, task)),
                        "seed " + seed + ": two of " + spec.name() + " at " + place);
            }
        }
    }
}

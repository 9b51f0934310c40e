package swarm.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.NodeId;
import swarm.model.Resources;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.Version;
import swarm.store.Change;

/// Drawn swarms: the scheduler against an oracle that looks at every node for every task. (F66)
final class SpreadTest {
    private static final int SEEDS = 60;

    /// A node of the oracle: what fits, and what is on it.
    private static final class Plain {
        private final String name;
        private final String zone;
        private final String rack;
        /// How many tasks still fit.
        private long room;
        /// Of the service, and in all.
        private long own;
        /// In all.
        private long all;

        Plain(String name, String zone, String rack, long room) {
            this.name = name;
            this.zone = zone;
            this.rack = rack;
            this.room = room;
        }
    }

    @Test void everyTaskGoesWhereTheOracleSays() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new Run(new Random(seed)).judge("seed " + seed);
        }
    }

    private static final class Run {
        private final Lab lab = new Lab(() -> List.of(new Scheduler()));
        private final Random chance;
        private final List<Plain> nodes = new ArrayList<>();
        private final int levels;

        Run(Random chance) {
            this.chance = chance;
            this.levels = chance.nextInt(3);
            int count = 1 + chance.nextInt(8);
            for (int i = 0; i < count; i++) {
                Plain node = new Plain("n" + i, "z" + chance.nextInt(3), "r" + chance.nextInt(2),
                        chance.nextInt(6));
                nodes.add(node);
                TreeMap<String, String> labels = new TreeMap<>();
                labels.put("zone", node.zone);
                labels.put("rack", node.rack);
                lab.node(node.name, labels, new Resources(1_000_000_000L, node.room * 100));
            }
        }

        void judge(String what) {
            ServiceId other = lab.service("other", 0, "");
            ServiceId web = lab.service("web", 0, template());
            create(other, chance.nextInt(5), "o");
            for (Plain node : nodes) {
                node.all = lab.view.tasksOn(new NodeId(node.name)).size();
            }
            for (int burst = 0; burst < 3; burst++) {
                int count = chance.nextInt(12);
                for (int i = 0; i < count; i++) {
                    place();
                }
                create(web, count, "w" + burst);
                for (Plain node : nodes) {
                    assertEquals(node.own, lab.view.tasksOn(new NodeId(node.name)).stream()
                            .filter(task -> task.serviceId().equals(web)).count(),
                            what + ", burst " + burst + ", " + node.name);
                }
            }
            lab.lead();
            assertTrue(lab.view.tasks().stream().filter(t -> t.state() == TaskState.PENDING)
                    .allMatch(task -> task.status().err().startsWith("no suitable node")));
        }

        private String template() {
            String wishes = levels == 0 ? "" : "{'Spread':{'SpreadDescriptor':'node.labels.zone'}}";
            wishes += levels < 2 ? "" : ",{'Spread':{'SpreadDescriptor':'node.labels.rack'}}";
            return "'Placement':{'Preferences':[" + wishes
                    + "]},'Resources':{'Reservations':{'MemoryBytes':100}}";
        }

        private void create(ServiceId service, int count, String prefix) {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                changes.add(new Change.Create(new Task(new TaskId(prefix + (100 + i)),
                        Version.NONE, lab.wall(), lab.wall(), new TreeMap<>(),
                        lab.view.service(service).orElseThrow().spec().taskTemplate(), service, i,
                        Optional.empty(), TaskStatus.of(lab.wall(), TaskState.PENDING, ""),
                        TaskState.RUNNING, Optional.empty(), service.text(), new TreeMap<>(),
                        Optional.empty(), Version.NONE)));
            }
            if (!changes.isEmpty()) {
                lab.write(changes.toArray(new Change[0]));
            }
        }

        /// One task by looking at everything: of each level the value with fewest tasks among those
        /// below which there is room, then the best node.
        private void place() {
            List<Plain> at = nodes;
            for (int level = 0; level < levels; level++) {
                TreeMap<String, List<Plain>> parts = new TreeMap<>();
                for (Plain node : at) {
                    parts.computeIfAbsent(level == 0 ? node.zone : node.rack,
                            _ -> new ArrayList<>()).add(node);
                }
                List<Plain> best = List.of();
                for (List<Plain> part : parts.values()) {
                    boolean room = part.stream().anyMatch(node -> node.room > 0);
                    if (room && (best.isEmpty() || sum(part) < sum(best))) {
                        best = part;
                    }
                }
                at = best;
            }
            Optional<Plain> chosen = Optional.empty();
            for (Plain node : at) {
                boolean better = chosen.isEmpty() || node.own < chosen.get().own
                        || node.own == chosen.get().own && node.all < chosen.get().all;
                if (node.room > 0 && better) {
                    chosen = Optional.of(node);
                }
            }
            chosen.ifPresent(node -> {
                node.room--;
                node.own++;
                node.all++;
            });
        }

        private static long sum(List<Plain> part) {
            return part.stream().mapToLong(node -> node.own).sum();
        }
    }
}

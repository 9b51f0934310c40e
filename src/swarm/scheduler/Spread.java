package swarm.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;
import swarm.model.ConstraintMatch;
import swarm.model.Placement;
import swarm.model.Task;

/// The nodes that equal tasks may go to, best first. Without preferences: the node where the service
/// fails least, then has fewest tasks, then the one with fewest tasks in all. With preferences the
/// nodes are the leaves of a tree whose levels are the labels, and each task goes down the branch
/// that has fewest of the service. Each pick places a task or drops a node for good, so a run of
/// picks ends whatever the tree looks like. (F66)
final class Spread {
    private final Task task;
    private final long now;
    private final Branch root;

    Spread(Task task, List<NodeInfo> nodes, long now) {
        this.task = task;
        this.now = now;
        this.root = new Branch(nodes, labels(task));
    }

    /// Takes the best node that still fits; the caller counts its task there before it asks again.
    Optional<NodeInfo> pick(Predicate<NodeInfo> fits) {
        return root.pick(fits);
    }

    private static List<String> labels(Task task) {
        List<String> labels = new ArrayList<>();
        for (Placement.Preference preference : task.spec().placementOrAnywhere().preferences()) {
            preference.spread().map(Placement.Spread::spreadDescriptor).ifPresent(labels::add);
        }
        return labels;
    }

    private boolean faulty(NodeInfo node) {
        return node.failures(task, now) >= NodeInfo.FAULTY;
    }

    /// The order of nodes: the failures of a node count once they are many.
    private Comparator<NodeInfo> order() {
        return Comparator.comparing((NodeInfo node) -> faulty(node) ? node.failures(task, now) : 0)
                .thenComparing(node -> node.activeOf(task.serviceId()))
                .thenComparing(NodeInfo::active)
                .thenComparing(node -> node.node().id());
    }

    /// A part of the tree: either nodes, or branches by the value of a label.
    private final class Branch {
        private final TreeMap<String, Branch> branches = new TreeMap<>();
        private final PriorityQueue<NodeInfo> nodes = new PriorityQueue<>(order());
        /// How many tasks of the service run below here, those just placed included.
        private int tasks;

        Branch(List<NodeInfo> below, List<String> labels) {
            below.forEach(node -> tasks += node.activeOf(task.serviceId()));
            if (labels.isEmpty()) {
                nodes.addAll(below);
                return;
            }
            TreeMap<String, List<NodeInfo>> parts = new TreeMap<>();
            for (NodeInfo node : below) {
                parts.computeIfAbsent(ConstraintMatch.label(labels.getFirst(), node.node()),
                        _ -> new ArrayList<>()).add(node);
            }
            List<String> rest = labels.subList(1, labels.size());
            parts.forEach((value, part) -> branches.put(value, new Branch(part, rest)));
        }

        Optional<NodeInfo> pick(Predicate<NodeInfo> fits) {
            Optional<NodeInfo> found = branches.isEmpty() ? pickNode(fits) : pickBranch(fits);
            found.ifPresent(_ -> tasks++);
            return found;
        }

        /// A node that does not fit now will not fit later in this run: it is dropped. The one that
        /// was picked last is put back in its new place.
        private Optional<NodeInfo> pickNode(Predicate<NodeInfo> fits) {
            last.ifPresent(nodes::add);
            last = Optional.empty();
            while (!nodes.isEmpty() && last.isEmpty()) {
                last = Optional.of(nodes.remove()).filter(fits);
            }
            return last;
        }

        /// The node picked last, not in the queue while its counts change.
        private Optional<NodeInfo> last = Optional.empty();

        private Optional<NodeInfo> pickBranch(Predicate<NodeInfo> fits) {
            List<Map.Entry<String, Branch>> byTasks = new ArrayList<>(branches.entrySet());
            byTasks.sort(Comparator.comparing(entry -> entry.getValue().tasks));
            for (Map.Entry<String, Branch> entry : byTasks) {
                Optional<NodeInfo> found = entry.getValue().pick(fits);
                if (found.isPresent()) {
                    return found;
                }
                branches.remove(entry.getKey());
            }
            return Optional.empty();
        }
    }
}

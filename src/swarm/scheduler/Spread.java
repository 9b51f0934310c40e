package swarm.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;
import swarm.model.ConstraintMatch;
import swarm.model.Placement;
import swarm.model.Task;

/// The nodes that equal tasks may go to, best first. Without preferences: the node where the
/// service fails least, then has fewest tasks, then the one with fewest tasks in all. With
/// preferences the nodes are the leaves of a tree whose levels are the labels, and each task goes
/// down the branch that has fewest of the service; tasks on nodes that take no more count too. Each
/// pick places a task or drops a node for good, so a run of picks ends whatever the tree is. (F66)
final class Spread {
    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparing(Candidate::faults)
                    .thenComparing(Candidate::ofService)
                    .thenComparing(candidate -> candidate.node.active())
                    .thenComparing(candidate -> candidate.node.node().id());

    private final Task task;
    private final long now;
    private final Branch root;

    /// A node, and how often the service failed there, if that is often.
    private record Candidate(NodeInfo node, int faults, Task task) {
        int ofService() {
            return node.activeOf(task.serviceId());
        }
    }

    /// The tree of all nodes for tasks like this one; those that `fits` refuses are only counted.
    Spread(Task task, List<NodeInfo> nodes, Predicate<NodeInfo> fits, long now) {
        this.task = task;
        this.now = now;
        this.root = new Branch(nodes, labels(task), fits);
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

    /// The failures of a node count once they are many.
    private Candidate candidate(NodeInfo node) {
        int failures = node.failures(task, now);
        return new Candidate(node, failures >= NodeInfo.FAULTY ? failures : 0, task);
    }

    /// A part of the tree: either nodes, or branches by the value of a label.
    private final class Branch {
        private final TreeMap<String, Branch> branches = new TreeMap<>();
        private final PriorityQueue<Candidate> nodes = new PriorityQueue<>(BEST_FIRST);
        /// The node picked last, not in the queue while its counts change.
        private Optional<Candidate> last = Optional.empty();
        /// How many tasks of the service run below here, those just placed included.
        private int tasks;

        Branch(List<NodeInfo> below, List<String> labels, Predicate<NodeInfo> fits) {
            for (NodeInfo node : below) {
                tasks += node.node().invalid() ? 0 : node.activeOf(task.serviceId());
            }
            if (labels.isEmpty()) {
                below.stream().filter(fits).forEach(node -> nodes.add(candidate(node)));
                return;
            }
            TreeMap<String, List<NodeInfo>> parts = new TreeMap<>();
            for (NodeInfo node : below) {
                parts.computeIfAbsent(ConstraintMatch.label(labels.getFirst(), node.node()),
                        _ -> new ArrayList<>()).add(node);
            }
            List<String> rest = labels.subList(1, labels.size());
            parts.forEach((value, part) -> branches.put(value, new Branch(part, rest, fits)));
        }

        Optional<NodeInfo> pick(Predicate<NodeInfo> fits) {
            Optional<NodeInfo> found = branches.isEmpty() ? pickNode(fits) : pickBranch(fits);
            if (found.isPresent()) {
                tasks++;
            }
            return found;
        }

        /// A node that does not fit now will not fit later in this run: it is dropped. The one that
        /// was picked last is put back in its new place.
        private Optional<NodeInfo> pickNode(Predicate<NodeInfo> fits) {
            last.ifPresent(nodes::add);
            last = Optional.empty();
            while (!nodes.isEmpty() && last.isEmpty()) {
                last = Optional.of(nodes.remove()).filter(next -> fits.test(next.node()));
            }
            return last.map(Candidate::node);
        }

        /// A branch without a fitting node is dropped.
        private Optional<NodeInfo> pickBranch(Predicate<NodeInfo> fits) {
            while (!branches.isEmpty()) {
                String fewest = branches.entrySet().stream()
                        .min(Comparator.comparing(entry -> entry.getValue().tasks))
                        .orElseThrow().getKey();
                Optional<NodeInfo> found = branches.get(fewest).pick(fits);
                if (found.isPresent()) {
                    return found;
                }
                branches.remove(fewest);
            }
            return Optional.empty();
        }
    }
}

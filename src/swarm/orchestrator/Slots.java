package swarm.orchestrator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskState;

/// The tasks of a replicated service, slot by slot, oldest first. A slot is where one replica runs;
/// its tasks are the one that is wanted now and those that came before.
final class Slots {
    /// By age: when the task was made, then its id, so that the order never depends on chance.
    static final Comparator<Task> BY_AGE =
            Comparator.comparing(Task::createdAt).thenComparing(Task::id);

    private final TreeMap<Long, List<Task>> bySlot = new TreeMap<>();

    Slots(List<Task> tasks) {
        for (Task task : tasks) {
            bySlot.computeIfAbsent(task.slot(), _ -> new ArrayList<>()).add(task);
        }
        bySlot.values().forEach(slot -> slot.sort(BY_AGE));
    }

    /// Slot numbers and their tasks.
    TreeMap<Long, List<Task>> all() {
        return bySlot;
    }

    /// Whether the task is still wanted.
    static boolean wanted(Task task) {
        return !task.desiredState().after(TaskState.RUNNING);
    }

    /// The tasks of a slot that are still wanted.
    static List<Task> wanted(List<Task> slot) {
        return slot.stream().filter(Slots::wanted).toList();
    }

    /// The task made last.
    static Task newest(List<Task> slot) {
        return slot.getLast();
    }

    /// Slots in the order in which a service that is scaled down gives them up, first to go first:
    /// those whose task is placed nowhere or is not the only one, then those that are most of the
    /// service on their node; among equals the ones that do not run yet, then the higher numbers.
    /// (swarmkit manager/orchestrator/replicated: slot sorting)
    static List<List<Task>> inOrderOfLeaving(List<List<Task>> live) {
        List<List<Task>> sorted = new ArrayList<>(live);
        sorted.sort(Comparator.comparing((List<Task> slot) -> !runs(slot))
                .thenComparing(slot -> slot.getFirst().slot()));
        TreeMap<NodeId, Integer> copies = new TreeMap<>();
        List<Ranked> ranked = new ArrayList<>();
        for (List<Task> slot : sorted) {
            ranked.add(new Ranked(slot, rank(slot, copies), ranked.size()));
        }
        ranked.sort(Comparator.comparing((Ranked r) -> r.rank() >= 0)
                .thenComparing(Comparator.comparing(Ranked::rank).reversed())
                .thenComparing(Comparator.comparing(Ranked::place).reversed()));
        return ranked.stream().map(Ranked::slot).toList();
    }

    private record Ranked(List<Task> slot, int rank, int place) { }

    /// How many of the service's slots before it are on its node; -1 without one node of its own.
    private static int rank(List<Task> slot, TreeMap<NodeId, Integer> copies) {
        List<Task> wanted = wanted(slot);
        Optional<NodeId> node = wanted.size() == 1 ? wanted.getFirst().nodeId() : Optional.empty();
        return node.map(n -> copies.merge(n, 1, Integer::sum) - 1).orElse(-1);
    }

    private static boolean runs(List<Task> slot) {
        return slot.stream().anyMatch(task -> task.state() == TaskState.RUNNING);
    }
}

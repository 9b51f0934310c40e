package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.store.View;

/// The slots of one service: which tasks are in each, which slots are live, and which have to be
/// looked at. With it a change of one task costs the same in a service of ten tasks and of a
/// hundred thousand. All of it is derived from the view; every slot begins unlooked-at.
final class Roster {
    private final TreeMap<Long, List<TaskId>> slots = new TreeMap<>();
    private final TreeSet<Long> dirty = new TreeSet<>();
    /// Slots that count as replicas, as last settled.
    private final TreeSet<Long> live = new TreeSet<>();
    /// Slots with tasks that do not count, as last settled.
    private final TreeSet<Long> dead = new TreeSet<>();
    /// Every slot below this is live.
    private long free = 1;

    void add(Task task) {
        slots.computeIfAbsent(task.slot(), _ -> new ArrayList<>(1)).add(task.id());
        dirty.add(task.slot());
    }

    void remove(Task task) {
        Optional.ofNullable(slots.get(task.slot())).ifPresent(tasks -> tasks.remove(task.id()));
        dirty.add(task.slot());
    }

    void touch(long slot) {
        dirty.add(slot);
    }

    void touchAll() {
        dirty.addAll(slots.keySet());
    }

    boolean hasDirty() {
        return !dirty.isEmpty();
    }

    /// Takes a slot that has to be looked at.
    long takeDirty() {
        return dirty.removeFirst();
    }

    /// What became of a slot that was looked at.
    void settle(long slot, boolean counts) {
        live.remove(slot);
        dead.remove(slot);
        if (counts) {
            live.add(slot);
            return;
        }
        free = Math.min(free, Math.max(slot, 1));
        if (slots.getOrDefault(slot, List.of()).isEmpty()) {
            slots.remove(slot);
        } else {
            dead.add(slot);
        }
    }

    int liveCount() {
        return live.size();
    }

    boolean isLive(long slot) {
        return live.contains(slot);
    }

    /// The live slots, lowest first.
    List<Long> live() {
        return List.copyOf(live);
    }

    /// A bounded number of the slots that have tasks and do not count.
    List<Long> dead(int most) {
        return dead.stream().limit(most).toList();
    }

    /// The lowest slots that are not live.
    List<Long> free(long count) {
        while (live.contains(free)) {
            free++;
        }
        List<Long> found = new ArrayList<>();
        for (long slot = free; found.size() < count; slot++) {
            if (!live.contains(slot)) {
                found.add(slot);
            }
        }
        return found;
    }

    /// The tasks of a slot, oldest first.
    List<Task> tasks(long slot, View view) {
        return slots.getOrDefault(slot, List.of()).stream().map(view::task)
                .flatMap(Optional::stream).sorted(Slots.BY_AGE).toList();
    }
}

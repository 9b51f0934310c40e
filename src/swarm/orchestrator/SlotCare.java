package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.UpdateStatus;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.Transaction;
import swarm.store.View;

/// What is to be done about the tasks of one slot: those that ended or were sent away are replaced
/// as their policy says; what a silent node runs is given a stand-in, and is itself told to end
/// only when that runs; and of several that are wanted only one stays once it runs.
///
/// Departs: Docker tells the tasks of a silent node to end at once. Here the first that is seen to
/// run wins, so that a node that was only cut off for a while loses nothing.
final class SlotCare {
    private final Restarter restarter;

    SlotCare(Restarter restarter) {
        this.restarter = restarter;
    }

    /// Whether the slot counts as a replica: a task of it is wanted, or its newest ended and may
    /// not be restarted. A rollback starts those anew, and so does not count them.
    boolean live(Service service, List<Task> slot) {
        return !Slots.wanted(slot).isEmpty() || finished(service, slot).isPresent();
    }

    /// The newest task of a slot where none is wanted, if it stands for a replica that is done.
    Optional<Task> finished(Service service, List<Task> slot) {
        boolean rollingBack = service.updateStatus().map(UpdateStatus::state)
                .equals(Optional.of(UpdateStatus.State.ROLLBACK_STARTED));
        Task newest = Slots.newest(slot);
        boolean done = Slots.wanted(slot).isEmpty() && !rollingBack
                && newest.desiredState() == TaskState.SHUTDOWN;
        return done && !restarter.restarts().allowed(newest) ? Optional.of(newest)
                : Optional.empty();
    }

    /// The changes that the slot needs now. A task with a successor already is only laid down.
    List<Transaction> look(Service service, List<Task> slot, View view, Moment moment) {
        List<Task> wanted = Slots.wanted(slot);
        List<Transaction> changes = new ArrayList<>();
        boolean allSilent = !wanted.isEmpty();
        for (Task task : wanted) {
            boolean silent = silent(task, view);
            allSilent &= silent;
            if (!silent && over(task, view)) {
                changes.add(task.equals(wanted.getLast())
                        ? restarter.replace(service, task, view, moment) : end(task));
            }
        }
        if (allSilent && restarter.restarts().allowed(wanted.getLast())) {
            restarter.restarts().add(wanted.getLast(), moment.wall());
            return List.of(Transaction.of(NewTask.inSlot(service, wanted.getLast().slot(),
                    TaskState.RUNNING, view, moment)));
        }
        return changes.isEmpty() && wanted.size() > 1 ? thin(service, wanted, view) : changes;
    }

    private static Transaction end(Task task) {
        return Transaction.of(new Change.Update(task.withDesired(TaskState.SHUTDOWN)));
    }

    /// Whether the task may well run on, on a node that is not heard and not given up.
    private static boolean silent(Task task, View view) {
        boolean meant = task.desiredState() == TaskState.RUNNING && !task.state().terminal();
        return meant && task.nodeId().flatMap(view::node)
                .filter(node -> node.status().state() == Node.State.DOWN
                        && node.spec().availability() != Node.Availability.DRAIN).isPresent();
    }

    /// Whether a wanted task has ended, or lost its node, and waits for no start of its own.
    private boolean over(Task task, View view) {
        Optional<Node> node = task.nodeId().flatMap(view::node);
        boolean lost = task.nodeId().isPresent() && (node.isEmpty() || node.get().invalid());
        return !restarter.waits(task.id()) && (task.state().terminal() || lost);
    }

    /// The oldest up-to-date task that is seen to run stays. Those before it end, those after it
    /// were stand-ins that nobody needs, and are forgotten.
    private static List<Transaction> thin(Service service, List<Task> wanted, View view) {
        Optional<Task> first = wanted.stream().filter(task -> task.state() == TaskState.RUNNING
                && !silent(task, view) && !NewTask.outOfDate(task, service, view)).findFirst();
        if (first.isEmpty()) {
            return List.of();
        }
        List<Transaction> changes = new ArrayList<>();
        for (Task task : wanted) {
            boolean standIn = Slots.BY_AGE.compare(task, first.get()) > 0
                    && !NewTask.outOfDate(task, service, view);
            if (!task.id().equals(first.get().id())) {
                changes.add(Transaction.of(new Change.Update(
                        task.withDesired(standIn ? TaskState.REMOVE : TaskState.SHUTDOWN))));
            }
        }
        return changes;
    }
}

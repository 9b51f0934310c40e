package swarm.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import swarm.model.ConstraintMatch;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Resources;
import swarm.model.Task;
import swarm.model.TaskSpec;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Rejects tasks on nodes that no longer are what their service asks for, or no longer have what
/// they reserve. What follows from that, the loops that restart tasks decide. Nodes are looked at
/// when they change; a drained node is emptied by others, a paused one is left alone.
/// (swarmkit manager/orchestrator/constraintenforcer)
public final class Enforcer implements Loop {
    private static final String MESSAGE = "task rejected by constraint enforcer";
    private static final String ERR = "assigned node no longer meets constraints";

    private final TreeSet<NodeId> dirty = new TreeSet<>();

    /// An enforcer that has looked at no node yet.
    public Enforcer() { }

    @Override public void onStart(View view, Moment moment) {
        view.nodes().forEach(node -> dirty.add(node.id()));
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event) {
            case StoreEvent.Created(Node node) -> dirty.add(node.id());
            case StoreEvent.Updated(Node _, Node node) -> dirty.add(node.id());
            case StoreEvent.Created _, StoreEvent.Updated _, StoreEvent.Deleted _ -> { }
        }
    }

    @Override public List<Transaction> decide(View view, Moment moment) {
        while (!dirty.isEmpty()) {
            List<Transaction> rejected = view.node(dirty.pollFirst())
                    .filter(node -> node.spec().availability() == Node.Availability.ACTIVE)
                    .map(node -> look(node, view, moment)).orElse(List.of());
            if (!rejected.isEmpty()) {
                return rejected;
            }
        }
        return List.of();
    }

    @Override public long deadline() {
        return NEVER;
    }

    /// The tasks to reject; of those that do not fit together the youngest.
    private static List<Transaction> look(Node node, View view, Moment moment) {
        List<Transaction> rejected = new ArrayList<>();
        Resources free = node.description().resources();
        for (Task task : view.tasksOn(node.id()).stream().sorted(Slots.BY_AGE).toList()) {
            if (!placed(task)) {
                continue;
            }
            Resources reserved = task.spec().reservations();
            if (fits(task, node, view) && free.holds(reserved)) {
                free = free.minus(reserved);
            } else {
                rejected.add(Transaction.of(new Change.Update(task.withStatus(task.status()
                        .moved(moment.wall(), TaskState.REJECTED, MESSAGE).withErr(ERR)))));
            }
        }
        return rejected;
    }

    private static boolean placed(Task task) {
        return !task.desiredState().after(TaskState.COMPLETE)
                && !task.state().before(TaskState.ASSIGNED) && !task.state().terminal();
    }

    /// Judged by what the service asks for now; the task may be older.
    private static boolean fits(Task task, Node node, View view) {
        TaskSpec spec = view.service(task.serviceId())
                .map(service -> service.spec().taskTemplate()).orElse(task.spec());
        return ConstraintMatch.allHold(spec.constraints(), node);
    }
}

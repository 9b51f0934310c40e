package swarm.orchestrator;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.ConstraintMatch;
import swarm.model.Ids;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Service;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskSpec;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.View;

/// Makes new tasks from a service. They begin PENDING: nothing has to be allotted between NEW and
/// PENDING here, and these are the state and message that Docker shows.
final class NewTask {
    private static final String MESSAGE = "pending task scheduling";

    private NewTask() { }

    /// A task in a slot of a replicated service, for the scheduler to place.
    static Change.Create inSlot(Service service, long slot, TaskState desired, View view,
            Moment moment) {
        return make(service, new Place(slot, Optional.empty()), desired, view, moment);
    }

    /// A task of a global service on its node.
    static Change.Create onNode(Service service, NodeId node, TaskState desired, View view,
            Moment moment) {
        return make(service, new Place(0, Optional.of(node)), desired, view, moment);
    }

    /// Whether the task is not what the service would make now. The same version of the spec is
    /// never compared; another may still ask for the same task. What the registry is told counts
    /// only for a task that is not prepared yet, or has ended; constraints only where the task's
    /// node does not satisfy them. (swarmkit orchestrator/task.go)
    static boolean outOfDate(Task task, Service service, View view) {
        if (task.specVersion().equals(service.specVersion())) {
            return false;
        }
        TaskSpec wanted = template(service, view);
        boolean prepared = !task.state().before(TaskState.READY) && !task.state().terminal();
        TaskSpec own = prepared ? task.spec().withContainer(task.spec().container()
                .withRegistryAuth(wanted.container().registryAuth())) : task.spec();
        boolean fits = task.nodeId().flatMap(view::node)
                .filter(node -> ConstraintMatch.allHold(wanted.constraints(), node)).isPresent();
        return !(fits ? constrained(own, wanted.constraints())
                        .equals(constrained(wanted, wanted.constraints())) : own.equals(wanted))
                || !task.endpoint().equals(Optional.of(service.spec().endpoint()));
    }

    /// The spec with these constraints.
    private static TaskSpec constrained(TaskSpec spec, List<String> constraints) {
        Placement own = spec.placementOrAnywhere();
        Placement placement = new Placement(constraints, own.preferences(), own.maxReplicas(),
                own.platforms());
        return new TaskSpec(spec.containerSpec(), spec.resources(), spec.restartPolicy(),
                Optional.of(placement), spec.logDriver(), spec.forceUpdate(), spec.runtime());
    }

    /// A slot, or a node.
    private record Place(long slot, Optional<NodeId> node) { }

    private static Change.Create make(Service service, Place place, TaskState desired, View view,
            Moment moment) {
        TaskId id = new TaskId(Ids.draw(moment.chance()));
        TaskStatus status = TaskStatus.of(moment.wall(), TaskState.PENDING, MESSAGE);
        return new Change.Create(new Task(id, Version.NONE, moment.wall(), moment.wall(),
                new TreeMap<>(), template(service, view), service.id(), place.slot(),
                place.node(), status, desired, Optional.empty(), service.spec().name(),
                service.spec().labels(), Optional.of(service.spec().endpoint()),
                service.specVersion()));
    }

    /// The service's template, with the swarm's log driver where it names none.
    private static TaskSpec template(Service service, View view) {
        TaskSpec spec = service.spec().taskTemplate();
        Optional<TaskSpec.LogDriver> common = view.cluster().map(Cluster::spec)
                .map(ClusterSpec::taskDefaults).flatMap(ClusterSpec.TaskDefaults::logDriver);
        return spec.logDriver().isPresent() || common.isEmpty() ? spec
                : spec.withLogDriver(common.get());
    }
}

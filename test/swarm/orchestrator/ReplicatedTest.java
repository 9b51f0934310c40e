package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.Version;
import swarm.scheduler.Lab;
import swarm.store.Change;

/// As many slots as replicas, and which go first. (swarmkit manager/orchestrator/replicated)
final class ReplicatedTest {
    private final Lab lab = Labs.all();

    private List<Long> slots(ServiceId service) {
        return lab.wanted(service).stream().map(Task::slot).sorted().toList();
    }

    private void scale(ServiceId service, long replicas) {
        lab.update(service, Lab.replicated(service.text(), replicas, Labs.template("i", ""), ""));
    }

    private ServiceId web(long replicas) {
        return lab.service("web", replicas, Labs.template("i", ""));
    }

    @Test void newServiceGetsItsTasks() {
        ServiceId web = web(2);
        assertEquals(List.of(1L, 2L), slots(web));
        for (Task task : lab.tasks(web)) {
            assertEquals("web", task.serviceName());
            assertEquals(TaskState.PENDING, task.state());
            assertEquals("pending task scheduling", task.status().message());
            assertEquals("no suitable node", task.status().err());
        }
    }

    @Test void scalingUpFillsTheLowestFreeSlots() {
        ServiceId web = web(1);
        scale(web, 3);
        assertEquals(List.of(1L, 2L, 3L), slots(web));
    }

    @Test void scalingDownRemovesAndForgets() {
        lab.node("n1");
        ServiceId web = web(3);
        lab.obey();
        scale(web, 1);
        assertEquals(List.of(1L), slots(web));
        assertEquals(2, lab.tasks(web).stream()
                .filter(task -> task.desiredState() == TaskState.REMOVE).count());
        lab.obey();
        lab.pass(1_000);
        assertEquals(1, lab.tasks(web).size());
    }

    @Test void manyBatchesEndWithTheRightNumber() {
        lab.node("n1");
        ServiceId web = web(1_050);
        assertEquals(1_050, slots(web).size());
        assertEquals(1_050L, slots(web).getLast());
        scale(web, 3);
        assertEquals(3, slots(web).size());
        scale(web, 700);
        assertEquals(700, slots(web).size());
        assertEquals(700L, slots(web).getLast());
    }

    @Test void shrinkingByManyBatchesStillTakesTheCrowdedFirst() {
        ServiceId web = web(120);
        NodeId n1 = lab.node("n1");
        lab.obey();
        NodeId n2 = lab.node("n2");
        scale(web, 240);
        lab.obey();
        assertEquals(120, lab.view.tasksOn(n2).size());
        scale(web, 10);
        assertEquals(10, slots(web).size());
        for (NodeId node : List.of(n1, n2)) {
            assertEquals(5, lab.wanted(web).stream()
                    .filter(task -> task.nodeId().equals(Optional.of(node))).count());
        }
    }

    @Test void eachShrinkingLooksAnewAtWhatIsCrowded() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(4);
        lab.obey();
        scale(web, 3);
        lab.become(n1, Node.Availability.PAUSE);
        lab.node("n2");
        scale(web, 5);
        lab.obey();
        scale(web, 3);
        assertEquals(List.of(1L, 2L, 4L), slots(web), "one of three, one of two");
    }

    @Test void liveTaskThatIsDeletedIsMadeAgain() {
        ServiceId web = web(2);
        lab.write(Change.Delete.of(lab.tasks(web).getFirst()));
        assertEquals(List.of(1L, 2L), slots(web));
    }

    @Test void tasksOfADeletedServiceGo() {
        lab.node("n1");
        ServiceId web = web(2);
        lab.obey();
        lab.remove(web);
        assertEquals(List.of(), slots(web));
        lab.obey();
        lab.pass(1_000);
        assertEquals(List.of(), lab.tasks(web));
    }

    @Test void tasksOfAServiceDeletedWithoutLeaderGoAtTheStart() {
        ServiceId web = web(2);
        lab.apply(Change.Delete.of(lab.view.service(web).orElseThrow()));
        lab.lead();
        lab.pass(1_000);
        assertEquals(List.of(), lab.tasks(web));
    }

    /// Slots as swarmkit's TestReplicatedScaleDown has them, on nodes and running or not.
    private static List<Task> leaving(Task... tasks) {
        return Slots.inOrderOfLeaving(List.copyOf(
                new Slots(List.of(tasks)).all().values())).stream().map(List::getFirst).toList();
    }

    private Task task(ServiceId web, long slot, String node, TaskState state) {
        Task made = lab.tasks(web).stream().filter(t -> t.slot() == slot).findFirst()
                .orElseThrow();
        return (node.isEmpty() ? made : made.withNode(new NodeId(node)))
                .withStatus(made.status().moved(lab.wall(), state, ""));
    }

    @Test void crowdedNodesGiveUpTheirTasksFirst() {
        ServiceId web = web(7);
        List<Task> order = leaving(task(web, 1, "n3", TaskState.RUNNING),
                task(web, 2, "n2", TaskState.RUNNING), task(web, 3, "n3", TaskState.RUNNING),
                task(web, 4, "n1", TaskState.READY), task(web, 5, "", TaskState.PENDING),
                task(web, 6, "n2", TaskState.RUNNING), task(web, 7, "n3", TaskState.RUNNING));
        assertEquals(List.of(5L, 7L, 6L, 3L, 4L, 2L, 1L),
                order.stream().map(Task::slot).toList());
    }

    @Test void drainedAndLostNodesAloneLoseTheirTasks() {
        NodeId n1 = lab.node("n1");
        NodeId n2 = lab.node("n2");
        NodeId n3 = lab.node("n3");
        ServiceId web = web(6);
        lab.obey();
        lab.become(n2, Node.State.UNKNOWN);
        lab.become(n3, Node.Availability.PAUSE);
        assertEquals(6, lab.tasks(web).size());
        lab.become(n1, Node.Availability.DRAIN);
        assertEquals(6, lab.wanted(web).size());
        assertTrue(lab.tasks(web).stream().allMatch(task -> task.nodeId().equals(Optional.of(n1))
                == (task.desiredState() == TaskState.SHUTDOWN)));
    }

    @Test void drainedNodesTasksAreReplacedWithoutDelay() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        lab.node("n2");
        lab.become(n1, Node.Availability.DRAIN);
        Task made = lab.wanted(web).getFirst();
        assertEquals(TaskState.READY, made.desiredState(), "the old one still runs");
        lab.obey();
        assertEquals(TaskState.RUNNING, lab.now(made).state());
    }

    @Test void taskOfANodeThatIsRemovedIsReplacedWithoutDelay() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        Task old = lab.tasks(web).getFirst();
        lab.node("n2");
        lab.write(Change.Delete.of(lab.view.node(n1).orElseThrow()), new Change.Update(
                old.withStatus(old.status().moved(lab.wall(), TaskState.ORPHANED, ""))));
        assertEquals(TaskState.RUNNING, lab.wanted(web).getFirst().desiredState());
        assertEquals(TaskState.SHUTDOWN, lab.now(old).desiredState());
        assertEquals(1, lab.wanted(web).size());
    }

    @Test void silentNodesTaskStaysWantedUntilItsStandInRuns() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        Task old = lab.tasks(web).getFirst();
        lab.node("n2");
        lab.become(n1, Node.State.DOWN);
        assertEquals(TaskState.RUNNING, lab.now(old).desiredState());
        Task standIn = lab.tasks(web).getLast();
        assertEquals(TaskState.RUNNING, standIn.desiredState());
        lab.obey();
        assertEquals(TaskState.SHUTDOWN, lab.now(old).desiredState());
        lab.become(n1, Node.State.READY);
        lab.obey();
        lab.pass(10_000);
        assertEquals(List.of(standIn.id()), ids(web));
        assertEquals(TaskState.SHUTDOWN, lab.now(old).state());
    }

    @Test void nodeThatComesBackFirstKeepsItsTask() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        Task old = lab.tasks(web).getFirst();
        lab.become(n1, Node.State.DOWN);
        assertEquals(2, lab.wanted(web).size());
        lab.become(n1, Node.State.READY);
        assertEquals(List.of(old.id()), ids(web));
        assertEquals(TaskState.REMOVE, lab.tasks(web).getLast().desiredState());
        lab.obey();
        lab.pass(1_000);
        assertEquals(1, lab.tasks(web).size());
    }

    @Test void standInOfALostNodeIsKeptByANewLeader() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        lab.become(n1, Node.State.DOWN);
        List<TaskId> before = ids(web);
        lab.lead();
        assertEquals(before, ids(web));
        lab.node("n2");
        lab.obey();
        assertEquals(1, lab.wanted(web).size());
        assertEquals(before.getLast(), ids(web).getFirst());
    }

    @Test void lostNodeAndLostStandInLeadToAThird() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        NodeId n2 = lab.node("n2");
        lab.become(n1, Node.State.DOWN);
        lab.become(n2, Node.State.DOWN);
        lab.node("n3");
        lab.obey();
        assertEquals(1, lab.wanted(web).size());
        lab.become(n1, Node.State.READY);
        lab.become(n2, Node.State.READY);
        lab.obey();
        lab.pass(10_000);
        assertEquals(1, lab.tasks(web).stream()
                .filter(task -> task.state() == TaskState.RUNNING).count());
    }

    @Test void silentNodeThatIsDrainedGivesItsTaskUp() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        Task old = lab.tasks(web).getFirst();
        lab.become(n1, Node.State.DOWN);
        lab.become(n1, Node.Availability.DRAIN);
        assertEquals(TaskState.SHUTDOWN, lab.now(old).desiredState());
        assertEquals(1, lab.wanted(web).size());
    }

    @Test void silentNodeThatIsRemovedLeavesTheStandInAlone() {
        NodeId n1 = lab.node("n1");
        ServiceId web = web(1);
        lab.obey();
        Task old = lab.tasks(web).getFirst();
        lab.become(n1, Node.State.DOWN);
        List<TaskId> standIn = List.of(lab.tasks(web).getLast().id());
        lab.write(Change.Delete.of(lab.view.node(n1).orElseThrow()), new Change.Update(
                old.withStatus(old.status().moved(lab.wall(), TaskState.ORPHANED, ""))));
        assertEquals(standIn, ids(web));
        assertEquals(2, lab.tasks(web).size());
    }

    @Test void leftoversInASlotThatDoesNotCountGo() {
        ServiceId web = web(1);
        Task task = lab.tasks(web).getFirst();
        Task other = new Task(new TaskId("leftover"), Version.NONE, lab.wall(), lab.wall(),
                new TreeMap<>(), task.spec(), web, 9, Optional.of(new NodeId("gone")),
                task.status().moved(lab.wall(), TaskState.FAILED, ""), TaskState.SHUTDOWN,
                Optional.empty(), "web", new TreeMap<>(), task.endpoint(), task.specVersion());
        lab.write(new Change.Create(other));
        lab.pass(1_000);
        assertEquals(List.of(task), lab.tasks(web));
    }

    @Test void newLeaderTouchesNoHealthyTask() {
        lab.node("n1");
        lab.node("n2");
        ServiceId web = web(5);
        lab.obey();
        List<Task> before = lab.tasks(web);
        lab.lead();
        lab.pass(100_000);
        assertEquals(before, lab.tasks(web));
    }

    private List<TaskId> ids(ServiceId service) {
        return lab.wanted(service).stream().map(Task::id).toList();
    }

    @Test void newTasksCarryTheServicesLabels() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("a", "b");
        ServiceId web = lab.service("web", Lab.spec("web", "'Labels':{'a':'b'}"));
        assertEquals(labels, lab.tasks(web).getFirst().serviceLabels());
    }
}

package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.scheduler.Lab;
import swarm.store.Change;
import swarm.store.Moment;

/// One task on every node that fits. (swarmkit manager/orchestrator/global)
final class GlobalTest {
    private final Lab lab = Labs.all();
    private final NodeId n1 = lab.node("n1");
    private final NodeId n2 = lab.node("n2");

    private static ServiceSpec spec(String image, String restart) {
        return Lab.spec("all", "'Mode':{'Global':{}},'TaskTemplate':{"
                + Labs.template(image, restart) + "}");
    }

    private ServiceId all(String restart) {
        ServiceId all = lab.service("all", spec("i", restart));
        lab.obey();
        return all;
    }

    private List<Task> on(ServiceId service, NodeId node) {
        return lab.tasks(service).stream()
                .filter(task -> task.nodeId().equals(Optional.of(node))).toList();
    }

    private List<Task> wantedOn(ServiceId service, NodeId node) {
        return lab.wanted(service).stream()
                .filter(task -> task.nodeId().equals(Optional.of(node))).toList();
    }

    @Test void everyNodeGetsOneAndNewNodesToo() {
        ServiceId all = all("");
        NodeId n3 = lab.node("n3");
        for (NodeId node : List.of(n1, n2, n3)) {
            assertEquals(1, on(all, node).size());
            assertEquals(0, on(all, node).getFirst().slot());
        }
        assertEquals("scheduler confirmed task can run on preassigned node",
                on(all, n3).getFirst().status().message());
    }

    @Test void deletedServicesTasksGo() {
        ServiceId all = all("");
        lab.remove(all);
        lab.obey();
        lab.pass(1_000);
        assertEquals(List.of(), lab.tasks(all));
    }

    @Test void deletedNodesTasksAreForgotten() {
        ServiceId all = all("");
        Task task = on(all, n1).getFirst();
        lab.write(Change.Delete.of(lab.view.node(n1).orElseThrow()), new Change.Update(
                task.withStatus(task.status().moved(lab.wall(), TaskState.ORPHANED, ""))));
        lab.pass(1_000);
        assertEquals(List.of(), on(all, n1));
        assertEquals(1, lab.tasks(all).size());
    }

    @Test void drainedNodeHasNoneUntilItIsActiveAgain() {
        ServiceId all = all("");
        lab.become(n1, Node.Availability.DRAIN);
        lab.obey();
        assertEquals(List.of(), wantedOn(all, n1));
        lab.update(all, spec("j", ""));
        lab.obey();
        lab.pass(10_000);
        assertEquals(List.of(), wantedOn(all, n1));
        lab.become(n1, Node.Availability.ACTIVE);
        assertEquals(1, wantedOn(all, n1).size());
    }

    @Test void pausedNodeKeepsItsTaskAndGetsNoOther() {
        ServiceId all = all("");
        List<Task> before = on(all, n1);
        lab.become(n1, Node.Availability.PAUSE);
        assertEquals(before, on(all, n1));
        lab.report(before.getFirst(), TaskState.FAILED);
        lab.pass(60_000);
        assertEquals(1, on(all, n1).size());
        lab.become(n1, Node.Availability.ACTIVE);
        assertEquals(TaskState.READY, wantedOn(all, n1).getFirst().desiredState());
    }

    @Test void silentNodeKeepsItsTask() {
        ServiceId all = all("");
        List<Task> before = on(all, n1);
        lab.become(n1, Node.State.DOWN);
        lab.pass(60_000);
        lab.become(n1, Node.State.READY);
        lab.obey();
        assertEquals(before, on(all, n1));
    }

    @Test void taskThatEndedWhileItsNodeWasSilentIsReplaced() {
        ServiceId all = all("");
        lab.become(n1, Node.State.DOWN);
        lab.become(n1, Node.State.READY);
        lab.report(on(all, n1).getFirst(), TaskState.FAILED);
        lab.pass(5_000);
        lab.obey();
        assertEquals(TaskState.RUNNING, wantedOn(all, n1).getFirst().state());
    }

    @Test void failedTaskIsReplacedOnItsNode() {
        ServiceId all = all("");
        lab.report(on(all, n1).getFirst(), TaskState.FAILED);
        assertEquals(TaskState.READY, wantedOn(all, n1).getFirst().desiredState());
        lab.pass(5_000);
        lab.obey();
        assertEquals(TaskState.RUNNING, wantedOn(all, n1).getFirst().state());
        assertEquals(1, on(all, n2).size());
    }

    @Test void conditionNoneReplacesNothingUntilTheSpecChanges() {
        ServiceId all = all("'Condition':'none'");
        lab.report(on(all, n1).getFirst(), TaskState.FAILED);
        lab.update(all, spec("i", "'Condition':'none'"));
        lab.pass(60_000);
        assertEquals(List.of(), wantedOn(all, n1));
        assertEquals(1, on(all, n1).size());
        lab.update(all, spec("j", "'Condition':'none'"));
        assertEquals(1, wantedOn(all, n1).size());
    }

    @Test void attemptsAreCountedPerNodeAndByANewLeaderToo() {
        String restart = "'MaxAttempts':2,'Delay':1000000";
        ServiceId all = all(restart);
        for (int i = 0; i < 3; i++) {
            lab.report(wantedOn(all, n1).getFirst(), TaskState.FAILED);
            lab.lead();
            lab.pass(200);
            lab.obey();
        }
        assertEquals(List.of(), wantedOn(all, n1));
        lab.report(wantedOn(all, n2).getFirst(), TaskState.FAILED);
        assertEquals(1, wantedOn(all, n2).size());
    }

    @Test void secondTaskOfANodeIsShutDownAtTheStart() {
        ServiceId all = all("");
        Task first = on(all, n1).getFirst();
        lab.now++;
        lab.apply(NewTask.onNode(lab.view.service(all).orElseThrow(), n1, TaskState.RUNNING,
                lab.view, new Moment(lab.now, lab.wall(), new Random(3))));
        lab.lead();
        assertEquals(List.of(first.id()), wantedOn(all, n1).stream().map(Task::id).toList());
    }

    @Test void nodeThatStopsMatchingLosesItsTask() {
        lab.label(n1, "zone", "a");
        ServiceId all = lab.service("all", Lab.spec("all", "'Mode':{'Global':{}},'TaskTemplate':{"
                + Labs.template("i", "") + ",'Placement':{'Constraints':"
                + "['node.labels.zone==a']}}"));
        lab.obey();
        assertEquals(1, lab.tasks(all).size());
        lab.label(n1, "zone", "b");
        lab.obey();
        lab.pass(60_000);
        assertEquals(List.of(), lab.wanted(all));
        lab.label(n1, "zone", "a");
        lab.obey();
        assertEquals(1, lab.wanted(all).size());
    }

    @Test void otherServicesTasksAreLeftAlone() {
        ServiceId all = all("");
        ServiceId two = lab.service("two", Lab.spec("two", "'Mode':{'Global':{}}"));
        lab.obey();
        List<Task> before = lab.tasks(two);
        lab.lead();
        lab.update(all, spec("j", ""));
        lab.obey();
        lab.report(lab.wanted(all).getFirst(), TaskState.FAILED);
        lab.pass(60_000);
        lab.obey();
        assertEquals(before, lab.tasks(two));
    }

    @Test void waitingReplacementIsStartedByTheNextLeader() {
        ServiceId all = all("");
        lab.report(on(all, n1).getFirst(), TaskState.FAILED);
        lab.obey();
        lab.lead();
        lab.pass(5_000);
        lab.obey();
        assertTrue(lab.wanted(all).stream().allMatch(task -> task.state() == TaskState.RUNNING));
    }
}

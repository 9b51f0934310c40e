package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Resources;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.UpdateStatus;
import swarm.scheduler.Lab;
import swarm.store.Change;
import swarm.store.Moment;

/// Rolling a service over to another spec. (swarmkit manager/orchestrator/update)
final class UpdaterTest {
    private static final String ROLLBACK = "'UpdateConfig':{'Parallelism':1,'Monitor':500000000,"
            + "'MaxFailureRatio':0.4,'FailureAction':'rollback'},"
            + "'RollbackConfig':{'Parallelism':1,'Monitor':500000000,'FailureAction':'ACTION'}";

    private final Lab lab = Labs.all();
    /// The node of all tasks, unless a test adds others.
    private NodeId node;

    @BeforeEach void aNode() {
        node = lab.node("n1");
    }

    private static ServiceSpec spec(long replicas, String image, String more) {
        return Lab.replicated("web", replicas, Labs.template(image, ""), more);
    }

    private static String update(String config) {
        return "'UpdateConfig':{" + config + "}";
    }

    private ServiceId running(ServiceSpec spec) {
        ServiceId web = lab.service("web", spec);
        lab.obey();
        return web;
    }

    private static String image(Task task) {
        return task.spec().container().image();
    }

    private long wanted(ServiceId service, String image) {
        return lab.wanted(service).stream().filter(task -> image(task).equals(image)).count();
    }

    private Optional<UpdateStatus.State> state(ServiceId service) {
        return lab.view.service(service).flatMap(Service::updateStatus).map(UpdateStatus::state);
    }

    private String message(ServiceId service) {
        return lab.view.service(service).flatMap(Service::updateStatus).orElseThrow().message();
    }

    /// So much time passes while agents obey, but tasks of a bad image fail when they start.
    private void live(String bad, long ms) {
        for (long t = 0; t < ms; t += 100) {
            lab.obey(bad);
            lab.pass(100);
        }
    }

    @Test void changedImageReachesEverySlot() {
        ServiceId web = running(spec(3, "i", ""));
        lab.update(web, spec(3, "j", ""));
        assertEquals(Optional.of(UpdateStatus.State.UPDATING), state(web));
        assertEquals("update in progress", message(web));
        assertEquals(1, wanted(web, "j"), "one at a time");
        live("", 400);
        assertEquals(3, wanted(web, "j"));
        assertTrue(lab.wanted(web).stream().allMatch(task -> task.state() == TaskState.RUNNING));
        assertEquals(Optional.of(UpdateStatus.State.UPDATING), state(web), "still watched");
        live("", 6_000);
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
        assertEquals("update completed", message(web));
        assertEquals(List.of(1L, 2L, 3L),
                lab.wanted(web).stream().map(Task::slot).sorted().toList());
    }

    @Test void nothingIsSaidOfAnUpdateThatChangesNoTask() {
        ServiceId web = running(spec(2, "i", ""));
        List<Task> before = lab.tasks(web);
        lab.update(web, spec(2, "i", update("'Parallelism':2")));
        lab.pass(60_000);
        assertEquals(Optional.empty(), state(web));
        assertEquals(before, lab.tasks(web));
    }

    @Test void raisingTheForceCounterReplacesAll() {
        ServiceId web = running(spec(2, "i", ""));
        lab.update(web, Lab.replicated("web", 2, Labs.template("i", "") + ",'ForceUpdate':1", ""));
        live("", 7_000);
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
        assertTrue(lab.wanted(web).stream().allMatch(task -> task.spec().forceUpdate() == 1));
    }

    @Test void delayPassesBetweenSlots() {
        ServiceId web = running(spec(2, "i", update("'Parallelism':1,'Delay':2000000000")));
        lab.update(web, spec(2, "j", update("'Parallelism':1,'Delay':2000000000")));
        lab.obey();
        lab.pass(1_900);
        assertEquals(1, wanted(web, "j"));
        lab.pass(200);
        assertEquals(2, wanted(web, "j"));
    }

    @Test void parallelismZeroReplacesAllAtOnce() {
        ServiceId web = running(spec(150, "i", update("'Parallelism':0")));
        lab.update(web, spec(150, "j", update("'Parallelism':0")));
        assertEquals(150, wanted(web, "j"));
    }

    @Test void parallelismIsNeverExceeded() {
        ServiceId web = running(spec(7, "i", update("'Parallelism':3")));
        lab.update(web, spec(7, "j", update("'Parallelism':3")));
        assertEquals(3, wanted(web, "j"));
        lab.lead();
        assertEquals(3, wanted(web, "j"), "not by a new leader either");
        live("", 16_000);
        assertEquals(7, wanted(web, "j"));
    }

    @Test void stopFirstWaitsForAnOldTaskAtMostAMinute() {
        ServiceId web = running(spec(1, "i", ""));
        lab.update(web, spec(1, "j", ""));
        lab.pass(59_999);
        assertEquals(TaskState.READY, lab.wanted(web).getFirst().desiredState());
        lab.pass(1);
        assertEquals(TaskState.RUNNING, lab.wanted(web).getFirst().desiredState());
    }

    @Test void startFirstKeepsTheOldTaskUntilTheNewOneRuns() {
        String first = update("'Parallelism':0,'Order':'start-first'");
        ServiceId web = running(spec(3, "i", first));
        lab.update(web, spec(3, "j", first));
        assertEquals(6, lab.wanted(web).size());
        Task made = lab.wanted(web).stream().filter(task -> image(task).equals("j")).findFirst()
                .orElseThrow();
        assertEquals(TaskState.RUNNING, made.desiredState());
        lab.report(made, TaskState.RUNNING);
        assertEquals(5, lab.wanted(web).size());
        lab.obey();
        assertEquals(3, wanted(web, "j"));
        assertEquals(0, wanted(web, "i"));
    }

    @Test void failureOfTheFirstNewTaskPauses() {
        ServiceId web = running(spec(3, "i", ""));
        lab.update(web, spec(3, "bad", ""));
        live("bad", 20_000);
        assertEquals(Optional.of(UpdateStatus.State.PAUSED), state(web));
        assertTrue(message(web).startsWith(
                "update paused due to failure or early termination of task "));
        assertEquals(2, wanted(web, "i"));
        lab.lead();
        live("bad", 20_000);
        assertEquals(2, wanted(web, "i"), "paused is paused");
    }

    @Test void actionContinueReplacesAllThatFail() {
        String on = update("'Parallelism':1,'FailureAction':'continue'");
        ServiceId web = running(spec(3, "i", on));
        lab.update(web, spec(3, "bad", on));
        live("bad", 5_000);
        assertEquals(0, wanted(web, "i"));
        live("bad", 10_000);
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
    }

    @Test void failureAfterTheMonitorTimeDoesNotCount() {
        ServiceId web = running(spec(2, "i",
                update("'Parallelism':1,'Delay':9000000000,'Monitor':1000000000")));
        lab.update(web, spec(2, "j",
                update("'Parallelism':1,'Delay':9000000000,'Monitor':1000000000")));
        lab.obey();
        lab.pass(1_500);
        Task made = lab.wanted(web).stream().filter(task -> image(task).equals("j")).findFirst()
                .orElseThrow();
        lab.report(made, TaskState.FAILED);
        assertEquals(Optional.of(UpdateStatus.State.UPDATING), state(web));
    }

    @Test void failureInTheLastWatchPauses() {
        ServiceId web = running(spec(1, "i", ""));
        lab.update(web, spec(1, "j", ""));
        lab.obey();
        lab.pass(4_000);
        lab.report(lab.wanted(web).getFirst(), TaskState.FAILED);
        assertEquals(Optional.of(UpdateStatus.State.PAUSED), state(web));
    }

    @Test void tooManyFailuresRollBack() {
        String config = ROLLBACK.replace("ACTION", "pause");
        ServiceId web = running(spec(4, "i", config));
        lab.update(web, spec(4, "bad", config));
        lab.obey("bad");
        assertEquals(2, lab.tasks(web).stream()
                .filter(task -> task.state() == TaskState.FAILED).count(), "0.25 is not above 0.4");
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_STARTED), state(web));
        assertTrue(message(web).startsWith(
                "update rolled back due to failure or early termination of task "));
        live("bad", 4_000);
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_COMPLETED), state(web));
        assertEquals("rollback completed", message(web));
        assertEquals(4, wanted(web, "i"));
        assertTrue(lab.view.service(web).orElseThrow().previousSpec().isEmpty());
    }

    @Test void ratioThatIsReachedButNotExceededIsBorne() {
        String config = ROLLBACK.replace("ACTION", "pause").replace("0.4", "0.5");
        ServiceId web = running(spec(4, "i", config));
        lab.update(web, spec(4, "bad", config));
        lab.obey("bad");
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_STARTED), state(web));
        assertEquals(3, lab.tasks(web).stream()
                .filter(task -> task.state() == TaskState.FAILED).count());
    }

    @Test void restartsAreNotFailuresOfTheUpdate() {
        String config = ROLLBACK.replace("ACTION", "pause")
                .replace("'Parallelism':1,", "'Parallelism':1,'Delay':60000000000,");
        ServiceId web = running(spec(4, "i", config));
        lab.update(web, spec(4, "bad", config));
        live("bad", 20_000);
        assertTrue(lab.tasks(web).stream()
                .filter(task -> task.state() == TaskState.FAILED).count() > 2);
        assertEquals(Optional.of(UpdateStatus.State.UPDATING), state(web));
    }

    @Test void rollbackDoesNotWaitForSlotsThatStoppedForGood() {
        String config = "'UpdateConfig':{'Parallelism':0,'FailureAction':'rollback'},"
                + "'RollbackConfig':{'Parallelism':1,'Delay':60000000000}";
        String once = "'Condition':'none'";
        ServiceId web = running(Lab.replicated("web", 4, Labs.template("i", once), config));
        lab.update(web, Lab.replicated("web", 4, Labs.template("bad", once), config
                .replace("'FailureAction':'rollback'",
                        "'FailureAction':'rollback','MaxFailureRatio':0.8")));
        lab.obey("bad");
        assertEquals(4, lab.wanted(web).stream().filter(task -> image(task).equals("i")
                && task.state() == TaskState.RUNNING).count());
    }

    @Test void rollbackTouchesOnlySlotsThatTheUpdateTouched() {
        String config = ROLLBACK.replace("ACTION", "pause").replace("0.4", "0");
        ServiceId web = running(spec(4, "i", config));
        List<Task> before = lab.tasks(web);
        lab.update(web, spec(4, "bad", config));
        live("bad", 8_000);
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_COMPLETED), state(web));
        assertEquals(3, before.stream().filter(task -> lab.view.task(task.id())
                .filter(now -> now.state() == TaskState.RUNNING).isPresent()).count());
    }

    @Test void rollbackThatFailsPausesAndIsNeverRolledBack() {
        String config = ROLLBACK.replace("ACTION", "rollback");
        ServiceId web = running(spec(4, "i", config));
        lab.update(web, spec(4, "bad", config));
        lab.obey("bad");
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_STARTED), state(web));
        lab.report(lab.wanted(web).getLast(), TaskState.FAILED);
        assertEquals(Optional.of(UpdateStatus.State.ROLLBACK_PAUSED), state(web));
        assertTrue(message(web).startsWith("rollback paused due to failure"));
    }

    @Test void newSpecEndsTheUpdateUnderWay() {
        ServiceId web = running(spec(4, "i", ""));
        lab.update(web, spec(4, "j", ""));
        lab.update(web, spec(4, "k", ""));
        live("", 8_000);
        assertEquals(4, wanted(web, "k"));
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
    }

    @Test void newLeaderFinishesTheUpdate() {
        ServiceId web = running(spec(4, "i", ""));
        lab.update(web, spec(4, "j", ""));
        for (int i = 0; i < 4; i++) {
            lab.lead();
            live("", 200);
        }
        lab.lead();
        live("", 11_000);
        assertEquals(4, wanted(web, "j"));
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
    }

    @Test void changedConstraintThatHoldsReplacesNothing() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("zone", "a");
        lab.node("n2", labels, new Resources(4_000_000_000L, 4L << 30));
        ServiceId web = running(spec(2, "i", ""));
        lab.update(web, Lab.replicated("web", 2, Labs.template("i", "")
                + ",'Placement':{'Constraints':['node.labels.zone == a']}", ""));
        live("", 7_000);
        List<Task> tasks = lab.tasks(web);
        assertEquals(3, tasks.size(), "only the one on n1 is replaced");
        assertTrue(lab.wanted(web).stream()
                .allMatch(task -> task.nodeId().equals(Optional.of(new NodeId("n2")))));
    }

    @Test void wordForTheRegistryLeavesPreparedTasksAlone() {
        ServiceId web = running(spec(1, "i", ""));
        List<Task> before = lab.tasks(web);
        Service service = lab.view.service(web).orElseThrow();
        lab.update(web, service.spec().withTemplate(service.spec().taskTemplate().withContainer(
                service.spec().taskTemplate().container().withRegistryAuth("secret"))));
        assertEquals(before, lab.tasks(web));
        assertFalse(NewTask.outOfDate(before.getFirst(),
                lab.view.service(web).orElseThrow(), lab.view));
        Task preparing = before.getFirst().withStatus(before.getFirst().status()
                .moved(lab.wall(), TaskState.PREPARING, ""));
        assertTrue(NewTask.outOfDate(preparing, lab.view.service(web).orElseThrow(), lab.view));
    }

    @Test void taskThatFitsNowhereIsReplacedByOneThatFits() {
        ServiceId web = lab.service("web", Lab.replicated("web", 1, Labs.template("i", "")
                + ",'Placement':{'Constraints':['node.labels.zone == x']}", ""));
        Task stuck = lab.tasks(web).getFirst();
        assertEquals("no suitable node (scheduling constraints not satisfied on 1 node)",
                stuck.status().err());
        lab.update(web, spec(1, "i", ""));
        lab.obey();
        assertEquals(TaskState.RUNNING, lab.wanted(web).getFirst().state());
        assertEquals(TaskState.SHUTDOWN, lab.now(stuck).state());
    }

    @Test void globalServiceIsUpdatedNodeByNodeAndPausedNodesLater() {
        NodeId n2 = lab.node("n2");
        ServiceId all = lab.service("all", Lab.spec("all", "'Mode':{'Global':{}}"));
        lab.obey();
        lab.become(node, Node.Availability.PAUSE);
        lab.update(all, Lab.spec("all", "'Mode':{'Global':{}},'TaskTemplate':{"
                + Labs.template("j", "") + "}"));
        live("", 7_000);
        for (Task task : lab.wanted(all)) {
            assertEquals(task.nodeId().equals(Optional.of(n2)) ? "j" : "i", image(task));
        }
        lab.become(node, Node.Availability.ACTIVE);
        live("", 7_000);
        assertEquals(2, wanted(all, "j"));
        assertEquals(2, lab.wanted(all).size());
    }

    @Test void replicasThatAreAddedDuringAnUpdateAreNew() {
        ServiceId web = running(spec(2, "i", ""));
        lab.update(web, spec(4, "j", ""));
        live("", 8_000);
        assertEquals(4, wanted(web, "j"));
        assertEquals(Optional.of(UpdateStatus.State.COMPLETED), state(web));
    }

    @Test void slotWithTwoNewTasksKeepsOne() {
        ServiceId web = running(spec(1, "i", ""));
        Task first = lab.tasks(web).getFirst();
        Service service = lab.view.service(web).orElseThrow();
        lab.now++;
        Change.Create copy = NewTask.inSlot(service, 1, TaskState.RUNNING, lab.view,
                new Moment(lab.now, lab.wall(), new Random(3)));
        lab.apply(copy);
        lab.lead();
        lab.obey();
        assertEquals(List.of(first.id()), lab.wanted(web).stream().map(Task::id).toList());
    }
}

package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.scheduler.Lab;
import swarm.store.Change;

/// Whether, when and how often what ended is replaced. (swarmkit manager/orchestrator/restart)
final class RestarterTest {
    private final Lab lab = Labs.all();
    /// The node of all tasks.
    private NodeId node;

    @BeforeEach void aNode() {
        node = lab.node("n1");
    }

    private ServiceId service(String restart) {
        ServiceId web = lab.service("web", 1, Labs.template("i", restart));
        lab.obey();
        return web;
    }

    private Task newest(ServiceId service) {
        return lab.tasks(service).getLast();
    }

    private Task end(ServiceId service, TaskState state) {
        Task task = newest(service);
        lab.report(task, state);
        return lab.now(task);
    }

    /// Fails the newest task and lets its replacement start.
    private void failAndStart(ServiceId service) {
        end(service, TaskState.FAILED);
        lab.pass(200);
        lab.obey();
    }

    @Test void anyReplacesFailedAndCompleteAlike() {
        for (TaskState state : List.of(TaskState.FAILED, TaskState.COMPLETE)) {
            ServiceId web = lab.service("web" + state, 1, Labs.template("i", ""));
            lab.obey();
            Task old = end(web, state);
            assertEquals(TaskState.SHUTDOWN, old.desiredState());
            assertEquals(TaskState.READY, newest(web).desiredState());
            assertEquals(old.slot(), newest(web).slot());
        }
    }

    @Test void onFailureReplacesOnlyFailures() {
        ServiceId web = service("'Condition':'on-failure'");
        Task done = end(web, TaskState.COMPLETE);
        assertEquals(TaskState.SHUTDOWN, done.desiredState());
        lab.update(web, lab.view.service(web).orElseThrow().spec());
        lab.pass(60_000);
        assertEquals(List.of(done), lab.tasks(web));
        lab.update(web, Lab.replicated("web", 1, Labs.template("j",
                "'Condition':'on-failure'"), ""));
        lab.obey();
        lab.pass(60_000);
        assertEquals(TaskState.RUNNING, newest(web).state());
        end(web, TaskState.FAILED);
        assertEquals(TaskState.READY, newest(web).desiredState());
    }

    @Test void noneReplacesNothingUntilTheSpecChanges() {
        ServiceId web = service("'Condition':'none'");
        Task failed = end(web, TaskState.FAILED);
        lab.update(web, lab.view.service(web).orElseThrow().spec());
        lab.pass(60_000);
        assertEquals(List.of(failed), lab.tasks(web));
        lab.update(web, Lab.replicated("web", 1, Labs.template("j", "'Condition':'none'"), ""));
        lab.obey();
        assertEquals(TaskState.RUNNING, newest(web).state());
        assertEquals(2, lab.tasks(web).size());
    }

    @Test void finishedSlotStillCounts() {
        ServiceId web = service("'Condition':'none'");
        end(web, TaskState.COMPLETE);
        lab.update(web, Lab.replicated("web", 2, Labs.template("i", "'Condition':'none'"), ""));
        assertEquals(List.of(2L), lab.wanted(web).stream().map(Task::slot).toList());
    }

    @Test void replacementStartsAfterTheDelayAndNotBefore() {
        ServiceId web = service("");
        end(web, TaskState.FAILED);
        lab.obey();
        assertEquals(TaskState.READY, newest(web).state(), "prepared while the delay passes");
        lab.pass(4_990);
        assertEquals(TaskState.READY, newest(web).desiredState());
        lab.pass(10);
        assertEquals(TaskState.RUNNING, newest(web).desiredState());
    }

    @Test void delayGoesOnUnderANewLeader() {
        ServiceId web = service("");
        end(web, TaskState.FAILED);
        lab.pass(3_000);
        lab.lead();
        lab.pass(1_990);
        assertEquals(TaskState.READY, newest(web).desiredState());
        lab.pass(10);
        assertEquals(TaskState.RUNNING, newest(web).desiredState());
    }

    @Test void replacementWaitsForTheOldTaskAtMostAMinute() {
        ServiceId web = service("'Delay':0");
        lab.node("n2");
        lab.become(node, Node.Availability.DRAIN);
        lab.pass(59_999);
        assertEquals(TaskState.READY, newest(web).desiredState());
        lab.pass(1);
        assertEquals(TaskState.RUNNING, newest(web).desiredState());
    }

    @Test void replacementThatFailsBeforeItsStartWaitsForIt() {
        ServiceId web = service("");
        end(web, TaskState.FAILED);
        Task second = end(web, TaskState.REJECTED);
        assertEquals(2, lab.tasks(web).size(), "no tight loop");
        lab.pass(5_000);
        assertEquals(TaskState.SHUTDOWN, lab.now(second).desiredState());
        assertEquals(3, lab.tasks(web).size());
        assertEquals(TaskState.READY, newest(web).desiredState());
    }

    @Test void replacementOnANodeThatIsLostBeforeItsStartGetsAStandIn() {
        ServiceId web = service("");
        end(web, TaskState.FAILED);
        lab.obey();
        Task second = newest(web);
        lab.become(node, Node.State.DOWN);
        lab.node("n2");
        lab.pass(5_000);
        lab.obey();
        assertEquals(TaskState.RUNNING, newest(web).state());
        assertEquals(TaskState.SHUTDOWN, lab.now(second).desiredState());
    }

    @Test void crashLoopRestartsOncePerDelayAndKeepsItsHistoryShort() {
        ServiceId web = service("");
        int made = 0;
        for (int i = 0; i < 40; i++) {
            lab.obey();
            if (newest(web).state() == TaskState.RUNNING) {
                end(web, TaskState.FAILED);
                made++;
            }
            lab.pass(1_000);
            assertTrue(lab.tasks(web).size() <= 6, "history is bounded");
        }
        assertEquals(8, made);
    }

    @Test void attemptsAreCountedPerSlotAndAnewForEachSpec() {
        ServiceId web = service("'MaxAttempts':1,'Delay':100000000");
        failAndStart(web);
        assertEquals(TaskState.RUNNING, newest(web).state());
        end(web, TaskState.FAILED);
        lab.pass(10_000);
        assertEquals(List.of(), lab.wanted(web));
        lab.update(web, Lab.replicated("web", 1,
                Labs.template("j", "'MaxAttempts':1,'Delay':100000000"), ""));
        lab.obey();
        failAndStart(web);
        assertEquals(TaskState.RUNNING, newest(web).state());
        end(web, TaskState.FAILED);
        assertEquals(List.of(), lab.wanted(web));
    }

    @Test void newLeaderCountsTheSameAttempts() {
        ServiceId web = service("'MaxAttempts':2,'Delay':100000000");
        failAndStart(web);
        lab.lead();
        failAndStart(web);
        assertEquals(TaskState.RUNNING, newest(web).state());
        lab.lead();
        end(web, TaskState.FAILED);
        assertEquals(List.of(), lab.wanted(web));
    }

    @Test void newLeaderDoesNotTakeOtherSlotsForRestarts() {
        ServiceId web = lab.service("web", 4,
                Labs.template("i", "'MaxAttempts':1,'Delay':100000000"));
        lab.obey();
        lab.lead();
        for (Task task : lab.wanted(web)) {
            lab.report(task, TaskState.FAILED);
        }
        assertEquals(4, lab.wanted(web).size());
    }

    @Test void onlyRestartsWithinTheWindowCount() {
        ServiceId web = service("'MaxAttempts':1,'Window':500000000,'Delay':1000000");
        failAndStart(web);
        lab.pass(1_000);
        failAndStart(web);
        assertEquals(TaskState.RUNNING, newest(web).state(), "the first restart was long ago");
        end(web, TaskState.FAILED);
        lab.pass(10_000);
        assertEquals(List.of(), lab.wanted(web));
    }

    @Test void rejectedAndFailedTasksAreReplacedAtTheStartOfALeader() {
        ServiceId web = lab.service("web", 2, Labs.template("i", ""));
        lab.obey();
        List<Task> tasks = lab.tasks(web);
        lab.now++;
        lab.apply(new Change.Update(tasks.getFirst().withStatus(
                        tasks.getFirst().status().moved(lab.wall(), TaskState.FAILED, ""))),
                new Change.Update(tasks.getLast().withStatus(
                        tasks.getLast().status().moved(lab.wall(), TaskState.REJECTED, ""))));
        lab.lead();
        assertEquals(4, lab.tasks(web).size());
        for (Task task : tasks) {
            assertEquals(TaskState.SHUTDOWN, lab.now(task).desiredState());
        }
        assertTrue(lab.wanted(web).stream()
                .allMatch(task -> task.desiredState() == TaskState.READY));
    }
}

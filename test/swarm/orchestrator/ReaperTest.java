package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.scheduler.Lab;
import swarm.store.Change;
import swarm.store.Moment;

/// What is forgotten, and when. (swarmkit manager/orchestrator/taskreaper)
final class ReaperTest {
    /// Only the reaper: nothing is replaced or placed.
    private final Lab lab = new Lab(() -> List.of(new Reaper()));

    private void history(long limit) {
        Cluster cluster = lab.view.cluster().orElseThrow();
        ClusterSpec spec = cluster.spec();
        lab.write(new Change.Update(cluster.withSpec(new ClusterSpec(spec.name(), new TreeMap<>(),
                new ClusterSpec.Orchestration(Optional.of(limit)), spec.raft(), spec.dispatcher(),
                spec.caConfig(), spec.taskDefaults(), spec.encryptionConfig()))));
    }

    private TaskId task(ServiceId service, long slot, TaskState state, TaskState desired) {
        lab.now++;
        Service of = lab.view.service(service).orElseThrow();
        Change.Create made = NewTask.inSlot(of, slot, desired, lab.view,
                new Moment(lab.now, lab.wall(), new Random(lab.now)));
        if (made.object() instanceof Task task) {
            Task placed = state.before(TaskState.ASSIGNED) ? task : task.withNode(new NodeId("n1"));
            lab.write(new Change.Create(placed.withStatus(
                    task.status().moved(lab.wall(), state, ""))));
        }
        return new TaskId(made.object().key());
    }

    private List<TaskId> left(ServiceId service) {
        return lab.tasks(service).stream().map(Task::id).toList();
    }

    @Test void onlyDeadTasksBeyondTheLimitGo() {
        lab.node("n1");
        history(0);
        for (TaskState state : List.of(TaskState.NEW, TaskState.PENDING, TaskState.ASSIGNED,
                TaskState.ACCEPTED, TaskState.PREPARING, TaskState.READY, TaskState.STARTING,
                TaskState.RUNNING, TaskState.COMPLETE, TaskState.SHUTDOWN, TaskState.FAILED,
                TaskState.REJECTED, TaskState.ORPHANED)) {
            ServiceId web = lab.service("web" + state, 0, "");
            task(web, 1, state, TaskState.SHUTDOWN);
            TaskId wanted = task(web, 2, state, TaskState.RUNNING);
            lab.pass(1_000);
            boolean kept = !state.before(TaskState.ASSIGNED) && !state.after(TaskState.RUNNING);
            assertEquals(kept ? 2 : 1, left(web).size(), "dead in " + state);
            assertEquals(wanted, left(web).getLast(), "what is wanted stays, whatever its state");
        }
    }

    @Test void oldestOfEachSlotGoFirst() {
        history(2);
        ServiceId web = lab.service("web", 0, "");
        List<TaskId> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN));
            made.add(task(web, 2, TaskState.FAILED, TaskState.SHUTDOWN));
        }
        lab.pass(1_000);
        assertEquals(made.subList(2, 6), left(web));
    }

    /// Twice in one transaction, it would be refused, and all that is in it with it.
    @Test void taskThatIsToldToGoIsForgottenOnceBesideItsHistory() {
        history(0);
        lab.node("n1");
        ServiceId web = lab.service("web", 0, "");
        task(web, 1, TaskState.FAILED, TaskState.REMOVE);
        task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        lab.pass(1_000);
        assertEquals(List.of(), left(web));
    }

    @Test void presentTaskCountsInTheHistory() {
        history(2);
        ServiceId web = lab.service("web", 0, "");
        task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        TaskId second = task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        TaskId third = task(web, 1, TaskState.RUNNING, TaskState.RUNNING);
        lab.pass(1_000);
        assertEquals(List.of(second, third), left(web));
    }

    @Test void limitOnRestartsMakesTheHistoryOneLongerThanThat() {
        history(1);
        ServiceId web = lab.service("web", 0, "'RestartPolicy':{'MaxAttempts':2}");
        for (int i = 0; i < 5; i++) {
            task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        }
        lab.pass(1_000);
        assertEquals(3, left(web).size());
    }

    @Test void negativeLimitKeepsAll() {
        history(-1);
        ServiceId web = lab.service("web", 0, "");
        for (int i = 0; i < 9; i++) {
            task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        }
        lab.pass(1_000);
        assertEquals(9, left(web).size());
    }

    @Test void removedTasksGoOnceTheyStopped() {
        lab.node("n1");
        ServiceId web = lab.service("web", 0, "");
        TaskId running = task(web, 1, TaskState.RUNNING, TaskState.REMOVE);
        task(web, 2, TaskState.SHUTDOWN, TaskState.REMOVE);
        task(web, 3, TaskState.PENDING, TaskState.REMOVE);
        lab.pass(1_000);
        assertEquals(List.of(running), left(web));
        lab.report(lab.tasks(web).getFirst(), TaskState.SHUTDOWN);
        lab.pass(1_000);
        assertEquals(List.of(), left(web));
    }

    @Test void removedTaskOfANodeThatIsGoneGoes() {
        NodeId n1 = lab.node("n1");
        ServiceId web = lab.service("web", 0, "");
        task(web, 1, TaskState.RUNNING, TaskState.REMOVE);
        lab.pass(1_000);
        assertEquals(1, left(web).size());
        lab.write(Change.Delete.of(lab.view.node(n1).orElseThrow()));
        lab.pass(1_000);
        assertEquals(List.of(), left(web));
    }

    @Test void newLeaderForgetsWhatTheOldOneLeft() {
        history(1);
        ServiceId web = lab.service("web", 0, "");
        for (int i = 0; i < 3; i++) {
            task(web, 1, TaskState.FAILED, TaskState.SHUTDOWN);
        }
        lab.lead();
        lab.pass(250);
        assertEquals(1, left(web).size());
    }

    @Test void moreThanABatchGoes() {
        history(1);
        ServiceId web = lab.service("web", 0, "");
        for (int slot = 1; slot <= 300; slot++) {
            task(web, slot, TaskState.FAILED, TaskState.SHUTDOWN);
            task(web, slot, TaskState.FAILED, TaskState.SHUTDOWN);
            task(web, slot, TaskState.RUNNING, TaskState.RUNNING);
        }
        lab.pass(1_000);
        assertEquals(300, left(web).size());
    }
}

package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sim.AgentWorld;
import sim.Objects;
import swarm.dispatcher.AgentMessage;
import swarm.model.RestartPolicy;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.Version;
import swarm.store.Change;

/// An agent that no manager answers: how it looks for one, and what it does alone. (Static
/// stability and fencing; TestSessionReconnectsIfDispatcherErrors, TestReporter)
class AloneTest {
    private static final long SECOND = 1_000_000_000L;
    private final AgentWorld world = new AgentWorld(new Random(1), List.of("n1"));
    private final AgentWorld.Host host = world.host("n1");

    @Test
    void deadContainerRunsAgainAsTheNextRun() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        cutOff();
        host.engine().kill("web.1.t1");
        world.run(4_000);
        assertTrue(AgentWorld.alive(host).isEmpty(), "the restart delay is kept");
        world.run(2_000);
        assertEquals(List.of("web.1.t1"), List.copyOf(AgentWorld.alive(host)));
        world.cut(host, false);
        world.run(3_000);
        assertEquals("1 RUNNING", told());
    }

    @Test
    void nothingRunsAgainWhileAManagerAnswers() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        host.engine().kill("web.1.t1");
        world.run(30_000);
        assertEquals("0 FAILED", told());
        assertEquals(1, host.engine().starts("web.1.t1"));
    }

    @Test
    void shortSilenceIsNoReasonToActAlone() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.cut(host, true);
        world.run(1_000);
        world.cut(host, false);
        world.run(1_000);
        assertFalse(host.events().stream().anyMatch(AgentEvent.CutOff.class::isInstance));
    }

    @Test
    void conditionNoneIsKept() {
        begin(task(RestartPolicy.Condition.NONE, 0));
        cutOff();
        host.engine().kill("web.1.t1");
        world.run(30_000);
        assertTrue(AgentWorld.alive(host).isEmpty());
    }

    @Test
    void attemptsAreCountedOverRuns() {
        begin(task(RestartPolicy.Condition.ON_FAILURE, 2));
        cutOff();
        for (int kill = 0; kill < 4; kill++) {
            host.engine().kill("web.1.t1");
            world.run(10_000);
        }
        assertEquals(3, host.engine().starts("web.1.t1"));
        world.cut(host, false);
        world.run(3_000);
        assertEquals("2 FAILED", told());
    }

    @Test
    void jobsAndStoppedTasksNeverRunAgain() {
        Task job = Objects.task("t1", "n1", "run");
        begin(new Task(job.id(), job.version(), job.createdAt(), job.updatedAt(), job.labels(),
                job.spec(), job.serviceId(), job.slot(), job.nodeId(), job.status(),
                TaskState.RUNNING, Optional.of(new Version(1)), job.serviceName(),
                job.serviceLabels(), job.endpoint(), job.specVersion()));
        Task stopped = Objects.task("t2", "n1", "stubborn");
        world.change(List.of(new Change.Create(stopped)));
        world.run(1_000);
        world.change(List.of(new Change.Update(world.task("t2").withDesired(
                TaskState.SHUTDOWN))));
        world.run(200);
        cutOff();
        host.engine().kill("web.1.t1");
        world.run(60_000);
        assertTrue(AgentWorld.alive(host).isEmpty());
    }

    @Test
    void rebootedNodeStartsItsTasksWithoutAManager() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.kill(host);
        world.cut(host, true);
        host.engine().kill("web.1.t1");
        world.run(5_000);
        world.boot(host);
        world.run(10_000);
        assertEquals(1, AgentWorld.alive(host).size());
        world.cut(host, false);
        world.run(5_000);
        assertEquals("1 RUNNING", told());
        assertEquals(2, host.engine().starts("web.1.t1"));
    }

    @Test
    void runIsKnownAfterARestartThatLostIt() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        cutOff();
        host.engine().kill("web.1.t1");
        world.run(10_000);
        world.kill(host);
        world.wipe(host);
        world.cut(host, false);
        world.boot(host);
        world.run(5_000);
        assertEquals("1 RUNNING", told());
        assertEquals(2, host.engine().starts("web.1.t1"));
    }

    @Test
    void unansweredHeartbeatDialsAnewAfterHalfASecond() {
        world.run(3_000);
        long said = heartbeats();
        world.cut(host, true);
        world.run(1_400);
        world.cut(host, false);
        world.run(600);
        assertTrue(heartbeats() >= said + 3, "the new link is tried with a heartbeat at once");
        assertEquals(1, host.events().stream()
                .filter(AgentEvent.SessionGranted.class::isInstance).count());
    }

    @Test
    void newLeaderGetsTheSessionAndTheStatusesThatTheOldOneLost() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        host.engine().kill("web.1.t1");
        world.run(15);
        world.lead();
        assertEquals("0 RUNNING", told(), "the old leader had not committed the failure");
        world.run(2_000);
        assertEquals("0 FAILED", told());
        assertEquals(2, host.events().stream()
                .filter(AgentEvent.SessionGranted.class::isInstance).count());
    }

    @Test
    void assignmentsMissedOnADeadLinkAreSentAgain() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.cut(host, true);
        world.change(List.of(new Change.Create(Objects.task("t2", "n1", "run"))));
        world.run(1_000);
        world.cut(host, false);
        world.change(List.of(new Change.Create(Objects.task("t3", "n1", "run"))));
        world.run(2_000);
        assertEquals(3, AgentWorld.alive(host).size());
    }

    @Test
    void descriptionThatChangedOnADeadLinkIsToldAgain() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.cut(host, true);
        host.engine().down(world.now(), 60_000, false, false);
        world.run(1_200);
        world.cut(host, false);
        world.run(2_000);
        assertEquals("", world.view().node(host.id()).orElseThrow().description().engine()
                .engineVersion());
    }

    @Test
    void refusedForGoodStopsAsking() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.change(List.of(Change.Delete.of(world.view().node(host.id()).orElseThrow())));
        world.run(1_000);
        long registered = registrations();
        world.run(60_000);
        assertEquals(registered, registrations());
        assertTrue(host.events().stream().anyMatch(event ->
                event instanceof AgentEvent.SessionRefused refused && !refused.again()));
    }

    @Test
    void eachStatusIsStoredOnceAndThenSilent() {
        begin(task(RestartPolicy.Condition.ANY, 0));
        world.run(1_000);
        long said = statuses();
        world.run(20_000);
        assertEquals(said, statuses());
        assertEquals(TaskState.RUNNING, world.task("t1").state());
    }

    private void cutOff() {
        world.cut(host, true);
        world.run(4_000);
    }

    private long heartbeats() {
        return host.said().stream().filter(AgentMessage.Heartbeat.class::isInstance).count();
    }

    private long registrations() {
        return host.said().stream().filter(AgentMessage.Register.class::isInstance).count();
    }

    private long statuses() {
        return host.said().stream().filter(AgentMessage.Statuses.class::isInstance).count();
    }

    private String told() {
        Task task = world.view().task(new TaskId("t1")).orElseThrow();
        return task.status().run() + " " + task.state();
    }

    private void begin(Task task) {
        world.run(1_000);
        world.change(List.of(new Change.Create(task)));
        world.run(1_000);
    }

    private static Task task(RestartPolicy.Condition condition, long attempts) {
        return Objects.task("t1", "n1", Objects.container("busybox", "run"),
                new RestartPolicy(Optional.of(condition), Optional.of(5 * SECOND),
                        Optional.of(attempts), Optional.empty()));
    }
}

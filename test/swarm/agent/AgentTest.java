package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sim.AgentWorld;
import sim.Objects;
import swarm.engine.EngineCall;
import swarm.model.RestartPolicy;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.store.Change;

/// What an agent does with its tasks, seen from the store and from the engine. The subjects are
/// those of swarmkit's agent tests (TestResolve, TestAcceptPrepare, TestReadyRunning, TestShutdown,
/// TestDesiredState*, TestWorker*, TestReporter); states and words as dockerd 20.10 shows them.
class AgentTest {
    private final AgentWorld world = new AgentWorld(new Random(1), List.of("n1"));
    private final AgentWorld.Host host = world.host("n1");

    @Test
    void taskGoesThroughEveryStateInOrder() {
        begin(Objects.task("t1", "n1", "exit", "0", "3000"));
        world.run(5_000);
        assertEquals(List.of("ACCEPTED accepted", "PREPARING preparing", "READY prepared",
                "STARTING starting", "RUNNING started", "COMPLETE finished"), moves("t1"));
        assertEquals("COMPLETE finished ", told("t1"));
    }

    @Test
    void taskWaitsReadyUntilMoreIsDesired() {
        begin(Objects.task("t1", "n1", "run").withDesired(TaskState.READY));
        assertEquals("READY prepared ", told("t1"));
        assertEquals(0, host.engine().starts("web.1.t1"));
        desire("t1", TaskState.RUNNING);
        assertEquals("RUNNING started ", told("t1"));
        assertEquals(100, world.task("t1").status().containerStatus().orElseThrow().pid());
    }

    @Test
    void jobRunsToItsDesiredCompletion() {
        begin(Objects.task("t1", "n1", "exit", "0", "10").withDesired(TaskState.COMPLETE));
        assertEquals("COMPLETE finished ", told("t1"));
    }

    @Test
    void missingImageRejects() {
        begin(Objects.task("t1", "n1", Objects.container("missing", "run"),
                RestartPolicy.UNSAID));
        assertEquals("REJECTED preparing No such image: missing", told("t1"));
        assertTrue(host.engine().containers().isEmpty());
    }

    @Test
    void wrongTemplateRejects() {
        begin(Objects.task("t1", "n1", Objects.container("busybox", "run")
                .expanded("{{.Nope}}", List.of(), List.of()), RestartPolicy.UNSAID));
        assertTrue(told("t1").startsWith("REJECTED preparing expanding hostname failed: "));
    }

    @Test
    void startThatFailsIsFailedInStarting() {
        begin(Objects.task("t1", "n1", "broken"));
        assertEquals("FAILED starting starting container failed: no such file", told("t1"));
        assertEquals(127, exitCode("t1"));
    }

    @Test
    void nonZeroExitFailsWithItsCode() {
        begin(Objects.task("t1", "n1", "exit", "3", "10"));
        assertEquals("FAILED started task: non-zero exit (3)", told("t1"));
        assertEquals(3, exitCode("t1"));
    }

    @Test
    void shutdownStopsGentlyAndKeepsTheContainer() {
        begin(Objects.task("t1", "n1", "run"));
        desire("t1", TaskState.SHUTDOWN);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
        assertEquals(143, exitCode("t1"));
        assertFalse(host.engine().find("web.1.t1").orElseThrow().alive());
    }

    @Test
    void stubbornContainerIsKilledAfterItsGrace() {
        begin(Objects.task("t1", "n1", "stubborn"));
        desire("t1", TaskState.REMOVE);
        assertEquals("RUNNING started ", told("t1"));
        world.run(10_000);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
        assertEquals(137, exitCode("t1"));
    }

    @Test
    void taskThatEndedIsNotTouchedByAStop() {
        begin(Objects.task("t1", "n1", "exit", "1", "10"));
        int before = host.engine().calls().size();
        desire("t1", TaskState.SHUTDOWN);
        assertEquals("FAILED started task: non-zero exit (1)", told("t1"));
        assertTrue(host.engine().calls().stream().skip(before)
                .noneMatch(call -> call instanceof EngineCall.Stop));
    }

    @Test
    void taskNotYetStartedShutsDownWithoutStarting() {
        begin(Objects.task("t1", "n1", "run").withDesired(TaskState.READY));
        desire("t1", TaskState.REMOVE);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
        assertEquals(0, host.engine().starts("web.1.t1"));
    }

    @Test
    void desiredStateNeverGoesBack() {
        begin(Objects.task("t1", "n1", "stubborn"));
        desire("t1", TaskState.SHUTDOWN);
        desire("t1", TaskState.RUNNING);
        world.run(11_000);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
    }

    @Test
    void forgottenTaskTakesItsContainerWithIt() {
        begin(Objects.task("t1", "n1", "run"), Objects.task("t2", "n1", "exit", "0", "10"));
        world.change(List.of(Change.Delete.of(world.task("t1"))));
        world.run(1_000);
        assertTrue(host.engine().find("web.1.t1").isEmpty());
        assertTrue(host.engine().find("web.1.t2").isPresent());
        world.change(List.of(Change.Delete.of(world.task("t2"))));
        world.run(1_000);
        assertTrue(host.engine().containers().isEmpty());
    }

    @Test
    void containerCarriesDockersLabelsAndOurs() {
        Task task = Objects.task("t1", "n1", Objects.container("busybox", "run").expanded(
                "{{.Task.Slot}}-{{.Node.Hostname}}", List.of("A={{.Service.Name}}"), List.of()),
                RestartPolicy.UNSAID);
        begin(task);
        EngineCall.ContainerRequest made = host.engine().calls().stream()
                .filter(call -> call instanceof EngineCall.Create)
                .map(call -> ((EngineCall.Create) call).request()).findFirst().orElseThrow();
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("com.docker.swarm.node.id", "n1");
        labels.put("com.docker.swarm.service.id", "service");
        labels.put("com.docker.swarm.service.name", "web");
        labels.put("com.docker.swarm.task", "");
        labels.put("com.docker.swarm.task.id", "t1");
        labels.put("com.docker.swarm.task.name", "web.1.t1");
        labels.put("io.swarm.owner", "cluster/n1");
        assertEquals(labels, made.labels());
        assertEquals("web.1.t1", made.name());
        assertEquals("1-n1.host", made.spec().hostname());
        assertEquals(List.of("A=web"), made.spec().env());
    }

    @Test
    void healthCheckHoldsTheTaskInStarting() {
        begin(Objects.task("t1", "n1", "well", "4000"));
        assertEquals("STARTING starting ", told("t1"));
        world.run(5_000);
        assertEquals("RUNNING started ", told("t1"));
    }

    @Test
    void unhealthyContainerIsStoppedAndFails() {
        begin(Objects.task("t1", "n1", "sick", "4000"));
        world.run(5_000);
        assertEquals("FAILED starting task: non-zero exit (143): dockerexec: unhealthy container",
                told("t1"));
        assertFalse(host.engine().find("web.1.t1").orElseThrow().alive());
    }

    @Test
    void engineTroubleDelaysButChangesNothing() {
        world.run(1_000);
        host.engine().down(world.now(), 3_000, false, false);
        begin(Objects.task("t1", "n1", "run"));
        assertEquals("PREPARING preparing ", told("t1"));
        assertEquals("", engineVersion());
        world.run(4_000);
        assertEquals("RUNNING started ", told("t1"));
        assertEquals("sim", engineVersion());
    }

    @Test
    void hangingEngineIsSeenAndOutlived() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().down(world.now(), 8_000, true, false);
        desire("t1", TaskState.SHUTDOWN);
        world.run(6_000);
        assertEquals("", engineVersion());
        world.run(14_000);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
        assertEquals("sim", engineVersion());
    }

    @Test
    void killedContainerIsFailedAtOnce() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().kill("web.1.t1");
        world.run(100);
        assertEquals("FAILED started task: non-zero exit (137)", told("t1"));
    }

    @Test
    void removedContainerIsFailedAtOnce() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().removeByHand("web.1.t1");
        world.run(100);
        assertEquals("FAILED started No such container: web.1.t1", told("t1"));
    }

    @Test
    void containerKilledUnseenIsFoundWithinSeconds() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().mute(true);
        host.engine().kill("web.1.t1");
        world.run(10_500);
        assertEquals("FAILED started task: non-zero exit (137)", told("t1"));
    }

    @Test
    void pausedContainerStaysRunningAndCanBeStopped() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().pause("web.1.t1", true);
        world.run(20_000);
        assertEquals("RUNNING started ", told("t1"));
        desire("t1", TaskState.SHUTDOWN);
        assertEquals("SHUTDOWN shutdown ", told("t1"));
    }

    @Test
    void engineRestartThatKilledContainersIsSeen() {
        begin(Objects.task("t1", "n1", "run"));
        host.engine().down(world.now(), 1_000, false, true);
        world.run(1_500);
        assertEquals("FAILED started task: non-zero exit (137)", told("t1"));
    }

    @Test
    void containerStartedByHandAfterItsTaskEndedIsStopped() {
        begin(Objects.task("t1", "n1", "exit", "1", "10"));
        host.engine().startByHand("web.1.t1");
        world.run(1_000);
        assertFalse(host.engine().find("web.1.t1").orElseThrow().alive());
        assertEquals("FAILED started task: non-zero exit (1)", told("t1"));
    }

    /// F54.
    @Test
    void restartedAgentAdoptsWhatRuns() {
        begin(Objects.task("t1", "n1", "run"));
        String box = host.engine().find("web.1.t1").orElseThrow().id();
        world.kill(host);
        world.run(500);
        world.boot(host);
        world.run(2_000);
        assertEquals(box, host.engine().find("web.1.t1").orElseThrow().id());
        assertEquals(1, host.engine().starts("web.1.t1"));
        assertEquals("RUNNING started ", told("t1"));
    }

    @Test
    void containerThatEndedWhileTheAgentWasDeadIsSeen() {
        begin(Objects.task("t1", "n1", "run"));
        world.kill(host);
        host.engine().kill("web.1.t1");
        world.boot(host);
        world.run(500);
        assertEquals("FAILED started task: non-zero exit (137)", told("t1"));
        assertEquals(1, host.engine().starts("web.1.t1"));
    }

    /// F55.
    @Test
    void taskRemovedWhileTheNodeWasAwayIsReaped() {
        begin(Objects.task("t1", "n1", "run"));
        world.kill(host);
        world.wipe(host);
        world.change(List.of(Change.Delete.of(world.task("t1"))));
        world.run(500);
        world.boot(host);
        world.run(3_000);
        assertTrue(host.engine().containers().isEmpty());
    }

    /// F56.
    @Test
    void manyRebootsLeaveOneContainer() {
        begin(Objects.task("t1", "n1", "run"));
        for (int boot = 0; boot < 100; boot++) {
            world.kill(host);
            world.boot(host);
            world.run(3_000);
        }
        assertEquals(1, host.engine().containers().size());
        assertEquals(1, host.engine().starts("web.1.t1"));
        assertEquals("RUNNING started ", told("t1"));
    }

    @Test
    void foreignContainersAreNeverTouched() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("io.swarm.owner", "cluster/other");
        labels.put("com.docker.swarm.task.id", "t1");
        String planted = host.engine().plant(new EngineCall.ContainerRequest("web.1.t1",
                Objects.container("busybox", "run"), labels, Optional.empty(), Optional.empty(),
                List.of()), true);
        begin(Objects.task("t1", "n1", "run"));
        world.run(30_000);
        assertTrue(told("t1").startsWith("REJECTED preparing the container name \"web.1.t1\""));
        world.change(List.of(Change.Delete.of(world.task("t1"))));
        world.run(30_000);
        assertEquals(planted, host.engine().find("web.1.t1").orElseThrow().id());
        assertTrue(host.engine().find("web.1.t1").orElseThrow().alive());
    }

    @Test
    void atMostEightCallsWorkAtATime() {
        world.run(1_000);
        Task[] tasks = new Task[50];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = Objects.task("t" + i, "n1", "run");
        }
        host.engine().countBusy();
        begin(tasks);
        world.run(5_000);
        assertEquals(50, AgentWorld.alive(host).size());
        assertEquals(8, host.engine().mostBusy());
    }

    @Test
    void stopsDoNotWaitForEachOther() {
        Task[] tasks = new Task[50];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = Objects.task("t" + i, "n1", "stubborn");
        }
        begin(tasks);
        world.run(5_000);
        for (Task task : tasks) {
            desire(task.id().text(), TaskState.REMOVE);
        }
        world.run(11_000);
        assertEquals(0, AgentWorld.alive(host).size());
    }

    private void begin(Task... tasks) {
        world.run(1_000);
        for (Task task : tasks) {
            world.change(List.of(new Change.Create(task)));
        }
        world.run(1_000);
    }

    private void desire(String id, TaskState state) {
        Task task = world.tip().task(new TaskId(id)).orElseThrow();
        world.change(List.of(new Change.Update(task.withDesired(state))));
        world.run(500);
    }

    private String told(String id) {
        TaskStatus status = world.task(id).status();
        return status.state() + " " + status.message() + " " + status.err();
    }

    private long exitCode(String id) {
        return world.task(id).status().containerStatus().orElseThrow().exitCode();
    }

    private String engineVersion() {
        return world.view().node(host.id()).orElseThrow().description().engine().engineVersion();
    }

    private List<String> moves(String id) {
        return host.events().stream().filter(event -> event instanceof AgentEvent.TaskMoved)
                .map(event -> (AgentEvent.TaskMoved) event)
                .filter(moved -> moved.task().text().equals(id))
                .map(moved -> moved.status().state() + " " + moved.status().message()).toList();
    }
}

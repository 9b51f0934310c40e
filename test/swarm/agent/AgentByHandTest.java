package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sim.Objects;
import swarm.dispatcher.AgentMessage;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.json.JsonException;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TlsInfo;

/// The agent's outputs, one input at a time: orders that a whole world does not show.
class AgentByHandTest {
    private static final Instant WALL = Instant.parse("2026-01-01T00:00:00Z");
    private final Agent agent = new Agent(new AgentConfig(new NodeId("n1"), "cluster", "boot",
            "host", TlsInfo.NONE), Restored.NONE, new Random(1), 0);
    private long now;

    @BeforeEach
    void engineIsDescribed() {
        List<AgentOutput> first = step(new AgentInput.Tick());
        assertTrue(first.contains(new AgentOutput.Redial("no link to a manager",
                Optional.empty())));
        answer(first, EngineCall.Describe.class, new EngineAnswer.Described(
                new Placement.Platform("x86_64", "linux"), Resources.NONE,
                new Node.Engine("1", new TreeMap<>(), List.of())));
        answer(first, EngineCall.ListContainers.class, new EngineAnswer.Listed(List.of()));
        List<AgentOutput> linked = step(new AgentInput.LinkUp());
        assertInstanceOf(AgentMessage.Register.class, said(linked).getFirst());
    }

    @Test
    void assignmentsAreSavedBeforeTheyAreAcknowledgedOrActedOn() throws JsonException {
        grant("s");
        List<AgentOutput> out = step(all("s", 1, Objects.task("t1", "n1", "run")));
        List<String> kinds = out.stream().filter(output -> !(output instanceof AgentOutput.Event))
                .map(output -> output.getClass().getSimpleName()).toList();
        assertEquals("Save", kinds.get(0));
        assertEquals("ToManager", kinds.get(1));
        assertTrue(kinds.lastIndexOf("Save") < kinds.indexOf("Call"), kinds.toString());
        Restored saved = Restored.fromBytes(((AgentOutput.Save) out.stream()
                .filter(AgentOutput.Save.class::isInstance).findFirst().orElseThrow()).state());
        assertEquals(List.of(new TaskId("t1")),
                saved.tasks().stream().map(task -> task.task().id()).toList());
    }

    @Test
    void statusesAreSavedWithinASecond() throws JsonException {
        grant("s");
        List<AgentOutput> out = step(all("s", 1, Objects.task("t1", "n1", "run")));
        List<AgentOutput> saves = new ArrayList<>(out);
        now += 1_000;
        saves.addAll(step(new AgentInput.Tick()));
        AgentOutput.Save last = (AgentOutput.Save) saves.stream()
                .filter(AgentOutput.Save.class::isInstance).toList().getLast();
        assertEquals(TaskState.PREPARING,
                Restored.fromBytes(last.state()).tasks().getFirst().status().state());
    }

    @Test
    void nothingIsRemovedBeforeTheFullSetOfThisSession() {
        grant("s1");
        List<AgentOutput> settled = step(all("s1", 1));
        answer(settled, EngineCall.ListContainers.class, new EngineAnswer.Listed(List.of()));
        grant("s2");
        now += 10_000;
        List<AgentOutput> tick = step(new AgentInput.Tick());
        List<AgentOutput> listed = answer(tick, EngineCall.ListContainers.class,
                new EngineAnswer.Listed(List.of(container("t9"))));
        assertEquals(List.of(), calls(listed, EngineCall.Stop.class));
        List<AgentOutput> full = step(all("s2", 1));
        List<AgentOutput> again = answer(full, EngineCall.ListContainers.class,
                new EngineAnswer.Listed(List.of(container("t9"))));
        assertEquals(1, calls(again, EngineCall.Stop.class).size());
    }

    @Test
    void gapInTheNumbersAsksForAllAndChangesNothing() {
        grant("s");
        step(all("s", 5));
        List<AgentOutput> out = step(new AgentInput.FromManager(new AgentMessage.TaskChanges("s",
                7, List.of(Objects.task("t1", "n1", "run")), List.of())));
        assertEquals(List.of(new AgentMessage.Assigned("s", 0)), said(out));
        assertEquals(List.of(), calls(out, EngineCall.EnsureImage.class));
        List<AgentOutput> next = step(new AgentInput.FromManager(new AgentMessage.TaskChanges("s",
                6, List.of(Objects.task("t1", "n1", "run")), List.of())));
        assertEquals(List.of(), said(next), "it waits for the full set");
        assertEquals(List.of(), calls(next, EngineCall.EnsureImage.class));
    }

    @Test
    void messagesOfAnotherSessionAreIgnored() {
        grant("s");
        List<AgentOutput> out = step(all("old", 1, Objects.task("t1", "n1", "run")));
        assertEquals(List.of(), said(out));
    }

    @Test
    void reportsAreSentAgainUntilTheyAreStoredAndOnANewLinkAtOnce() {
        grant("s");
        List<AgentOutput> out = step(all("s", 1, Objects.task("t1", "n1", "run")));
        AgentMessage.Statuses first = statuses(out);
        assertEquals(TaskState.PREPARING, first.reports().getFirst().status().state());
        AgentMessage.Statuses again = statuses(step(new AgentInput.LinkUp()));
        assertEquals(first.reports(), again.reports());
        now += 2_000;
        AgentMessage.Statuses late = statuses(step(new AgentInput.Tick()));
        assertEquals(first.reports(), late.reports());
        List<AgentOutput> stored = step(new AgentInput.FromManager(
                new AgentMessage.StatusesStored("s", first.number())));
        assertEquals(List.of(), said(stored), "an older batch's acknowledgement says nothing");
        step(new AgentInput.FromManager(new AgentMessage.StatusesStored("s", late.number())));
        now += 3_000;
        assertTrue(said(step(new AgentInput.Tick())).stream()
                .noneMatch(AgentMessage.Statuses.class::isInstance));
    }

    @Test
    void pullIsGivenUpForATaskThatIsToEnd() {
        grant("s");
        Task task = Objects.task("t1", "n1", "run");
        List<AgentOutput> out = step(all("s", 1, task));
        assertEquals(1, calls(out, EngineCall.EnsureImage.class).size());
        List<AgentOutput> stopped = step(new AgentInput.FromManager(new AgentMessage.TaskChanges(
                "s", 2, List.of(task.withDesired(TaskState.SHUTDOWN)), List.of())));
        assertTrue(stopped.stream().anyMatch(output -> output instanceof AgentOutput.Event event
                && event.event() instanceof AgentEvent.TaskMoved moved
                && moved.status().state() == TaskState.SHUTDOWN));
        List<AgentOutput> pulled = answer(out, EngineCall.EnsureImage.class,
                new EngineAnswer.Done());
        assertEquals(List.of(), calls(pulled, EngineCall.Create.class));
    }

    @Test
    void standstillOfThisProcessIsNoSilenceOfTheManagers() {
        grant("s");
        step(all("s", 1));
        now += 60_000;
        List<AgentOutput> out = step(new AgentInput.Tick());
        assertTrue(out.stream().noneMatch(output -> output instanceof AgentOutput.Event event
                && event.event() instanceof AgentEvent.CutOff));
    }

    private List<AgentOutput> step(AgentInput input) {
        return agent.step(now, WALL, input);
    }

    private void grant(String session) {
        step(new AgentInput.FromManager(
                new AgentMessage.Session(session, new NodeId("n1"), 1_000)));
    }

    private List<AgentOutput> answer(List<AgentOutput> asked, Class<? extends EngineCall> kind,
            EngineAnswer answer) {
        long id = asked.stream().filter(AgentOutput.Call.class::isInstance)
                .map(output -> (AgentOutput.Call) output)
                .filter(call -> kind.isInstance(call.call())).findFirst().orElseThrow().callId();
        return step(new AgentInput.Answered(id, answer));
    }

    private static AgentInput all(String session, long number, Task... tasks) {
        return new AgentInput.FromManager(
                new AgentMessage.AllTasks(session, number, List.of(tasks)));
    }

    private static List<AgentMessage.ToManager> said(List<AgentOutput> out) {
        List<AgentMessage.ToManager> said = new ArrayList<>();
        for (AgentOutput output : out) {
            if (output instanceof AgentOutput.ToManager to) {
                said.add(to.message());
            }
        }
        return said;
    }

    private static AgentMessage.Statuses statuses(List<AgentOutput> out) {
        return (AgentMessage.Statuses) said(out).stream()
                .filter(AgentMessage.Statuses.class::isInstance).findFirst().orElseThrow();
    }

    private static List<EngineCall> calls(List<AgentOutput> out, Class<?> kind) {
        return out.stream().filter(AgentOutput.Call.class::isInstance)
                .map(output -> ((AgentOutput.Call) output).call()).filter(kind::isInstance)
                .toList();
    }

    private static Container container(String task) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put(Owner.LABEL, "cluster/n1");
        labels.put(Owner.TASK, task);
        return new Container("id-" + task, "web.1." + task, labels, Container.State.RUNNING, 1, 0,
                false, "", Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }
}

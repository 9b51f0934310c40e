package swarm.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.api.ApiAnswer;
import swarm.api.Decision;
import swarm.api.Deed;
import swarm.dispatcher.AgentMessage;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.View;

/// A manager as its clients, its disk and its agents see it: what is said when.
final class ManagerTest {
    private final Sole sole = new Sole(10_000);

    private static Deed create(String name, int replicas) {
        return create(name, spec(name, replicas));
    }

    private static Deed create(String name, ServiceSpec spec) {
        return (tip, moment) -> {
            if (tip.serviceNamed(name).isPresent()) {
                return new Decision.Refuse(ApiAnswer.error(409, "taken"));
            }
            ServiceId id = new ServiceId("service" + tip.index());
            Service made = new Service(id, Version.NONE, moment.wall(), moment.wall(),
                    spec, Optional.empty(), Service.Endpoint.NONE,
                    Optional.empty(), Optional.empty(), Version.NONE);
            return new Decision.Propose(List.of(new Change.Create(made)),
                    ApiAnswer.text(201, "{\"ID\":\"" + id + "\"}"));
        };
    }

    private static ServiceSpec spec(String name, int replicas) {
        return spec(name, replicas, 0);
    }

    /// Its tasks are larger than so many bytes.
    private static ServiceSpec spec(String name, int replicas, int bytes) {
        try {
            return RecordCodec.fromBytes(ServiceSpec.class, ("""
                {"Name":"NAME","TaskTemplate":{"ContainerSpec":{"Image":"i","Env":["A=PAD"]}},
                 "Mode":{"Replicated":{"Replicas":COUNT}}}""").replace("NAME", name)
                    .replace("PAD", "x".repeat(bytes))
                    .replace("COUNT", Integer.toString(replicas)).getBytes());
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    private int status(long token) {
        return sole.answer(token).map(output -> switch (output) {
            case ManagerOutput.Answer answer -> answer.answer().status();
            case ManagerOutput.Leaderless none -> none.answer().status();
            case ManagerOutput.Readable _ -> 200;
            case ManagerOutput.FromRaft _, ManagerOutput.Tell _, ManagerOutput.CutSnapshot _,
                 ManagerOutput.Happened _, ManagerOutput.Elsewhere _ -> 0;
        }).orElse(0);
    }

    private void say(AgentMessage.ToManager message) {
        sole.give(new ManagerInput.FromAgent(Sole.NODE, "127.0.0.1", message));
        sole.run(200);
    }

    @Test void soleManagerLeadsWithTheStateOfItsLog() {
        assertTrue(sole.manager.isLeading());
        assertEquals("c", sole.manager.committed().cluster().orElseThrow().id());
        assertEquals(1, sole.manager.committed().nodes().size());
    }

    @Test void writeIsAnsweredOnlyAfterItsSync() {
        sole.syncing = false;
        sole.give(new ManagerInput.Write(1, "r1", create("web", 2)));
        assertTrue(sole.answer(1).isEmpty(), "answered before the sync");
        assertTrue(sole.manager.committed().services().isEmpty(), "visible before the sync");
        sole.sync();
        assertEquals(201, status(1));
        assertEquals(1, sole.manager.committed().services().size());
    }

    @Test void refusalWaitsForWhatItWasDecidedOn() {
        sole.syncing = false;
        sole.give(new ManagerInput.Write(1, "r1", create("web", 2)));
        sole.give(new ManagerInput.Write(2, "r2", create("web", 2)));
        assertTrue(sole.answer(2).isEmpty(), "refused because of a service that may yet be lost");
        sole.sync();
        assertEquals(201, status(1));
        assertEquals(409, status(2));
    }

    @Test void refusalOnSettledStateIsAnsweredAtOnce() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 0)));
        sole.syncing = false;
        sole.give(new ManagerInput.Write(2, "r2", create("web", 0)));
        assertEquals(409, status(2));
    }

    @Test void repeatedWriteIsDoneOnceAndAnsweredAlike() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 0)));
        sole.give(new ManagerInput.Write(2, "r1", create("web", 0)));
        assertEquals(201, status(2));
        assertEquals(1, sole.manager.committed().services().size());
        assertEquals(sole.answer(1).map(ManagerTest::body), sole.answer(2).map(ManagerTest::body));
    }

    private static String body(ManagerOutput output) {
        return output instanceof ManagerOutput.Answer(long _, ApiAnswer answer)
                ? new String(answer.body()) : "";
    }

    @Test void acknowledgedWritesAndTheirAnswersSurviveARestart() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 3)));
        Sole again = new Sole(sole);
        again.run(5_000);
        assertTrue(again.manager.isLeading());
        assertEquals(3, again.manager.committed().tasks().size());
        again.give(new ManagerInput.Write(9, "r1", create("web", 3)));
        assertEquals(sole.answer(1).map(ManagerTest::body), again.answer(9).map(ManagerTest::body));
        assertEquals(1, again.manager.committed().services().size());
    }

    @Test void readSeesEveryAcknowledgedWrite() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 1)));
        sole.give(new ManagerInput.Read(2));
        View seen = sole.answer(2).map(output -> output instanceof ManagerOutput.Readable read
                ? read.view() : View.empty()).orElseThrow();
        assertTrue(seen.serviceNamed("web").isPresent());
    }

    @Test void whatIsAskedBeforeTheElectionIsAnsweredAfterIt() {
        Sole again = new Sole(sole);
        again.syncing = false;
        again.give(new ManagerInput.Read(1));
        again.give(new ManagerInput.Write(2, "r1", create("web", 0)));
        assertFalse(again.manager.isLeading());
        assertTrue(again.answer(1).isEmpty() && again.answer(2).isEmpty());
        again.syncing = true;
        again.sync();
        again.run(1_000);
        assertTrue(again.answer(1).filter(ManagerOutput.Readable.class::isInstance).isPresent());
        assertEquals(1, again.manager.committed().services().size());
    }

    @Test void withoutALeaderEverybodyIsToldInTheEnd() {
        Sole again = new Sole(sole);
        again.syncing = false;
        again.give(new ManagerInput.Read(1));
        again.give(new ManagerInput.Write(2, "r1", create("web", 0)));
        again.run(Manager.WRITE_MS + 1);
        assertEquals(503, again.answer(1).map(ManagerTest::statusOf).orElse(0));
        assertEquals(503, again.answer(2).map(ManagerTest::statusOf).orElse(0));
    }

    private static int statusOf(ManagerOutput output) {
        return output instanceof ManagerOutput.Leaderless none ? none.answer().status() : 200;
    }

    @Test void readsFactsNameTheLeader() {
        sole.give(new ManagerInput.Read(1));
        assertEquals(Optional.of(Optional.of(Sole.NODE)), sole.answer(1).map(output ->
                output instanceof ManagerOutput.Readable read ? read.facts().leader()
                        : Optional.empty()));
    }

    @Test void tasksArePlacedOnTheNodeOnceItsAgentIsHeard() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 2)));
        sole.run(200);
        assertTrue(sole.manager.committed().tasks().stream()
                .allMatch(task -> task.state() == TaskState.PENDING));
        say(new AgentMessage.Register("boot", sole.manager.committed().nodes().getFirst()
                .description()));
        assertEquals(Node.State.READY,
                sole.manager.committed().nodes().getFirst().status().state());
        assertEquals(2, sole.manager.committed().tasksOn(Sole.NODE).size());
        assertTrue(sole.visible.stream().anyMatch(output -> output instanceof ManagerOutput.Tell(
                var _, AgentMessage.AllTasks all) && all.tasks().size() == 2));
    }

    @Test void agentsHearOnlyOfCommittedTasks() {
        say(new AgentMessage.Register("boot", sole.manager.committed().nodes().getFirst()
                .description()));
        sole.visible.clear();
        sole.syncing = false;
        sole.give(new ManagerInput.Write(1, "r1", create("web", 2)));
        sole.run(150);
        assertFalse(told(), "an agent was told of a task that may yet be lost");
        sole.syncing = true;
        sole.sync();
        sole.run(500);
        assertTrue(told());
    }

    private boolean told() {
        return sole.visible.stream().anyMatch(output -> output instanceof ManagerOutput.Tell(
                var _, AgentMessage.TaskChanges changes) && !changes.changed().isEmpty());
    }

    @Test void decisionsOfTheLoopsThatNoEntryHoldsAreSplit() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", spec("web", 500, 5_000))));
        assertEquals(201, status(1));
        assertEquals(500, sole.manager.committed().tasks().size());
        assertTrue(sole.manager.isLeading());
    }

    @Test void writeThatNoEntryHoldsIsRefusedNamingTheLimit() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", spec("web", 1, 1 << 20))));
        assertEquals(413, status(1));
        assertTrue(sole.answer(1).map(ManagerTest::body).orElse("").contains("1000000 bytes"));
        sole.give(new ManagerInput.Write(2, "r2", create("web", spec("web", 3, 900_000))));
        assertEquals(201, status(2));
        assertEquals(3, sole.manager.committed().tasks().size());
    }

    @Test void changeThatNoEntryHoldsStopsNothing() {
        Node.Description said = sole.manager.committed().nodes().getFirst().description();
        say(new AgentMessage.Register("boot", new Node.Description("x".repeat(2 << 20),
                said.platform(), said.resources(), said.engine(), said.tlsInfo())));
        sole.give(new ManagerInput.Write(1, "r1", create("web", 2)));
        sole.run(2_000);
        assertEquals(201, status(1));
        assertEquals(2, sole.manager.committed().tasks().size());
        assertTrue(sole.visible.stream().anyMatch(output -> output instanceof
                ManagerOutput.Happened(ManagerEvent.Refused _)));
    }

    @Test void snapshotIsCutAtTheInterval() {
        Sole small = new Sole(5);
        small.give(new ManagerInput.Write(1, "r1", create("web", 1)));
        for (int i = 0; i < 6; i++) {
            small.give(new ManagerInput.Write(10 + i, "q" + i, create("web" + i, 0)));
        }
        assertTrue(small.visible.stream().anyMatch(output ->
                output instanceof ManagerOutput.CutSnapshot cut
                && cut.meta().index() == cut.view().index()));
    }

    @Test void replicasAreScaledWithoutTouchingTheOthers() {
        sole.give(new ManagerInput.Write(1, "r1", create("web", 3)));
        List<Task> before = sole.manager.committed().tasks();
        sole.give(new ManagerInput.Write(2, "r2", (tip, _) -> {
            Service web = tip.serviceNamed("web").orElseThrow();
            Service changed = new Service(web.id(), web.version(), web.createdAt(),
                    web.updatedAt(), spec("web", 5), Optional.of(web.spec()), web.endpoint(),
                    Optional.empty(), Optional.empty(), web.specVersion());
            return new Decision.Propose(List.of(new Change.Update(changed)),
                    ApiAnswer.empty(200));
        }));
        assertEquals(200, status(2));
        TreeMap<String, Task> after = new TreeMap<>();
        sole.manager.committed().tasks().forEach(task -> after.put(task.key(), task));
        assertEquals(5, after.size());
        before.forEach(task -> assertEquals(task, after.get(task.key())));
    }
}

package swarm.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sim.Objects;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.store.Change;
import swarm.store.Transaction;

/// The dispatcher by hand: what it proposes on the tip, and what it tells once that is committed.
/// The subjects are those of swarmkit's dispatcher tests (TestRegister*, TestHeartbeat*,
/// TestAssignments*, TestTasks*, TestTaskUpdate, TestTasksStatusChange, TestTasksBatch).
class DispatcherTest extends Desk {
    @Test
    void registrationMarksTheNodeReadyBeforeTheSessionIsGranted() {
        say(N1, new AgentMessage.Register("boot", DESCRIPTION));
        round();
        assertEquals(Node.State.READY, node(tip).status().state());
        assertEquals(List.of(), tell(), "nothing is committed yet");
        commit();
        List<AgentMessage.ToAgent> told = tell();
        assertInstanceOf(AgentMessage.Session.class, told.get(0));
        assertEquals(1_000, ((AgentMessage.Session) told.get(0)).heartbeatMs());
        assertInstanceOf(AgentMessage.Membership.class, told.get(1));
        assertInstanceOf(AgentMessage.AllTasks.class, told.get(2));
        assertEquals("10.0.0.1", node(committed).status().addr());
        assertEquals("host", node(committed).description().hostname());
    }

    @Test
    void registeringTwiceGivesAnotherSession() {
        String first = register("boot");
        assertTrue(!first.equals(register("boot")));
        say(N1, new AgentMessage.Heartbeat(first));
        assertEquals(List.of(new AgentMessage.Refused(first, "session invalid", true)), settle());
    }

    @Test
    void managerThatDoesNotLeadNamesTheLeaderAndLeavesTheSessionAlone() {
        assertEquals(new AgentMessage.NotLeading("s", "10.0.0.2:2377"), Dispatcher.notLeading(
                new AgentMessage.Heartbeat("s"), "10.0.0.2:2377"));
        assertEquals(new AgentMessage.NotLeading("", ""), Dispatcher.notLeading(
                new AgentMessage.Register("boot", DESCRIPTION), ""));
    }

    @Test
    void nodeMayRegisterAsOftenAsItsLinksBreak() {
        for (int i = 0; i < 20; i++) {
            register("boot");
        }
    }

    @Test
    void nodeThatIsNoMemberIsRefusedForGood() {
        NodeId stranger = new NodeId("n9");
        say(stranger, new AgentMessage.Register("boot", DESCRIPTION));
        round();
        assertEquals(List.of(new Dispatcher.Told(stranger, new AgentMessage.Refused("",
                "node n9 is not a member of this swarm", true))),
                dispatcher.tell(committed, moment()));
    }

    @Test
    void copiedMachineIsRefusedUntilTheFirstOnesLinkIsClosed() {
        String session = register("boot");
        say(N1, new AgentMessage.Register("other", DESCRIPTION));
        AgentMessage.Refused refused = (AgentMessage.Refused) settle().getFirst();
        assertTrue(refused.again() && refused.reason().contains("10.0.0.1"), refused.reason());
        say(N1, new AgentMessage.Heartbeat(session));
        assertEquals(List.of(new AgentMessage.HeartbeatHeard(session, 1_000)), settle());
        dispatcher.onLinkClosed(N1);
        register("other");
    }

    @Test
    void heartbeatIsAnsweredAndKeepsTheNodeUp() {
        String session = register("boot");
        for (int beat = 0; beat < 20; beat++) {
            pass(1_000);
            say(N1, new AgentMessage.Heartbeat(session));
            assertEquals(List.of(new AgentMessage.HeartbeatHeard(session, 1_000)), settle());
        }
        assertEquals(Node.State.READY, node(committed).status().state());
    }

    @Test
    void threeMissedHeartbeatsMakeTheNodeDown() {
        String session = register("boot");
        pass(2_900);
        assertEquals(Node.State.READY, node(tip).status().state());
        pass(200);
        assertEquals(new Node.Status(Node.State.DOWN, "heartbeat failure", "10.0.0.1"),
                node(tip).status());
        say(N1, new AgentMessage.Heartbeat(session));
        assertEquals(List.of(new AgentMessage.Refused(session, "session invalid", true)),
                settle());
    }

    @Test
    void lastWordsOfANodeThatIsLostAreNotAConflict() {
        String session = register("boot");
        pass(2_900);
        say(N1, new AgentMessage.Described(session, Node.Description.UNSAID));
        now += 200;
        round();
        assertEquals(Node.State.DOWN, node(tip).status().state());
    }

    @Test
    void nodeThatNeverSpokeIsDownAfterItsGrace() {
        pass(3_000);
        assertEquals(Node.State.UNKNOWN, node(tip).status().state(), "two nodes have 20 ms more");
        pass(300);
        assertEquals("heartbeat failure for node in \"unknown\" state",
                node(tip).status().message());
    }

    /// F52.
    @Test
    void newLeaderWritesNothingAndWaits() {
        register("boot");
        commit();
        lead();
        long index = tip.index();
        pass(2_900);
        assertEquals(index, tip.index());
    }

    @Test
    void standstillOfTheLeaderIsHeldAgainstNobody() {
        String session = register("boot");
        pass(1_000);
        now += 60_000;
        round();
        assertEquals(Node.State.READY, node(tip).status().state());
        pass(1_500);
        say(N1, new AgentMessage.Heartbeat(session));
        pass(2_500);
        assertEquals(Node.State.READY, node(tip).status().state());
    }

    @Test
    void firstMessageHasAllTasksThatAreAssignedDeadOnesToo() {
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        change(new Change.Create(in(Objects.task("t2", "n1", "run"), TaskState.FAILED)));
        change(new Change.Create(in(Objects.task("t3", "n1", "run"), TaskState.PENDING)));
        change(new Change.Create(Objects.task("t4", "n2", "run")));
        commit();
        say(N1, new AgentMessage.Register("boot", DESCRIPTION));
        List<AgentMessage.ToAgent> told = settle();
        assertEquals(List.of("t1", "t2"),
                ids(((AgentMessage.AllTasks) told.getLast()).tasks()));
    }

    @Test
    void laterChangesComeAsNumberedDifferencesOnceCommitted() {
        register("boot");
        change(new Change.Create(in(Objects.task("t1", "n1", "run"), TaskState.PENDING)));
        commit();
        assertEquals(List.of(), tell(), "not assigned yet");
        change(new Change.Update(in(task("t1"), TaskState.ASSIGNED)));
        assertEquals(List.of(), tell(), "not committed yet");
        commit();
        AgentMessage.TaskChanges first = changes();
        assertEquals(List.of("t1"), ids(first.changed()));
        change(new Change.Update(task("t1").withDesired(TaskState.SHUTDOWN)));
        commit();
        AgentMessage.TaskChanges second = changes();
        assertEquals(first.number() + 1, second.number());
        assertEquals(TaskState.SHUTDOWN, second.changed().getFirst().desiredState());
        change(Change.Delete.of(task("t1")));
        commit();
        assertEquals(List.of(new TaskId("t1")), changes().gone());
        assertEquals(List.of(), tell());
    }

    @Test
    void changeOfTheStatusAloneSendsNothing() {
        register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        commit();
        changes();
        change(new Change.Update(in(task("t1"), TaskState.RUNNING)));
        commit();
        assertEquals(List.of(), tell());
    }

    @Test
    void createUpdateAndDeleteCloseTogetherAreOneMessage() {
        register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        change(new Change.Create(Objects.task("t2", "n1", "run")));
        change(new Change.Update(task("t1").withDesired(TaskState.SHUTDOWN)));
        change(Change.Delete.of(task("t2")));
        commit();
        AgentMessage.TaskChanges only = changes();
        assertEquals(List.of("t1"), ids(only.changed()));
        assertEquals(List.of(new TaskId("t2")), only.gone());
    }

    @Test
    void agentThatMissedOneGetsTheFullSetAgain() {
        String session = register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        commit();
        long number = changes().number();
        say(N1, new AgentMessage.Assigned(session, 0));
        AgentMessage.AllTasks all = (AgentMessage.AllTasks) settle().getLast();
        assertEquals(number + 1, all.number());
        assertEquals(List.of("t1"), ids(all.tasks()));
    }

    @Test
    void silentAgentIsNotSentMoreThanItsWindow() {
        String session = register("boot");
        int messages = 0;
        for (int i = 0; i < 100; i++) {
            change(new Change.Create(Objects.task("t" + i, "n1", "run")));
            commit();
            messages += tell().size();
        }
        assertEquals(16, messages);
        say(N1, new AgentMessage.Assigned(session, 17));
        assertEquals(84, ((AgentMessage.TaskChanges) settle().getFirst()).changed().size());
    }

    @Test
    void assignmentsThatAreNotAcknowledgedAreSentAgainAsAFullSet() {
        String session = register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        commit();
        assertEquals(2, changes().number());
        for (int second = 0; second < 5; second++) {
            assertTrue(tell().stream().noneMatch(AgentMessage.AllTasks.class::isInstance));
            now += 1_000;
            say(N1, new AgentMessage.Heartbeat(session));
            round();
        }
        List<AgentMessage.ToAgent> told = tell();
        assertEquals(List.of("t1"), ids(((AgentMessage.AllTasks) told.getLast()).tasks()));
        say(N1, new AgentMessage.Assigned(session, 3));
        now += 10_000;
        assertEquals(List.of(), tell(), "and no more once it is acknowledged");
    }

    @Test
    void statusIsStoredWithTheLeadersClockAndAcknowledgedOnceCommitted() {
        String session = register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        commit();
        tell();
        say(N1, statuses(session, 7, "t1", TaskState.RUNNING, 0));
        round();
        assertEquals(TaskState.RUNNING, tip.task(new TaskId("t1")).orElseThrow().state());
        assertEquals(List.of(), tell(), "not committed yet");
        commit();
        assertEquals(List.of(new AgentMessage.StatusesStored(session, 7)), tell());
        assertEquals(WALL, committed.task(new TaskId("t1")).orElseThrow().status().appliedAt()
                .orElseThrow());
    }

    @Test
    void statusThatGoesBackOrIsTheSameIsIgnoredAndAcknowledged() {
        String session = register("boot");
        change(new Change.Create(in(Objects.task("t1", "n1", "run"), TaskState.RUNNING)));
        commit();
        tell();
        long index = tip.index();
        say(N1, statuses(session, 1, "t1", TaskState.STARTING, 0));
        assertEquals(List.of(new AgentMessage.StatusesStored(session, 1)), settle());
        say(N1, statuses(session, 2, "t1", TaskState.RUNNING, 0));
        assertEquals(List.of(new AgentMessage.StatusesStored(session, 2)), settle());
        assertEquals(index, tip.index());
    }

    @Test
    void laterRunOfATaskIsNewsWhateverItsState() {
        String session = register("boot");
        change(new Change.Create(in(Objects.task("t1", "n1", "run"), TaskState.FAILED)));
        commit();
        tell();
        say(N1, statuses(session, 1, "t1", TaskState.RUNNING, 1));
        settle();
        assertEquals(TaskState.RUNNING, task("t1").state());
        say(N1, statuses(session, 2, "t1", TaskState.FAILED, 0));
        settle();
        assertEquals(1, task("t1").status().run());
    }

    @Test
    void taskOfAnotherNodeCannotBeTouched() {
        String session = register("boot");
        change(new Change.Create(Objects.task("t1", "n2", "run")));
        commit();
        long index = tip.index();
        say(N1, statuses(session, 1, "t1", TaskState.FAILED, 0));
        assertEquals(List.of(new AgentMessage.StatusesStored(session, 1)), settle());
        assertEquals(index, tip.index());
    }

    @Test
    void statesThatNoAgentObservesAreIgnored() {
        String session = register("boot");
        change(new Change.Create(Objects.task("t1", "n1", "run")));
        commit();
        tell();
        long index = tip.index();
        for (TaskState state : List.of(TaskState.NEW, TaskState.ASSIGNED, TaskState.REMOVE,
                TaskState.ORPHANED)) {
            say(N1, statuses(session, 1, "t1", state, 5));
            settle();
        }
        assertEquals(index, tip.index());
    }

    @Test
    void deletedNodesSessionIsRefusedOnceThatIsCommitted() {
        String session = register("boot");
        change(Change.Delete.of(node(tip)));
        round();
        assertEquals(List.of(), tell());
        commit();
        assertEquals(List.of(new AgentMessage.Refused(session,
                "the node was removed from the swarm", false)), tell());
    }

    @Test
    void nodeThatLeavesIsNotHeardUntilItJoinsAgain() {
        String session = register("boot");
        Node.Status left = new Node.Status(Node.State.DOWN, Node.LEFT, "10.0.0.1");
        change(new Change.Update(node(tip).withStatus(left)));
        say(N1, new AgentMessage.Heartbeat(session));
        say(N1, new AgentMessage.Described(session, DESCRIPTION));
        settle();
        pass(60_000);
        assertEquals(left, node(tip).status());
        say(N1, new AgentMessage.Register("boot", DESCRIPTION));
        assertEquals(List.of(new AgentMessage.Refused("", "node n1 has left this swarm; it must "
                + "join again", false)), settle());
        assertEquals(left, node(tip).status());
        change(new Change.Update(node(tip).withStatus(
                new Node.Status(Node.State.UNKNOWN, "", "10.0.0.1"))));
        register("boot");
        assertEquals(Node.State.READY, node(tip).status().state());
    }

    @Test
    void nodeThatJoinsAgainAndNeverSpeaksIsDown() {
        change(new Change.Update(node(tip).withStatus(
                new Node.Status(Node.State.DOWN, Node.LEFT, "10.0.0.1"))));
        settle();
        change(new Change.Update(node(tip).withStatus(
                new Node.Status(Node.State.UNKNOWN, "", "10.0.0.1"))));
        pass(60_000);
        assertEquals(new Node.Status(Node.State.DOWN,
                "heartbeat failure for node in \"unknown\" state", "10.0.0.1"),
                node(tip).status());
    }

    @Test
    void tasksOfANodeDownForADayAreOrphaned() {
        register("boot");
        change(new Change.Create(in(Objects.task("t1", "n1", "run"), TaskState.RUNNING)));
        change(new Change.Create(in(Objects.task("t2", "n1", "run"), TaskState.COMPLETE)));
        commit();
        pass(4_000);
        assertEquals(Node.State.DOWN, node(tip).status().state());
        pass(23 * 3_600_000L);
        assertEquals(TaskState.RUNNING, task("t1").state());
        pass(3_600_000L);
        assertEquals(TaskState.ORPHANED, task("t1").state());
        assertEquals(TaskState.COMPLETE, task("t2").state());
    }

    @Test
    void largeReportIsStoredInBatches() {
        String session = register("boot");
        List<AgentMessage.Report> reports = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            change(new Change.Create(Objects.task("t" + i, "n1", "run")));
            reports.add(new AgentMessage.Report(new TaskId("t" + i),
                    TaskStatus.of(WALL, TaskState.RUNNING, "started")));
        }
        commit();
        tell();
        say(N1, new AgentMessage.Statuses(session, 1, reports));
        List<Transaction> decided = dispatcher.decide(tip, moment());
        assertEquals(1, decided.size());
        assertEquals(150, decided.getFirst().changes().size());
    }

    @Test
    void movedMachineIsFollowed() {
        String session = register("boot");
        dispatcher.onMessage(N1, "10.0.0.7", new AgentMessage.Heartbeat(session), now);
        settle();
        assertEquals("10.0.0.7", node(committed).status().addr());
    }

    private static AgentMessage.Statuses statuses(String session, long number, String task,
            TaskState state, long run) {
        return new AgentMessage.Statuses(session, number, List.of(new AgentMessage.Report(
                new TaskId(task), TaskStatus.of(WALL, state, "said").withRun(run))));
    }

    private static Task in(Task task, TaskState state) {
        return task.withStatus(TaskStatus.of(Instant.EPOCH, state, "set"));
    }

    private static List<String> ids(List<Task> tasks) {
        return tasks.stream().map(task -> task.id().text()).toList();
    }
}

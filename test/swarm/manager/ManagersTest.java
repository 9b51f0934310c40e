package swarm.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.api.ApiAnswer;
import swarm.api.Decision;
import swarm.api.Deed;
import swarm.api.Facts;
import swarm.api.Membership;
import swarm.api.Messages;
import swarm.dispatcher.AgentMessage;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftEvent;
import swarm.store.Change;
import swarm.store.View;

/// Several managers together: who answers, what becomes of a write when the leader changes, and how
/// raft's members follow the seats.
final class ManagersTest {
    private static final Node.Availability ACTIVE = Node.Availability.ACTIVE;

    /// Names the node `id`, and answers with the name that it had before.
    private static Deed rename(NodeId id, String name) {
        return (tip, _) -> {
            Node node = tip.node(id).orElseThrow();
            Node.Spec old = node.spec();
            return new Decision.Propose(List.of(new Change.Update(node.withSpec(
                    new Node.Spec(name, old.labels(), old.role(), old.availability())))),
                    ApiAnswer.text(200, "{\"Before\":\"" + old.name() + "\"}"));
        };
    }

    private static String name(Host host) {
        return host.manager.committed().node(Sole.NODE).orElseThrow().spec().name();
    }

    private static String body(Host host, long token) {
        return host.answer(token).map(output -> output instanceof ManagerOutput.Answer answer
                ? new String(answer.answer().body()).strip() : output.toString()).orElse("");
    }

    private static String said(Host host, long token) {
        return host.reply(token).map(ApiAnswer::message).orElse("");
    }

    private static Optional<ManagerOutput> elsewhere(long token, Host leader) {
        String addr = leader.manager.committed().node(leader.node).orElseThrow()
                .manager().orElseThrow().addr();
        return Optional.of(new ManagerOutput.Elsewhere(token, leader.node, addr));
    }

    @Test void followerSendsClientsToTheLeader() {
        Managers managers = new Managers(3, 10_000);
        Host follower = managers.follower();
        long written = managers.write(follower, "r", rename(Sole.NODE, "a"));
        long read = managers.read(follower);
        managers.run(1);
        assertEquals(elsewhere(written, managers.leader()), follower.answer(written));
        assertEquals(elsewhere(read, managers.leader()), follower.answer(read));
        assertEquals("", name(managers.leader()));
    }

    @Test void clientsWaitForALeaderWhileThereCanBeOneAndAreThenSentOn() {
        Managers managers = new Managers(3, 10_000);
        managers.lost = message -> message instanceof Message.VoteRequest;
        managers.cut.add(managers.leader());
        managers.run(3_000);
        List<Host> left = managers.hosts.stream().filter(host -> !managers.cut.contains(host))
                .toList();
        List<Long> written = left.stream().map(host ->
                managers.write(host, "r" + host.node, rename(Sole.NODE, "a"))).toList();
        List<Long> read = left.stream().map(managers::read).toList();
        managers.run(4_000);
        for (int i = 0; i < 2; i++) {
            assertTrue(left.get(i).answer(written.get(i)).isEmpty());
            assertTrue(left.get(i).answer(read.get(i)).isEmpty());
        }
        managers.lost = _ -> false;
        Host next = managers.leader();
        int other = 1 - left.indexOf(next);
        managers.until(() -> left.get(other).answer(written.get(other)).isPresent()
                && left.get(other).answer(read.get(other)).isPresent(), "they are told");
        assertEquals(elsewhere(written.get(other), next),
                left.get(other).answer(written.get(other)));
        assertEquals(elsewhere(read.get(other), next), left.get(other).answer(read.get(other)));
        managers.until(() -> next.status(written.get(1 - other)) == 200, "the leader does it");
    }

    @Test void clientsWhoWaitInVainAreToldSoAfterFiveSeconds() {
        Managers managers = new Managers(3, 10_000);
        managers.lost = message -> message instanceof Message.VoteRequest;
        managers.cut.add(managers.leader());
        managers.run(3_000);
        Host waiting = managers.hosts.stream().filter(host -> !managers.cut.contains(host))
                .findFirst().orElseThrow();
        long written = managers.write(waiting, "r", rename(Sole.NODE, "a"));
        long read = managers.read(waiting);
        managers.run(5_000);
        assertEquals(List.of(Messages.NO_LEADER, Messages.NO_LEADER),
                List.of(said(waiting, written), said(waiting, read)));
    }

    @Test void writeIsDoneOnceAcrossAChangeOfLeader() {
        Managers managers = new Managers(3, 10_000);
        Host old = managers.leader();
        managers.cut.add(old);
        long first = managers.write(old, "r", rename(Sole.NODE, "a"));
        Host next = managers.leader();
        managers.until(() -> !Managers.leads(old), "the old leader gives up");
        assertTrue(old.answer(first).isEmpty(), "it may still be committed");
        long again = managers.write(next, "r", rename(Sole.NODE, "a"));
        managers.until(() -> next.status(again) == 200, "it is done by the next leader");
        managers.cut.clear();
        managers.until(() -> old.answer(first).isPresent(), "the first sender is answered");
        assertEquals("{\"Before\":\"\"}", body(old, first));
        assertEquals(body(next, again), body(old, first));
        managers.until(managers::settled, "all have it");
        managers.hosts.forEach(host -> assertEquals("a", name(host)));
    }

    @Test void lostWriteIsSentElsewhereAndNoWriteBeforeItIsLost() {
        Managers managers = new Managers(3, 10_000);
        Host old = managers.leader();
        managers.cut.add(old);
        List<Long> lost = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lost.add(managers.write(old, "r" + i, rename(Sole.NODE, "a" + i)));
        }
        Host next = managers.leader();
        managers.until(() -> !Managers.leads(old), "the old leader gives up");
        lost.forEach(token -> assertTrue(old.answer(token).isEmpty()));
        managers.cut.clear();
        managers.until(() -> lost.stream().allMatch(token -> old.answer(token).isPresent()),
                "all are told, though the log is shorter now");
        lost.forEach(token -> assertEquals(elsewhere(token, next), old.answer(token)));
        assertEquals("", name(next));
    }

    @Test void managersAreReachableOnceTheyVote() {
        Managers managers = new Managers(1, 10_000);
        managers.lost = message -> message instanceof Message.Append append
                && !append.entries().isEmpty();
        Host second = managers.join("node2", "10.0.0.2:2377");
        Host leader = managers.leader();
        managers.until(() -> !leader.manager.configuration().learners().isEmpty(), "it learns");
        managers.run(500);
        assertEquals(List.of(Sole.MEMBER), leader.manager.configuration().voters());
        assertFalse(facts(managers, leader).reachable().get(second.node));
        managers.lost = _ -> false;
        managers.until(managers::settled, "it votes");
        assertTrue(facts(managers, leader).reachable().get(second.node));
    }

    private static Facts facts(Managers managers, Host leader) {
        long token = managers.read(leader);
        managers.until(() -> leader.answer(token).isPresent(), "the read is answered");
        return ((ManagerOutput.Readable) leader.answer(token).orElseThrow()).facts();
    }

    @Test void managerThatLeftIsNoMember() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.leader();
        long left = managers.write(leader, "r", Membership.leave(managers.follower().node));
        managers.until(() -> leader.status(left) == 202
                && leader.manager.configuration().voters().size() == 2, "it is removed");
        managers.until(managers::settled, "the others go on");
    }

    @Test void leaderThatLeavesHandsOnAndIsNoMember() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.leader();
        long left = managers.write(leader, "r", Membership.leave(leader.node));
        managers.until(() -> leader.status(left) == 202 && !Managers.leads(leader), "it goes");
        Host next = managers.leader();
        assertFalse(next.manager.configuration().contains(leader.member));
        managers.until(managers::settled, "the others go on");
    }

    @Test void membershipThatWouldCostTheQuorumWaits() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.host(1);
        managers.cut.add(managers.host(3));
        managers.run(3_000);
        long left = managers.write(leader, "r", Membership.leave(managers.host(2).node));
        managers.until(() -> leader.status(left) == 202, "the row is changed");
        managers.run(3_000);
        assertTrue(Managers.leads(leader), "the quorum is lost");
        assertEquals(3, leader.manager.configuration().voters().size());
        managers.cut.clear();
        managers.until(managers::settled, "it is removed when the third is back");
    }

    @Test void rowKeepsTheSeatUntilRaftDoesWithoutIt() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.host(1);
        Host demoted = managers.host(3);
        managers.cut.add(managers.host(2));
        managers.run(3_000);
        managers.write(leader, "r", role(demoted.node, Node.Role.WORKER));
        managers.run(3_000);
        assertTrue(seat(leader, demoted).isPresent(), "without its vote there is no majority");
        assertTrue(leader.manager.configuration().isVoter(demoted.member));
        managers.cut.clear();
        managers.until(() -> seat(managers.leader(), demoted).isEmpty(), "the seat is taken");
        assertFalse(managers.leader().manager.configuration().contains(demoted.member));
    }

    @Test void leaderThatIsDemotedLosesItsSeatToo() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.leader();
        managers.write(leader, "r", role(leader.node, Node.Role.WORKER));
        managers.until(() -> !Managers.leads(leader) && seat(managers.leader(), leader).isEmpty(),
                "the next leader takes it");
        assertFalse(managers.leader().manager.configuration().contains(leader.member));
    }

    @Test void twoAtOnceAreDemotedAndTheLastOneGoesOn() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.leader();
        managers.write(leader, "a", role(managers.host(1).node, Node.Role.WORKER));
        managers.write(leader, "b", role(managers.host(2).node, Node.Role.WORKER));
        managers.until(() -> managers.leader().equals(managers.host(3))
                && managers.leader().manager.configuration().voters().size() == 1
                && seat(managers.host(3), managers.host(1)).isEmpty()
                && seat(managers.host(3), managers.host(2)).isEmpty(), "one is left");
    }

    private static Optional<Node.Manager> seat(Host asked, Host of) {
        return asked.manager.committed().node(of.node).flatMap(Node::manager);
    }

    private static Deed role(NodeId id, Node.Role role) {
        return (tip, _) -> {
            Node node = tip.node(id).orElseThrow();
            return new Decision.Propose(List.of(new Change.Update(node.withSpec(new Node.Spec(
                    node.spec().name(), node.spec().labels(), role,
                    node.spec().availability())))), ApiAnswer.empty(200));
        };
    }

    @Test void newSeatOfANodeReplacesItsOldOneWithoutAFourthVoter() {
        Managers managers = new Managers(3, 10_000);
        Host dead = managers.host(3);
        managers.cut.add(dead);
        Host reborn = managers.join("node3", "10.0.0.3:2377");
        managers.until(managers::settled, "it votes under its new number");
        Configuration now = managers.leader().manager.configuration();
        assertTrue(now.isVoter(reborn.member) && !now.contains(dead.member));
        assertTrue(managers.hosts.stream().flatMap(host -> host.events.stream())
                .noneMatch(event -> event instanceof RaftEvent.ConfigurationChanged(
                        long _, Configuration was) && was.voters().size() > 3));
    }

    @Test void learnerIsGivenTheStateByASnapshotAndRefusesADamagedOne() {
        Managers managers = new Managers(1, 50);
        Host leader = managers.leader();
        for (int i = 0; i < 700; i++) {
            managers.write(leader, "w" + i, rename(Sole.NODE, "name" + i));
        }
        managers.until(() -> name(leader).equals("name699"), "all is written");
        managers.spoiling = true;
        Host fresh = managers.join("node2", "10.0.0.2:2377");
        managers.until(() -> fresh.installed == 1, "a snapshot comes");
        assertEquals(View.empty().index(), fresh.manager.committed().index());
        fresh.spoils = false;
        managers.until(managers::settled, "it votes");
        assertEquals(2, fresh.installed);
        assertEquals(0, fresh.cuts, "a snapshot of what came as one");
        assertEquals("name699", name(fresh));
        long index = leader.manager.committed().index();
        managers.write(leader, "last", rename(Sole.NODE, "z"));
        managers.until(() -> name(fresh).equals("z"), "the log goes on behind the snapshot");
        assertTrue(fresh.manager.committed().index() > index);
    }

    @Test void writerOfAnOldLeaderIsAnsweredFromASnapshot() {
        Managers managers = new Managers(3, 50);
        Host old = managers.leader();
        managers.cut.add(old);
        long first = managers.write(old, "r", rename(Sole.NODE, "a"));
        long lost = managers.write(old, "q", rename(Sole.NODE, "b"));
        Host next = managers.leader();
        managers.write(next, "r", rename(Sole.NODE, "a"));
        for (int i = 0; i < 700; i++) {
            managers.write(next, "w" + i, rename(Sole.NODE, "name" + i));
        }
        managers.until(() -> name(next).equals("name699"), "all is written");
        managers.lost = message -> message instanceof Message.Append && old.installed > 0;
        managers.cut.clear();
        managers.until(() -> old.answer(first).isPresent() && old.answer(lost).isPresent(),
                "both are told");
        assertEquals(1, old.installed);
        assertEquals("{\"Before\":\"\"}", body(old, first));
        assertEquals(elsewhere(lost, next), old.answer(lost));
    }

    @Test void followersCutSnapshotsToo() {
        Managers managers = new Managers(3, 20);
        for (int i = 0; i < 60; i++) {
            managers.write(managers.leader(), "w" + i, rename(Sole.NODE, "name" + i));
        }
        managers.until(() -> managers.hosts.stream().allMatch(host ->
                name(host).equals("name59")), "all have it");
        managers.hosts.forEach(host -> assertTrue(host.snapshot().index() >= 20));
    }

    @Test void leadershipIsHandedOn() {
        Managers managers = new Managers(3, 10_000);
        Host old = managers.leader();
        Host other = managers.follower();
        long idle = managers.handOver(other);
        long token = managers.handOver(old);
        managers.until(() -> old.status(token) == 200 && other.status(idle) == 200, "it is done");
        assertFalse(Managers.leads(old));
        Host next = managers.leader();
        assertFalse(next.equals(old));
        long written = managers.write(old, "r", rename(Sole.NODE, "a"));
        managers.until(() -> old.answer(written).isPresent(), "the old leader follows");
        assertEquals(elsewhere(written, managers.leader()), old.answer(written));
    }

    @Test void soleManagerHasNobodyToHandOverTo() {
        Managers managers = new Managers(1, 10_000);
        long token = managers.handOver(managers.leader());
        managers.run(1);
        assertEquals(200, managers.leader().status(token));
        assertTrue(Managers.leads(managers.host(1)));
    }

    @Test void failedHandOverIsToldAndNothingIsForgottenMeanwhile() {
        Managers managers = new Managers(3, 10_000);
        Host leader = managers.leader();
        managers.lost = message -> message instanceof Message.Append append
                && !append.entries().isEmpty();
        long before = managers.write(leader, "r1", rename(Sole.NODE, "a"));
        managers.run(1);
        long token = managers.handOver(leader);
        managers.run(1);
        leader.mailbox.add(new ManagerInput.FromAgent(Sole.NODE, "127.0.0.1",
                new AgentMessage.Register("boot", leader.manager.committed().nodes().getFirst()
                        .description())));
        managers.run(1);
        long during = managers.write(leader, "r2", rename(Sole.NODE, "b"));
        managers.until(() -> leader.status(token) == 503, "the hand-over fails");
        managers.lost = _ -> false;
        managers.until(() -> leader.status(before) == 200 && leader.status(during) == 200,
                "the same leader goes on");
        managers.until(() -> leader.manager.committed().node(Sole.NODE).orElseThrow().status()
                .state() == Node.State.READY, "what the dispatcher had decided is done");
        assertEquals(1, leader.reigns());
    }

    @Test void seatAtTheAddressOfADeadManagerReplacesIt() {
        Managers managers = new Managers(3, 10_000);
        Host dead = managers.host(3);
        managers.cut.add(dead);
        managers.until(() -> managers.leader().manager.committed().node(dead.node).orElseThrow()
                .status().state() == Node.State.DOWN, "it is down");
        Host fresh = managers.join("other", "10.0.0.3:2377");
        managers.until(managers::settled, "it votes");
        List<MemberId> voters = managers.leader().manager.configuration().voters();
        assertTrue(voters.contains(fresh.member) && !voters.contains(dead.member));
        assertEquals(3, voters.size());
    }

    @Test void workersRowIsNoSeat() {
        Managers managers = new Managers(1, 10_000);
        Host leader = managers.leader();
        long token = managers.write(leader, "r",
                Membership.worker("w", new NodeId("worker"), ACTIVE, "10.0.0.9"));
        managers.until(() -> leader.status(token) == 200, "it is in");
        managers.run(1_000);
        assertEquals(List.of(), leader.manager.configuration().learners());
    }
}

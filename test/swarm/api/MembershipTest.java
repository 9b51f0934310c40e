package swarm.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.Cluster;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.store.Change;

/// What joining and leaving does to the rows, and who may do it.
final class MembershipTest {
    private static final String WORKER = LabSwarm.TOKEN + "1".repeat(25);
    private static final String MANAGER = LabSwarm.TOKEN + "2".repeat(25);
    private static final NodeId NEW = new NodeId("0".repeat(24) + "1");
    private static final NodeId LEADER = new NodeId("v0ye4qvxquyrb0qj97oy8rjgq");
    private static final NodeId HEARD = new NodeId("ih2hagonksxov2p84svgwv925");
    private static final String ADDR = "10.78.0.12:2377";
    private static final Node.Availability ACTIVE = Node.Availability.ACTIVE;

    private final LabSwarm swarm = new LabSwarm();

    private Node row(NodeId id) {
        return swarm.view().node(id).orElseThrow();
    }

    private int refused(Deed deed, String words) {
        ApiAnswer answer = swarm.write(deed);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertTrue(text.contains(words), text);
        return answer.status();
    }

    private void done(Deed deed) {
        ApiAnswer answer = swarm.write(deed);
        assertEquals(200, answer.status(), new String(answer.body(), StandardCharsets.UTF_8));
    }

    private static Deed seat(String token, NodeId id, long raftId, String addr) {
        return Membership.seat(Optional.of(token), id, raftId, addr, ACTIVE);
    }

    @Test void tokenGrantsItsRole() {
        assertEquals(Optional.of(Node.Role.WORKER), Membership.roleOf(swarm.view(), WORKER));
        assertEquals(Optional.of(Node.Role.MANAGER), Membership.roleOf(swarm.view(), MANAGER));
        assertEquals(Optional.empty(), Membership.roleOf(swarm.view(), MANAGER + "2"));
        assertEquals(Optional.empty(), Membership.roleOf(swarm.view(), ""));
    }

    @Test void wrongTokenIsRefusedInDockersWords() {
        String words = "rpc error: code = InvalidArgument desc = "
                + "A valid join token is necessary to join this cluster";
        assertEquals(400, refused(Membership.worker(MANAGER, NEW, ACTIVE, "10.78.0.12"), words));
        assertEquals(400, refused(Membership.worker("", NEW, ACTIVE, "10.78.0.12"), words));
        assertEquals(400, refused(seat(WORKER, NEW, 9, ADDR), words));
        assertEquals(400, refused(Membership.seat(Optional.empty(), NEW, 9, ADDR, ACTIVE), words));
        assertEquals(400,
                refused(Membership.seat(Optional.empty(), HEARD, 9, ADDR, ACTIVE), words));
    }

    @Test void rotatedTokenIsWorthNothing() {
        done(Membership.worker(WORKER, NEW, ACTIVE, "10.78.0.12"));
        Cluster cluster = swarm.view().cluster().orElseThrow();
        swarm.apply(new Change.Update(cluster.withJoinTokens(
                new Cluster.JoinTokens(MANAGER + "9", MANAGER))));
        assertEquals(400, refused(Membership.worker(WORKER, NEW, ACTIVE, "a"), "join token"));
    }

    @Test void workerGetsARow() {
        done(Membership.worker(WORKER, NEW, Node.Availability.DRAIN, "10.78.0.12"));
        assertEquals(new Node.Spec("", new TreeMap<>(), Node.Role.WORKER,
                Node.Availability.DRAIN), row(NEW).spec());
        assertEquals(new Node.Status(Node.State.UNKNOWN, "", "10.78.0.12"), row(NEW).status());
        assertEquals(Optional.empty(), row(NEW).manager());
    }

    @Test void machineThatComesBackKeepsWhatOperatorsSetAndIsWaitedFor() {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("zone", "a");
        swarm.apply(new Change.Update(row(HEARD).withSpec(
                new Node.Spec("name", labels, Node.Role.WORKER, ACTIVE))));
        done(Membership.leave(HEARD));
        done(Membership.worker(WORKER, HEARD, Node.Availability.PAUSE, "10.78.0.99"));
        assertEquals(new Node.Spec("name", labels, Node.Role.WORKER, Node.Availability.PAUSE),
                row(HEARD).spec());
        assertEquals(new Node.Status(Node.State.UNKNOWN, "", "10.78.0.99"), row(HEARD).status());
        assertEquals("node2", row(HEARD).description().hostname());
    }

    @Test void managerIsNotTakenBackAsAWorker() {
        assertEquals(409, refused(Membership.worker(WORKER, LEADER, ACTIVE, "10.78.0.11"),
                "already a manager of this swarm"));
    }

    @Test void managerTokenGivesASeat() {
        done(seat(MANAGER, NEW, 9, ADDR));
        assertEquals(Node.Role.MANAGER, row(NEW).spec().role());
        assertEquals(Optional.of(new Node.Manager(9, ADDR)), row(NEW).manager());
        assertEquals("10.78.0.12", row(NEW).status().addr());
        done(seat(MANAGER, NEW, 10, "[fd00::1]:2377"));
        assertEquals(Optional.of(new Node.Manager(10, "[fd00::1]:2377")), row(NEW).manager());
        assertEquals("fd00::1", row(NEW).status().addr());
    }

    @Test void nodeThatAnOperatorWantsAsAManagerNeedsNoToken() {
        Node.Spec spec = row(HEARD).spec();
        swarm.apply(new Change.Update(row(HEARD).withSpec(new Node.Spec(spec.name(),
                spec.labels(), Node.Role.MANAGER, spec.availability()))));
        done(Membership.seat(Optional.empty(), HEARD, 9, ADDR, ACTIVE));
        assertEquals(Optional.of(new Node.Manager(9, ADDR)), row(HEARD).manager());
    }

    @Test void addressOfALivingManagerIsTakenAndThatOfADeadOneIsNot() {
        done(seat(MANAGER, HEARD, 9, ADDR));
        assertEquals(409, refused(seat(MANAGER, NEW, 10, ADDR), HEARD.text()));
        swarm.apply(new Change.Update(row(HEARD).withStatus(
                new Node.Status(Node.State.DOWN, "heartbeat failure", "10.78.0.12"))));
        done(seat(MANAGER, NEW, 10, ADDR));
        assertEquals(Optional.of(new Node.Manager(10, ADDR)), row(NEW).manager());
        assertEquals(Optional.empty(), row(HEARD).manager());
        assertEquals(Node.Role.WORKER, row(HEARD).spec().role());
    }

    @Test void nodeThatLeftIsDownWithoutASeatUntilItIsRemoved() {
        done(seat(MANAGER, NEW, 9, ADDR));
        for (int asked = 0; asked < 2; asked++) {
            assertEquals(202, swarm.write(Membership.leave(NEW)).status());
            assertEquals(Optional.of(new Node.Manager(9, ADDR)), row(NEW).manager());
            assertEquals(Node.Role.WORKER, row(NEW).spec().role());
        }
        swarm.apply(new Change.Update(row(NEW).withManager(Optional.empty())));
        done(Membership.leave(NEW));
        assertEquals(new Node.Status(Node.State.DOWN, "node left the swarm", "10.78.0.12"),
                row(NEW).status());
        assertEquals(200, swarm.ask("DELETE", "/nodes/" + NEW, "", "").status());
        done(Membership.leave(NEW));
    }

    @Test void lastManagerDoesNotLeave() {
        assertEquals(503, refused(Membership.leave(LEADER), "Removing the last manager"));
    }

    @Test void managerDoesNotLeaveAOneThatGoesBehind() {
        done(seat(MANAGER, NEW, 9, ADDR));
        assertEquals(202, swarm.write(Membership.leave(NEW)).status());
        assertEquals(503, refused(Membership.leave(LEADER), "Removing the last manager"));
    }

    @Test void managerByAnOperatorsWishKeepsItsAvailability() {
        swarm.apply(new Change.Update(row(HEARD).withSpec(new Node.Spec("",
                new TreeMap<>(), Node.Role.MANAGER, Node.Availability.DRAIN))));
        done(Membership.seat(Optional.empty(), HEARD, 9, ADDR, ACTIVE));
        assertEquals(Node.Availability.DRAIN, row(HEARD).spec().availability());
    }

    private ApiAnswer role(NodeId id, String role) {
        return swarm.ask("POST", "/nodes/" + id + "/update?version="
                + row(id).version().index(), "", "{\"Role\":\"" + role
                + "\",\"Availability\":\"active\"}");
    }

    private void notDemoted(NodeId id, String why) {
        ApiAnswer answer = role(id, "worker");
        assertEquals("400 rpc error: code = FailedPrecondition desc = " + why,
                answer.status() + " " + answer.message());
        assertEquals(Node.Role.MANAGER, row(id).spec().role());
    }

    private void state(NodeId id, Node.State state) {
        swarm.apply(new Change.Update(row(id).withStatus(new Node.Status(state, "", "a"))));
    }

    @Test void roleIsWhatAnOperatorWantsAndTheSeatFollows() {
        assertEquals(200, role(HEARD, "manager").status());
        assertEquals(Node.Role.MANAGER, row(HEARD).spec().role());
        assertEquals(Optional.empty(), row(HEARD).manager());
        assertEquals(200, role(HEARD, "worker").status());
        done(seat(MANAGER, HEARD, 9, ADDR));
        assertEquals(200, role(HEARD, "worker").status());
        assertEquals(Optional.of(new Node.Manager(9, ADDR)), row(HEARD).manager());
    }

    @Test void demotionIsRefusedThatLeavesNoMajorityOfHeardManagers() {
        notDemoted(LEADER, "attempting to demote the last manager of the swarm");
        assertEquals(200, role(HEARD, "manager").status());
        String quorum = "can't remove member from the raft: this would result in a loss of quorum";
        notDemoted(LEADER, quorum);
        done(seat(MANAGER, HEARD, 9, ADDR));
        done(seat(MANAGER, NEW, 10, "10.78.0.13:2377"));
        state(NEW, Node.State.DOWN);
        notDemoted(HEARD, quorum);
        assertEquals(200, role(NEW, "worker").status());
        assertEquals(200, role(HEARD, "worker").status());
        notDemoted(LEADER, "attempting to demote the last manager of the swarm");
    }
}

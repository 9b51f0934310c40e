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
        done(Membership.leave(NEW));
        assertEquals(Optional.empty(), row(NEW).manager());
        assertEquals(Node.Role.WORKER, row(NEW).spec().role());
        assertEquals(new Node.Status(Node.State.DOWN, "node left the swarm", "10.78.0.12"),
                row(NEW).status());
        assertEquals(200, swarm.ask("DELETE", "/nodes/" + NEW, "", "").status());
        done(Membership.leave(NEW));
    }

    @Test void lastManagerDoesNotLeave() {
        assertEquals(503, refused(Membership.leave(LEADER), "Removing the last manager"));
    }
}

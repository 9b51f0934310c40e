package swarm.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.store.Change;

/// What agents are told of their node's role and of where the managers are.
class MembershipTest extends Desk {
    @Test
    void membershipComesWithTheSessionAndWhenTheFullSetIsAskedFor() {
        seat("n2", 7, "10.0.0.2:2377");
        commit();
        lead();
        say(N1, new AgentMessage.Register("boot", DESCRIPTION));
        AgentMessage.Membership first = membership(settle()).getFirst();
        assertEquals(Node.Role.WORKER, first.role());
        assertEquals(List.of("10.0.0.2:2377"), first.managers());
        say(N1, new AgentMessage.Assigned(first.session(), 1));
        assertEquals(List.of(), settle());
        say(N1, new AgentMessage.Assigned(first.session(), 0));
        assertEquals(List.of(first), membership(settle()), "the link may be another");
    }

    @Test
    void membershipIsToldAgainWhenASeatIsTakenOrGivenUpOnceCommitted() {
        register("boot");
        seat("n2", 7, "10.0.0.2:2377");
        seat("n1", 8, "10.0.0.1:2377");
        assertEquals(List.of(), tell(), "not committed yet");
        commit();
        assertEquals(List.of("10.0.0.1:2377", "10.0.0.2:2377"),
                membership(tell()).getFirst().managers());
        change(Change.Delete.of(tip.node(new NodeId("n2")).orElseThrow()));
        commit();
        assertEquals(List.of("10.0.0.1:2377"), membership(tell()).getFirst().managers());
        assertEquals(List.of(), tell());
    }

    @Test
    void membershipIsToldAgainToTheNodeWhoseRoleChangesAndOnThatAlone() {
        register("boot");
        Node.Spec spec = node(tip).spec();
        change(new Change.Update(node(tip).withSpec(new Node.Spec("named", spec.labels(),
                spec.role(), Node.Availability.DRAIN))));
        commit();
        assertEquals(List.of(), tell());
        change(new Change.Update(node(tip).withSpec(new Node.Spec("named", spec.labels(),
                Node.Role.MANAGER, Node.Availability.DRAIN))));
        commit();
        assertEquals(Node.Role.MANAGER, membership(tell()).getFirst().role());
    }

    private void seat(String node, long raftId, String addr) {
        Node row = tip.node(new NodeId(node)).orElseThrow();
        change(new Change.Update(new Node(row.id(), row.version(), row.createdAt(),
                row.updatedAt(), row.spec(), row.description(), row.status(),
                Optional.of(new Node.Manager(raftId, addr)))));
    }

    private static List<AgentMessage.Membership> membership(List<AgentMessage.ToAgent> told) {
        return told.stream().filter(AgentMessage.Membership.class::isInstance)
                .map(AgentMessage.Membership.class::cast).toList();
    }
}

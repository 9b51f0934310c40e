package swarm.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Constraints against nodes. (swarmkit manager/constraint)
final class ConstraintMatchTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static TreeMap<String, String> labels(String key, String value) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put(key, value);
        return labels;
    }

    private static Node node(String hostname, Node.Role role, String addr) {
        return new Node(new NodeId("abc"), Version.NONE, BEGIN, BEGIN,
                new Node.Spec("", labels("Zone", "East"), role, Node.Availability.ACTIVE),
                new Node.Description(hostname, new Placement.Platform("x86_64", "linux"),
                        Resources.NONE, new Node.Engine("", labels("disk", "ssd"), List.of()),
                        TlsInfo.NONE),
                new Node.Status(Node.State.READY, "", addr), Optional.empty());
    }

    private static final Node HOST = node("Host1", Node.Role.WORKER, "10.1.2.3");

    private static boolean holds(String text) {
        return ConstraintMatch.allHold(List.of(text), HOST);
    }

    @Test void keysAndValuesCompareWithoutCaseAndWhole() {
        assertTrue(holds("node.id == ABC"));
        assertTrue(holds("NODE.Hostname==host1"));
        assertFalse(holds("node.hostname==host"));
        assertFalse(holds("node.hostname==hos*"));
        assertTrue(holds("node.hostname!=hos*"));
        assertTrue(holds("node.role==worker"));
        assertFalse(holds("node.role==manager"));
        assertTrue(holds("node.platform.os==Linux"));
        assertTrue(holds("node.platform.arch==x86_64"));
    }

    @Test void labelNamesKeepTheirCase() {
        assertTrue(holds("node.labels.Zone==east"));
        assertFalse(holds("node.labels.zone==east"));
        assertTrue(holds("node.labels.zone!=east"));
        assertTrue(holds("engine.labels.disk==ssd"));
        assertFalse(holds("node.labels.disk==ssd"));
        assertFalse(holds("engine.labels.Zone==east"));
    }

    @Test void whatIsMissingIsEmpty() {
        assertFalse(holds("node.labels.none==x"));
        assertTrue(holds("node.labels.none!=x"));
        Node nameless = node("", Node.Role.MANAGER, "");
        assertFalse(ConstraintMatch.allHold(List.of("node.hostname==x"), nameless));
        assertTrue(ConstraintMatch.allHold(List.of("node.hostname!=x"), nameless));
    }

    @Test void unknownKeysMatchNothing() {
        assertFalse(holds("node.colour==red"));
        assertFalse(holds("node.colour!=red"));
        assertFalse(holds("constraint==x"));
    }

    @Test void addressesAndNetworksMatchInAnyNotation() {
        assertTrue(holds("node.ip==10.1.2.3"));
        assertTrue(holds("node.ip!=10.1.2.4"));
        assertTrue(holds("node.ip==10.1.0.0/16"));
        assertFalse(holds("node.ip==10.2.0.0/16"));
        assertTrue(holds("node.ip!=10.2.0.0/16"));
        Node six = node("six", Node.Role.WORKER, "2001:db8::2");
        assertTrue(ConstraintMatch.allHold(List.of("node.ip==2001:0db8:0:0:0:0:0:2"), six));
        assertTrue(ConstraintMatch.allHold(List.of("node.ip==2001:db8::/64"), six));
        assertFalse(ConstraintMatch.allHold(List.of("node.ip==10.0.0.0/8"), six));
    }

    @Test void malformedAddressesMatchNothing() {
        for (String bad : List.of("10.1.2", "10.1.2.3/33", "10.1.2.3/-1", "x", "10.1.2.3/y")) {
            assertFalse(holds("node.ip==" + bad), bad);
            assertFalse(holds("node.ip!=" + bad), bad);
        }
    }

    @Test void allConstraintsMustHold() {
        assertTrue(ConstraintMatch.allHold(List.of("node.role==worker", "node.labels.Zone==east"),
                HOST));
        assertFalse(ConstraintMatch.allHold(List.of("node.role==worker", "node.labels.Zone==x"),
                HOST));
        assertTrue(ConstraintMatch.allHold(List.of(), HOST));
    }
}

package swarm.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import swarm.ca.NodeName;
import swarm.wire.Rights.Asked;
import swarm.wire.Rights.Standing;

/// Every right of everybody, against a table written by hand: `+` is allowed, `.` refused.
final class RightsTest {
    private static final NodeName.Role MANAGER = NodeName.Role.MANAGER;
    private static final NodeName.Role WORKER = NodeName.Role.WORKER;

    /// One row for each that may show up: what it proves, and a column for each standing, which are
    /// UNKNOWN WORKER MANAGER EMPTY_STORE.
    private static final List<String> CONNECTIONS = List.of(
        "JOIN  nobody          ++++",
        "JOIN  worker          ++++",
        "JOIN  manager         ++++",
        "JOIN  foreign-worker  ++++",
        "JOIN  foreign-manager ++++",
        "ASK   nobody          ....",
        "ASK   worker          ++++",
        "ASK   manager         ++++",
        "ASK   foreign-worker  ....",
        "ASK   foreign-manager ....",
        "AGENT nobody          ....",
        "AGENT worker          .++.",
        "AGENT manager         .++.",
        "AGENT foreign-worker  ....",
        "AGENT foreign-manager ....",
        "RAFT  nobody          ....",
        "RAFT  worker          ..+.",
        "RAFT  manager         ..++",
        "RAFT  foreign-worker  ....",
        "RAFT  foreign-manager ....",
        "HELLO nobody          ....",
        "HELLO worker          ....",
        "HELLO manager         ++++",
        "HELLO foreign-worker  ....",
        "HELLO foreign-manager ....");

    private static final List<String> QUESTIONS = List.of(
        "SEAT   ++++",
        "ROW    ++++",
        "RENEW  .++.",
        "LEAVE  .++.",
        "OUTPUT .++.",
        "HANDLE ..+.");

    private static Optional<NodeName> named(String who) {
        String cluster = who.startsWith("foreign-") ? "c2" : "c1";
        return switch (who.substring(who.indexOf('-') + 1)) {
            case "worker" -> Optional.of(new NodeName("n1", WORKER, cluster));
            case "manager" -> Optional.of(new NodeName("n1", MANAGER, cluster));
            default -> Optional.empty();
        };
    }

    private static String marks(List<Optional<String>> refusals) {
        return refusals.stream().map(refusal -> refusal.isEmpty() ? "+" : ".")
            .collect(Collectors.joining());
    }

    private static List<Optional<String>> onConnection(Protocol protocol, String who) {
        return Arrays.stream(Standing.values())
            .map(each -> Rights.refusal(protocol, named(who), "c1", each)).toList();
    }

    private static List<Optional<String>> onQuestion(Asked asked) {
        return Arrays.stream(Standing.values()).map(each -> Rights.refusal(asked, each)).toList();
    }

    @Test void standingsAreTheColumns() {
        assertEquals("[UNKNOWN, WORKER, MANAGER, EMPTY_STORE]",
            Arrays.toString(Standing.values()));
    }

    @Test void everyConnectionIsForWhomTheTableSays() {
        assertEquals(Protocol.values().length * 5, CONNECTIONS.size());
        for (String row : CONNECTIONS) {
            String[] cells = row.split(" +");
            assertEquals(cells[2], marks(onConnection(Protocol.valueOf(cells[0]), cells[1])), row);
        }
    }

    @Test void everyQuestionIsForWhomTheTableSays() {
        assertEquals(Asked.values().length, QUESTIONS.size());
        for (String row : QUESTIONS) {
            String[] cells = row.split(" +");
            assertEquals(cells[1], marks(onQuestion(Asked.valueOf(cells[0]))), row);
        }
    }

    @Test void refusalsSayWhy() {
        says("has to join first", Protocol.AGENT, "nobody", Standing.UNKNOWN);
        says("another swarm (c2, here is c1)", Protocol.AGENT, "foreign-worker", Standing.WORKER);
        says("is not part of the swarm", Protocol.AGENT, "worker", Standing.UNKNOWN);
        says("is not a manager", Protocol.RAFT, "manager", Standing.WORKER);
        says("certificate is not a manager's", Protocol.HELLO, "worker", Standing.UNKNOWN);
        says("does not know the swarm's nodes", Protocol.AGENT, "worker", Standing.EMPTY_STORE);
        says("certificate is not a manager's", Protocol.RAFT, "worker", Standing.EMPTY_STORE);
        assertTrue(Rights.refusal(Asked.HANDLE, Standing.WORKER).orElseThrow()
            .contains("is not a manager"));
    }

    private static void says(String words, Protocol protocol, String who, Standing standing) {
        String refusal = Rights.refusal(protocol, named(who), "c1", standing).orElseThrow();
        assertTrue(refusal.contains(words), refusal);
    }
}

package swarm.node;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import swarm.ca.Identity;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.Seeded;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;

/// When a certificate is renewed, by a clock that the test sets.
final class RenewalTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final Duration LIFE = Duration.ofHours(10);

    private final Seeded random = new Seeded(5);
    private final RootCa root = RootCa.make(NOW, random);
    private final SigningKey key = SigningKey.make(random);
    /// What the node shows now.
    private Identity shown = signed(NOW);
    private final Renewal renewal = new Renewal(() -> shown, new Random(3));

    private Identity signed(Instant at) {
        SigningRequest request = SigningRequest.make(key, random);
        return new Identity(key, List.of(root.sign(request, new NodeName(request.nodeId(),
                NodeName.Role.WORKER, "c1"), LIFE, at, random)));
    }

    private boolean dueAfter(long hours) {
        return renewal.due(NOW.plus(Duration.ofHours(hours)));
    }

    @Test void certificateIsRenewedInTheSecondHalfOfItsLifeAndWellBeforeItsEnd() {
        assertFalse(dueAfter(0));
        assertFalse(dueAfter(4));
        assertTrue(dueAfter(8));
        shown = signed(NOW.plus(Duration.ofHours(8)));
        assertFalse(dueAfter(12));
        assertTrue(dueAfter(16));
    }

    @Test void renewalThatFailsIsTriedAgainSoonAndNotAtOnce() {
        assertFalse(renewal.due(NOW));
        renewal.failed(NOW);
        assertFalse(dueAfter(4), "nothing was due that could fail");
        Instant tried = NOW.plus(Duration.ofHours(8));
        assertTrue(renewal.due(tried));
        renewal.failed(tried);
        assertFalse(renewal.due(tried.plusSeconds(1)));
        assertTrue(renewal.due(tried.plusSeconds(60)));
    }

    @Test void roleThatChangesRenewsAtOnceUntilThereIsAnotherCertificate() {
        assertFalse(renewal.due(NOW));
        renewal.now();
        assertTrue(renewal.due(NOW));
        shown = signed(NOW);
        assertFalse(renewal.due(NOW));
    }
}

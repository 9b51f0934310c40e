package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a node keeps of itself.
final class IdentityTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final NodeName NODE = new NodeName("n1", NodeName.Role.MANAGER, "c1");

    private static Identity made(Duration validity) {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        SigningKey key = SigningKey.make(new Seeded(2));
        Certificate certificate = root.sign(
            SigningRequest.make(key, new Seeded(3)), NODE, validity, NOW, new Seeded(4));
        return new Identity(key, List.of(certificate));
    }

    @Test void comesBackFromItsFiles() throws MalformedException {
        Identity identity = made(RootCa.NODE_VALIDITY);
        Identity back = Identity.fromPem(identity.certificatePem(), identity.key().pem());
        assertEquals(NODE, back.node());
        assertEquals(identity.certificatePem(), back.certificatePem());
        assertEquals(identity.key().pem(), back.key().pem());
    }

    @Test void keepsTheCertificatesBetweenItAndTheRoot() throws IOException, MalformedException {
        String both = Golden.text("node.pem") + Golden.text("root.pem");
        Identity identity = Identity.fromPem(both, Golden.text("node.key"));
        assertEquals(2, identity.chain().size());
        assertEquals(both, identity.certificatePem());
    }

    @Test void refusesTheKeyOfAnother() {
        Identity identity = made(RootCa.NODE_VALIDITY);
        SigningKey other = SigningKey.make(new Seeded(9));
        assertThrows(MalformedException.class,
            () -> Identity.fromPem(identity.certificatePem(), other.pem()));
        assertThrows(IllegalArgumentException.class,
            () -> new Identity(other, identity.chain()));
    }

    @Test void refusesACertificateThatIsNoNodes() throws IOException {
        String root = Golden.text("root.pem");
        String key = Golden.text("root.key");
        assertThrows(MalformedException.class, () -> Identity.fromPem(root, key));
    }

    @Test void expiresAfterItsLastMoment() {
        Identity identity = made(Duration.ofHours(2));
        assertFalse(identity.expiredAt(NOW.plus(Duration.ofHours(2))));
        assertTrue(identity.expiredAt(NOW.plus(Duration.ofHours(2)).plusSeconds(1)));
    }

    @Test void renewsBetweenHalfAndFourFifthsOfItsLife() {
        for (Duration life : List.of(Duration.ofHours(1), Duration.ofDays(90))) {
            Identity identity = made(life);
            Instant earliest = NOW.plus(life.multipliedBy(50).dividedBy(100));
            Instant latest = NOW.plus(life.multipliedBy(80).dividedBy(100));
            SplittableRandom random = new SplittableRandom(6);
            Duration margin = life.dividedBy(100);
            boolean early = false;
            boolean late = false;
            for (int i = 0; i < 2_000; i++) {
                Instant at = identity.renewAt(random);
                assertFalse(at.isBefore(earliest) || at.isAfter(latest), at.toString());
                early |= at.isBefore(earliest.plus(margin));
                late |= at.isAfter(latest.minus(margin));
            }
            assertTrue(early && late, "the whole span is used");
        }
    }
}

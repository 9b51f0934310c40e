package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The authority: what it makes, and what it signs.
final class RootCaTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
    private static final NodeName NODE = new NodeName(
        "v0ye4qvxquyrb0qj97oy8rjgq", NodeName.Role.MANAGER, "n54mlbzifdh6xmskel9rl0epg");

    private static SigningRequest request(long seed) {
        return SigningRequest.make(SigningKey.make(new Seeded(seed)), new Seeded(seed + 1));
    }

    private static Certificate sign(RootCa root, NodeName name) {
        return root.sign(request(5), name, RootCa.NODE_VALIDITY, NOW, new Seeded(9));
    }

    @Test void seedRepeatsTheRootAndWhatItSigns() {
        RootCa one = RootCa.make(NOW, new Seeded(1));
        RootCa same = RootCa.make(NOW, new Seeded(1));
        assertEquals(one.certificate().pem(), same.certificate().pem());
        assertEquals(sign(one, NODE).pem(), sign(same, NODE).pem());
    }

    @Test void writesTheGoldenCertificates() throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("root.key"));
        Certificate root = CertificateForm.root(key.verifyingKey(), NOW).sign(key, new Seeded(11));
        assertSaysTheSame("root.pem", root);
        SigningKey nodeKey = SigningKey.fromPem(Golden.text("node.key"));
        Certificate node = new RootCa(key, root).sign(SigningRequest.make(nodeKey, new Seeded(12)),
            NODE, RootCa.NODE_VALIDITY, NOW, new Seeded(13));
        assertSaysTheSame("node.pem", node);
    }

    /// All but the signature, whose making is the JDK's affair.
    private static void assertSaysTheSame(String golden, Certificate made)
            throws IOException, MalformedException {
        Certificate expected = Certificate.listFromPem(Golden.text(golden)).getFirst();
        assertArrayEquals(signedPart(expected), signedPart(made), golden + "\n" + made.pem());
    }

    private static byte[] signedPart(Certificate certificate) throws MalformedException {
        return DerReader.over(certificate.der()).enter(Der.SEQUENCE).element(Der.SEQUENCE);
    }

    @Test void goldenSignaturesHold() throws IOException, MalformedException {
        RootCa root = RootCa.fromPem(Golden.text("root.pem"), Golden.text("root.key"));
        Certificate node = Certificate.listFromPem(Golden.text("node.pem")).getFirst();
        assertTrue(root.certificate().signedBy(root.certificate()));
        assertTrue(node.signedBy(root.certificate()));
    }

    @Test void signsForWhomItIsToldNotForWhomIsAsked() throws IOException, MalformedException {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        SigningRequest asksToBeManager = SigningRequest.fromPem(Golden.text("openssl.csr"));
        NodeName worker = new NodeName("w1", NodeName.Role.WORKER, "c1");
        Certificate signed = root.sign(
            asksToBeManager, worker, RootCa.NODE_VALIDITY, NOW, new Seeded(2));
        assertEquals(Optional.of(worker), signed.node());
        assertArrayEquals(asksToBeManager.verifyingKey().point(), signed.verifyingKey().point());
        assertFalse(signed.authority());
        assertTrue(signed.signedBy(root.certificate()));
    }

    @Test void certificateBeginsAnHourAgoAndLastsAsTold() {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        Certificate signed = sign(root, NODE);
        assertEquals(NOW.minus(Duration.ofHours(1)), signed.notBefore());
        assertEquals(NOW.plus(Duration.ofDays(90)), signed.notAfter());
        assertEquals(NOW.minus(Duration.ofHours(1)), root.certificate().notBefore());
    }

    @Test void certificateEndsNoLaterThanTheRoot() {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        Instant late = root.certificate().notAfter().minus(Duration.ofDays(1));
        Certificate signed = root.sign(request(5), NODE, RootCa.NODE_VALIDITY, late, new Seeded(2));
        assertEquals(root.certificate().notAfter(), signed.notAfter());
    }

    @Test void rootMadeIn2040EndsInAYearOfFourDigits() {
        RootCa root = RootCa.make(Instant.parse("2040-01-01T00:00:00Z"), new Seeded(1));
        assertEquals(Instant.parse("2059-12-27T00:00:00Z"), root.certificate().notAfter());
    }

    @Test void clockAtItsStartStillMakesARoot() {
        RootCa root = RootCa.make(Instant.EPOCH, new Seeded(1));
        assertEquals(Instant.parse("1969-12-31T23:00:00Z"), root.certificate().notBefore());
    }

    @Test void everyCertificateHasItsOwnNumber() throws MalformedException {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        Certificate one = root.sign(request(5), NODE, RootCa.NODE_VALIDITY, NOW, new Seeded(2));
        Certificate two = root.sign(request(5), NODE, RootCa.NODE_VALIDITY, NOW, new Seeded(3));
        assertFalse(serial(one).equals(serial(two)));
    }

    private static Object serial(Certificate certificate) throws MalformedException {
        DerReader in = DerReader.over(certificate.der()).enter(Der.SEQUENCE).enter(Der.SEQUENCE);
        in.enter(Der.wrapped(0));
        return in.integer();
    }

    @Test void comesBackFromItsStoredForm() throws MalformedException {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        RootCa back = RootCa.fromPem(root.certificate().pem(), root.key().pem());
        assertEquals(sign(root, NODE).pem(), sign(back, NODE).pem());
    }

    @Test void takesARootMadeByOpenssl() throws IOException, MalformedException {
        RootCa root = RootCa.fromPem(
            Golden.text("openssl-root.pem"), Golden.text("openssl-root.key"));
        Instant soon = root.certificate().notBefore().plus(Duration.ofDays(1));
        Certificate signed = root.sign(request(5), NODE, RootCa.NODE_VALIDITY, soon, new Seeded(2));
        assertTrue(signed.leadsTo(root.certificate(), List.of(), soon));
    }

    @Test void refusesAKeyThatIsNotTheRoots() throws IOException {
        String certificate = Golden.text("root.pem");
        String key = Golden.text("node.key");
        assertThrows(MalformedException.class, () -> RootCa.fromPem(certificate, key));
    }

    @Test void refusesACertificateThatMustNotSign() throws IOException {
        String certificate = Golden.text("node.pem");
        String key = Golden.text("node.key");
        assertThrows(MalformedException.class, () -> RootCa.fromPem(certificate, key));
    }

    @Test void givesOutNothingThatItsRootDoesNotVerify() throws MalformedException {
        RootCa root = RootCa.make(NOW, new Seeded(1));
        byte[] otherNumber = new byte[32];
        otherNumber[31] = 7;
        byte[] inner = Der.sequence(Der.integer(1), Der.octets(otherNumber),
            Der.element(Der.wrapped(1), Der.bits(root.key().verifyingKey().point())));
        String patched = Pem.encode(Pem.KEY, Der.sequence(
            Der.integer(0), VerifyingKey.ALGORITHM, Der.octets(inner)));
        RootCa broken = RootCa.fromPem(root.certificate().pem(), patched);
        assertThrows(IllegalStateException.class, () -> sign(broken, NODE));
    }

    @Test void namesOfOtherShapeAreNoNodes() throws MalformedException {
        byte[] cluster = NodeName.attribute("2.5.4.10", "c1");
        byte[] unit = NodeName.attribute("2.5.4.11", "swarm-manager");
        byte[] id = NodeName.attribute("2.5.4.3", "n1");
        byte[] boss = NodeName.attribute("2.5.4.11", "swarm-boss");
        byte[] spaced = NodeName.attribute("2.5.4.3", "n 1");
        NodeName good = new NodeName("n1", NodeName.Role.MANAGER, "c1");
        assertEquals(Optional.of(good), NodeName.ofSubject(Der.sequence(cluster, unit, id)));
        assertArrayEquals(good.der(), Der.sequence(cluster, unit, id));
        for (byte[] other : List.of(Der.sequence(), Der.sequence(cluster, unit),
                Der.sequence(cluster, unit, id, id), Der.sequence(cluster, unit, unit, id),
                Der.sequence(cluster, boss, id), Der.sequence(cluster, unit, spaced),
                Der.sequence(unit, cluster, id))) {
            assertEquals(Optional.empty(), NodeName.ofSubject(other));
        }
    }
}

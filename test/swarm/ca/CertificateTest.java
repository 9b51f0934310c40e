package swarm.ca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Reading certificates: Docker's, our own, and what only looks like one.
final class CertificateTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:30:00Z");

    private static Certificate read(String name) throws IOException, MalformedException {
        return Certificate.listFromPem(Golden.text(name)).getFirst();
    }

    @Test void readsDockersRoot() throws IOException, MalformedException {
        Certificate root = read("docker-root.pem");
        assertEquals(Instant.parse("2026-11-22T20:29:00Z"), root.notBefore());
        assertEquals(Instant.parse("2046-11-17T20:29:00Z"), root.notAfter());
        assertEquals("MBMxETAPBgNVBAMTCHN3YXJtLWNh",
            Base64.getEncoder().encodeToString(root.subject()));
        assertEquals("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEErOelaN6pKbI51ktnnQVind6Zcx/jUpd1T3SwUD+"
            + "Wl7Fi/PKK9GJ9hI4cfdBcoou2/SIkr158ES6vtAWi7Jasg==",
            Base64.getEncoder().encodeToString(root.publicKey()));
        assertTrue(root.authority());
        assertEquals(Optional.empty(), root.node());
        assertTrue(root.signedBy(root));
        assertEquals(Golden.text("docker-root.pem"), root.pem());
    }

    @Test void rootSaysWhatDockersSays() throws IOException, MalformedException {
        Certificate docker = read("docker-root.pem");
        CertificateForm ours = CertificateForm.root(docker.verifyingKey(), NOW);
        byte[] extensions = Der.sequence(ours.extensions().toArray(byte[][]::new));
        assertArrayEquals(docker.subject(), ours.subject());
        assertArrayEquals(extensionsOf(docker), extensions);
        assertEquals(Duration.between(docker.notBefore(), docker.notAfter()),
            Duration.between(NOW, ours.validity().until()));
    }

    private static byte[] extensionsOf(Certificate certificate) throws MalformedException {
        DerReader in = DerReader.over(certificate.der()).enter(Der.SEQUENCE).enter(Der.SEQUENCE);
        while (!in.next(Der.wrapped(3))) {
            in.content(in.next(Der.INTEGER) ? Der.INTEGER
                : in.next(Der.wrapped(0)) ? Der.wrapped(0) : Der.SEQUENCE);
        }
        return in.content(Der.wrapped(3));
    }

    @Test void sameNameWithOtherKeyIsNotTheSigner() throws IOException, MalformedException {
        Certificate one = read("docker-root.pem");
        Certificate other = read("docker-root-2.pem");
        assertArrayEquals(one.subject(), other.subject());
        assertFalse(one.signedBy(other));
        assertFalse(other.signedBy(one));
    }

    @Test void sameKeyUnderAnotherNameIsNotTheSigner() throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("root.key"));
        CertificateForm form = CertificateForm.root(key.verifyingKey(), NOW);
        byte[] otherName = Der.sequence(NodeName.attribute(NodeName.COMMON_NAME, "other-ca"));
        Certificate renamed = new CertificateForm(otherName, otherName, form.validity(), form.key(),
            form.extensions()).sign(key, new Seeded(1));
        assertTrue(renamed.signedBy(renamed));
        assertFalse(read("node.pem").signedBy(renamed));
    }

    @Test void rootOutOfDateVouchesForNobody() throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("root.key"));
        CertificateForm form = CertificateForm.root(key.verifyingKey(), NOW);
        Certificate brief = new CertificateForm(form.issuer(), form.subject(),
            CertificateForm.Validity.since(NOW, Duration.ofMinutes(1)), form.key(),
            form.extensions()).sign(key, new Seeded(1));
        assertTrue(read("node.pem").leadsTo(brief, List.of(), NOW));
        assertFalse(read("node.pem").leadsTo(brief, List.of(), NOW.plus(Duration.ofHours(1))));
    }

    @Test void nodeCannotSign() throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("node.key"));
        Certificate node = read("node.pem");
        CertificateForm form = CertificateForm.node(node, key.verifyingKey(),
            new NodeName("x", NodeName.Role.MANAGER, "c"),
            CertificateForm.Validity.since(NOW, Duration.ofDays(1)));
        Certificate forged = form.sign(key, new Seeded(1));
        assertTrue(node.verifyingKey().sameAs(key.verifyingKey()));
        assertFalse(forged.signedBy(node));
        assertFalse(forged.leadsTo(read("root.pem"), List.of(node), NOW));
    }

    @Test void validityIncludesBothEnds() throws IOException, MalformedException {
        Certificate root = read("docker-root.pem");
        assertTrue(root.validAt(root.notBefore()));
        assertTrue(root.validAt(root.notAfter()));
        assertFalse(root.validAt(root.notBefore().minusMillis(1)));
        assertFalse(root.validAt(root.notAfter().plusMillis(1)));
    }

    @Test void leadsToTheRootWhileBothAreValid() throws IOException, MalformedException {
        Certificate root = read("root.pem");
        Certificate node = read("node.pem");
        assertTrue(node.leadsTo(root, List.of(), NOW));
        assertTrue(node.leadsTo(root, List.of(root), NOW));
        assertFalse(node.leadsTo(root, List.of(), node.notAfter().plusSeconds(1)));
        assertFalse(node.leadsTo(root, List.of(), node.notBefore().minusSeconds(1)));
        assertFalse(node.leadsTo(read("docker-root.pem"), List.of(root), NOW));
    }

    @Test void leadsThroughACertificateBetween() throws IOException, MalformedException {
        SigningKey oldKey = SigningKey.make(new Seeded(1));
        RootCa oldRoot = new RootCa(oldKey,
            CertificateForm.root(oldKey.verifyingKey(), NOW).sign(oldKey, new Seeded(2)));
        RootCa newRoot = RootCa.make(NOW, new Seeded(3));
        CertificateForm form = CertificateForm.root(newRoot.key().verifyingKey(), NOW);
        Certificate crossSigned = form.sign(oldKey, new Seeded(4));
        SigningKey key = SigningKey.make(new Seeded(5));
        Certificate node = newRoot.sign(SigningRequest.make(key, new Seeded(6)),
            new NodeName("n", NodeName.Role.WORKER, "c"), Duration.ofDays(1), NOW, new Seeded(7));
        List<Certificate> shown = List.of(newRoot.certificate(), crossSigned);
        assertTrue(node.leadsTo(oldRoot.certificate(), shown, NOW));
        assertTrue(node.leadsTo(newRoot.certificate(), shown, NOW));
        assertFalse(node.leadsTo(oldRoot.certificate(), List.of(newRoot.certificate()), NOW));
    }

    @Test void unknownCriticalExtensionIsRefused() throws IOException, MalformedException {
        byte[] unknown = Der.sequence(Der.oid("1.2.3.4"), Der.yes(), Der.octets(new byte[2]));
        assertTrue(refusal(unknown).contains("critical extension 1.2.3.4"), refusal(unknown));
    }

    @Test void extensionTwiceIsRefused() throws IOException, MalformedException {
        byte[] again = Der.sequence(Der.oid(CertificateForm.SUBJECT_KEY_ID),
            Der.octets(Der.octets(new byte[20])));
        assertTrue(refusal(again).contains("2.5.29.14 twice"), refusal(again));
    }

    /// What the reader says to a root that has one more extension.
    private static String refusal(byte[] extension) throws IOException, MalformedException {
        SigningKey key = SigningKey.fromPem(Golden.text("root.key"));
        CertificateForm form = CertificateForm.root(key.verifyingKey(), NOW);
        List<byte[]> more = new ArrayList<>(form.extensions());
        more.add(extension);
        CertificateForm odd = new CertificateForm(
            form.issuer(), form.subject(), form.validity(), form.key(), more);
        return assertThrows(IllegalStateException.class, () -> odd.sign(key, new Seeded(1)))
            .getCause().getMessage();
    }

    @Test void otherKindsOfKeyAndSignatureAreRefused() throws IOException {
        for (String name : List.of("rsa.pem", "p384.pem", "sha384.pem")) {
            MalformedException refusal = assertThrows(MalformedException.class, () -> read(name));
            assertTrue(refusal.getMessage().contains("ECDSA"), name + ": " + refusal.getMessage());
        }
    }

    @Test void readsARootMadeByOpenssl() throws IOException, MalformedException {
        Certificate root = read("openssl-root.pem");
        assertTrue(root.authority());
        assertTrue(root.signedBy(root));
    }

    @Test void pointOffTheCurveVerifiesNothing() throws IOException, MalformedException {
        Certificate root = read("docker-root.pem");
        byte[] point = root.verifyingKey().point().clone();
        point[64] ^= 1;
        assertFalse(VerifyingKey.ofPoint(point).verifies(new byte[1], root.der()));
    }

    @Test void damagedCertificateIsRefusedOrUnsigned() throws IOException, MalformedException {
        Certificate root = read("root.pem");
        byte[] node = read("node.pem").der();
        SplittableRandom random = new SplittableRandom(20);
        int read = 0;
        for (int i = 0; i < 120_000; i++) {
            byte[] damaged = Damage.once(node, random);
            Certificate certificate;
            try {
                certificate = Certificate.parse(damaged);
            } catch (MalformedException e) {
                continue;
            }
            if (read++ % 64 == 0 && !Arrays.equals(node, damaged)) {
                assertFalse(certificate.signedBy(root), "mutant " + i + " passes for signed");
            }
        }
        assertTrue(read > 10_000, "too few mutants get through to mean anything: " + read);
    }
}

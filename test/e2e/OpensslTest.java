package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.ca.Certificate;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.Seeded;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;

/// Another implementation of X.509 judges what ours writes: every certificate, request and key must
/// be what `openssl` takes it for. Skipped where there is no `openssl`.
final class OpensslTest {
    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

    @TempDir private Path dir;

    private final SecureRandom random = new Seeded(9);

    /// What a command said, and how it ended.
    private record Said(int status, String text) { }

    @BeforeAll static void opensslIsThere() throws InterruptedException {
        try {
            assumeTrue(new ProcessBuilder("openssl", "version").start().waitFor() == 0);
        } catch (IOException e) {
            assumeTrue(false, "no openssl here: " + e.getMessage());
        }
    }

    private Said openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).directory(dir.toFile())
            .redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private void accepts(String... arguments) throws IOException, InterruptedException {
        Said said = openssl(arguments);
        assertEquals(0, said.status(), said.text());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text);
    }

    private Certificate node(RootCa root, NodeName.Role role, Instant now) throws IOException {
        SigningKey key = SigningKey.make(random);
        SigningRequest request = SigningRequest.make(key, random);
        Certificate node = root.sign(
            request, new NodeName("node1", role, "cluster1"), Duration.ofDays(90), now, random);
        write("root.pem", root.certificate().pem());
        write("node.key", key.pem());
        write("node.csr", request.pem());
        write("node.pem", node.pem());
        return node;
    }

    private static void says(String text, String... lines) {
        for (String line : lines) {
            assertTrue(text.contains(line), "no `" + line + "` in\n" + text);
        }
    }

    @Test void rootIsReadAsARoot() throws IOException, InterruptedException {
        node(RootCa.make(NOW, random), NodeName.Role.MANAGER, NOW);
        says(openssl("x509", "-in", "root.pem", "-noout", "-text", "-nameopt", "RFC2253").text(),
            "Version: 3 (0x2)", "ecdsa-with-SHA256", "Issuer: CN=swarm-ca",
            "Subject: CN=swarm-ca", "Not Before: Nov 22 19:00:00 2026 GMT",
            "Not After : Nov 17 20:00:00 2046 GMT", "NIST CURVE: P-256",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign\n",
            "X509v3 Basic Constraints: critical\n                CA:TRUE\n",
            "X509v3 Subject Key Identifier:");
    }

    @Test void nodeIsReadAsTheNodeItIs() throws IOException, InterruptedException {
        RootCa root = RootCa.make(NOW, random);
        node(root, NodeName.Role.MANAGER, NOW);
        says(openssl("x509", "-in", "node.pem", "-noout", "-text", "-nameopt", "RFC2253").text(),
            "Subject: CN=node1,OU=swarm-manager,O=cluster1",
            "Digital Signature, Key Encipherment", "CA:FALSE",
            "TLS Web Server Authentication, TLS Web Client Authentication",
            "DNS:swarm-manager, DNS:node1, DNS:swarm-ca\n", "X509v3 Authority Key Identifier:");
        node(root, NodeName.Role.WORKER, NOW);
        says(openssl("x509", "-in", "node.pem", "-noout", "-text", "-nameopt", "RFC2253").text(),
            "OU=swarm-worker", "DNS:swarm-worker, DNS:node1\n");
    }

    @Test void chainHoldsForBothEndsAndOnlyInItsTime() throws IOException, InterruptedException {
        node(RootCa.make(NOW, random), NodeName.Role.WORKER, NOW);
        for (String purpose : List.of("sslserver", "sslclient")) {
            accepts("verify", "-x509_strict", "-purpose", purpose, "-attime",
                Long.toString(NOW.getEpochSecond()), "-CAfile", "root.pem", "node.pem");
        }
        Instant late = NOW.plus(Duration.ofDays(91));
        Said expired = openssl("verify", "-attime", Long.toString(late.getEpochSecond()),
            "-CAfile", "root.pem", "node.pem");
        says(expired.text(), "certificate has expired");
    }

    @Test void anotherRootDoesNotVerify() throws IOException, InterruptedException {
        node(RootCa.make(NOW, random), NodeName.Role.WORKER, NOW);
        write("root.pem", RootCa.make(NOW, random).certificate().pem());
        Said said = openssl("verify", "-attime", Long.toString(NOW.getEpochSecond()),
            "-CAfile", "root.pem", "node.pem");
        assertTrue(said.status() != 0, said.text());
    }

    @Test void hundredChainsHold() throws IOException, InterruptedException {
        RootCa root = RootCa.make(NOW, random);
        List<String> command = new ArrayList<>(List.of("verify", "-x509_strict", "-attime",
            Long.toString(NOW.getEpochSecond()), "-CAfile", "root.pem"));
        for (int i = 0; i < 100; i++) {
            write("node" + i + ".pem", node(root, NodeName.Role.WORKER, NOW).pem());
            command.add("node" + i + ".pem");
        }
        accepts(command.toArray(String[]::new));
    }

    @Test void rootThatEndsAfter2050Holds() throws IOException, InterruptedException {
        Instant later = Instant.parse("2040-03-01T00:00:00Z");
        node(RootCa.make(later, random), NodeName.Role.WORKER, later);
        says(openssl("x509", "-in", "root.pem", "-noout", "-enddate").text(),
            "notAfter=Feb 25 00:00:00 2060 GMT");
        accepts("verify", "-x509_strict", "-attime", Long.toString(later.getEpochSecond()),
            "-CAfile", "root.pem", "node.pem");
    }

    @Test void requestProvesItsKey() throws IOException, InterruptedException {
        node(RootCa.make(NOW, random), NodeName.Role.WORKER, NOW);
        Said said = openssl("req", "-in", "node.csr", "-noout", "-verify");
        assertEquals(0, said.status(), said.text());
        says(said.text(), "verify OK");
    }

    @Test void keyIsThatOfTheCertificateAndTheRequest() throws IOException, InterruptedException {
        node(RootCa.make(NOW, random), NodeName.Role.WORKER, NOW);
        accepts("pkey", "-in", "node.key", "-noout", "-check");
        String key = openssl("pkey", "-in", "node.key", "-pubout").text();
        assertEquals(key, openssl("x509", "-in", "node.pem", "-noout", "-pubkey").text());
        assertEquals(key, openssl("req", "-in", "node.csr", "-noout", "-pubkey").text());
    }
}

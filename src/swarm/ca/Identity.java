package swarm.ca;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/// Who this node is: its key, made once and never sent anywhere, and its certificate, followed by
/// those between it and the root (there are some while the root is being replaced).
///
/// Invariant: the first certificate is a node's, and for this key.
public record Identity(SigningKey key, List<Certificate> chain) {
    /// Renewal is spread over this part of the certificate's life, in per cent: late enough to be
    /// worth it, early enough for a week's outage of the managers. (swarmkit ca/renewer.go)
    private static final int RENEW_FROM_PERCENT = 50;
    private static final int RENEW_TO_PERCENT = 80;

    public Identity {
        chain = List.copyOf(chain);
        if (!belong(key, chain)) {
            throw new IllegalArgumentException("the key is not that of the node certificate");
        }
    }

    /// Reads what `certificatePem` and `key().pem()` wrote.
    public static Identity fromPem(String certificatePem, String keyPem) throws MalformedException {
        List<Certificate> chain = Certificate.listFromPem(certificatePem);
        SigningKey key = SigningKey.fromPem(keyPem);
        if (!belong(key, chain)) {
            throw new MalformedException(
                "a node certificate that does not belong to the node's key");
        }
        return new Identity(key, chain);
    }

    private static boolean belong(SigningKey key, List<Certificate> chain) {
        return !chain.isEmpty() && chain.getFirst().node().isPresent()
            && chain.getFirst().verifyingKey().sameAs(key.verifyingKey());
    }

    public String certificatePem() {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : chain) {
            text.append(certificate.pem());
        }
        return text.toString();
    }

    public Certificate certificate() {
        return chain.getFirst();
    }

    public NodeName node() {
        return certificate().node().orElseThrow();
    }

    /// Whether its time is over, so that no peer will believe it any more.
    public boolean expiredAt(Instant wall) {
        return wall.isAfter(certificate().notAfter());
    }

    /// When to ask for the next certificate: a moment drawn anew at each call, so that the nodes of
    /// a cluster made in one minute do not all ask in another. The hour by which certificates are
    /// back-dated is not part of the life: a certificate for an hour would else be renewed at once.
    public Instant renewAt(RandomGenerator random) {
        Instant from = certificate().notBefore().plus(CertificateForm.BACKDATE);
        Duration life = Duration.between(from, certificate().notAfter());
        long seconds = Math.max(0, life.toSeconds());
        long earliest = seconds * RENEW_FROM_PERCENT / 100;
        long latest = seconds * RENEW_TO_PERCENT / 100;
        return from.plusSeconds(random.nextLong(earliest, latest + 1));
    }
}

package swarm.ca;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

/// The cluster's certificate authority: the root certificate, which everybody may know, and its
/// key, which only managers have and which is kept in the encrypted log. Whoever signs decides what
/// the certificate says; a request contributes its key only.
///
/// Invariant: key and certificate belong together, and the certificate may sign others.
/// (swarmkit ca/certificates.go)
public record RootCa(SigningKey key, Certificate certificate) {
    /// How long a node's certificate lasts unless the cluster says otherwise.
    public static final Duration NODE_VALIDITY = Duration.ofDays(90);

    public RootCa {
        if (!usable(key, certificate)) {
            throw new IllegalArgumentException("the key is not that of the root certificate");
        }
    }

    /// A new root with a new key.
    public static RootCa make(Instant now, SecureRandom random) {
        SigningKey key = SigningKey.make(random);
        return new RootCa(key, CertificateForm.root(key.verifyingKey(), now).sign(key, random));
    }

    /// The stored form of one.
    public static RootCa fromPem(String certificatePem, String keyPem) throws MalformedException {
        Certificate certificate = Certificate.listFromPem(certificatePem).getFirst();
        SigningKey key = SigningKey.fromPem(keyPem);
        if (!usable(key, certificate)) {
            throw new MalformedException("a root whose key does not belong to its certificate,"
                + " or whose certificate must not sign others");
        }
        return new RootCa(key, certificate);
    }

    private static boolean usable(SigningKey key, Certificate certificate) {
        return certificate.authority()
            && key.verifyingKey().sameAs(certificate.verifyingKey());
    }

    /// A certificate for the key in the request, good from an hour before `now` for `validity`
    /// after it, but no longer than the root itself.
    public Certificate sign(SigningRequest request, NodeName name, Duration validity, Instant now,
            SecureRandom random) {
        CertificateForm.Validity wanted = CertificateForm.Validity.since(now, validity);
        CertificateForm form = CertificateForm.node(
            certificate, request.verifyingKey(), name, wanted);
        Certificate signed = form.sign(key, random);
        if (!signed.signedBy(certificate)) {
            throw new IllegalStateException("the root's key does not sign for its certificate");
        }
        return signed;
    }
}

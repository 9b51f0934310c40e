package swarm.ca;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An X.509 certificate that was read: what we need to know of it, and its bytes as they came.
/// Reading judges form only; whom to believe is for `signedBy`, `validAt` and those who call them.
/// Certificates that we could misunderstand are refused here: other versions, other signatures than
/// ECDSA with SHA-256 on P-256, an extension twice, a critical extension that we do not know.
///
///     SEQUENCE                      the certificate
///        SEQUENCE                   what is signed
///           [0] version, serial number, kind of signature, issuer, validity, subject,
///           public key, [1] [2] unused, [3] extensions
///        SEQUENCE                   kind of signature, again
///        BIT STRING                 the signature
///
/// (RFC 5280 §4.1, §4.2)
public final class Certificate {
    private static final List<String> KNOWN = List.of(CertificateForm.KEY_USAGE,
        CertificateForm.BASIC_CONSTRAINTS, CertificateForm.SUBJECT_KEY_ID,
        CertificateForm.AUTHORITY_KEY_ID, CertificateForm.ALTERNATIVE_NAMES,
        CertificateForm.EXTENDED_KEY_USAGE);

    private final byte[] der;
    private final byte[] signedPart;
    private final byte[] signature;
    private final byte[] issuer;
    private final byte[] subject;
    private final Optional<NodeName> node;
    private final Instant notBefore;
    private final Instant notAfter;
    private final VerifyingKey verifyingKey;
    private final boolean authority;
    private final byte[] keyId;

    private Certificate(byte[] bytes) throws MalformedException {
        der = bytes.clone();
        DerReader file = DerReader.over(der);
        DerReader outer = file.enter(Der.SEQUENCE);
        file.end();
        signedPart = outer.element(Der.SEQUENCE);
        requireOurSignature(outer.element(Der.SEQUENCE));
        signature = outer.bits();
        outer.end();

        DerReader in = DerReader.over(signedPart).enter(Der.SEQUENCE);
        in.enter(Der.wrapped(0)).integer(2);
        in.integer();
        requireOurSignature(in.element(Der.SEQUENCE));
        issuer = in.element(Der.SEQUENCE);
        DerReader validity = in.enter(Der.SEQUENCE);
        notBefore = validity.time();
        notAfter = validity.time();
        validity.end();
        subject = in.element(Der.SEQUENCE);
        node = NodeName.ofSubject(subject);
        verifyingKey = VerifyingKey.read(in);
        DerReader wrapper = in.enter(Der.wrapped(3));
        in.end();
        Map<String, byte[]> extensions = extensions(wrapper.enter(Der.SEQUENCE));
        wrapper.end();
        authority = canSignCertificates(extensions);
        keyId = extensions.containsKey(CertificateForm.SUBJECT_KEY_ID)
            ? DerReader.over(extensions.get(CertificateForm.SUBJECT_KEY_ID))
                .content(Der.OCTET_STRING)
            : verifyingKey.id();
    }

    public static Certificate parse(byte[] der) throws MalformedException {
        return new Certificate(der);
    }

    /// The certificates of a PEM text, in order; at least one.
    public static List<Certificate> listFromPem(String pem) throws MalformedException {
        List<Certificate> certificates = new ArrayList<>();
        for (byte[] der : Pem.decode(Pem.CERTIFICATE, pem)) {
            certificates.add(new Certificate(der));
        }
        return List.copyOf(certificates);
    }

    private static void requireOurSignature(byte[] algorithm) throws MalformedException {
        if (!Arrays.equals(algorithm, VerifyingKey.SIGNATURE)) {
            throw new MalformedException("a certificate not signed with ECDSA and SHA-256");
        }
    }

    private static Map<String, byte[]> extensions(DerReader in) throws MalformedException {
        Map<String, byte[]> found = new LinkedHashMap<>();
        while (!in.atEnd()) {
            DerReader extension = in.enter(Der.SEQUENCE);
            String oid = extension.oid();
            boolean critical = extension.next(Der.BOOLEAN) && extension.bool();
            byte[] value = extension.content(Der.OCTET_STRING);
            extension.end();
            if (found.containsKey(oid)) {
                throw new MalformedException("a certificate with the extension " + oid + " twice");
            }
            if (critical && !KNOWN.contains(oid)) {
                throw new MalformedException("a certificate with the critical extension " + oid
                    + ", which is not known here");
            }
            found.put(oid, value);
        }
        return found;
    }

    private static boolean canSignCertificates(Map<String, byte[]> extensions)
            throws MalformedException {
        if (!extensions.containsKey(CertificateForm.BASIC_CONSTRAINTS)) {
            return false;
        }
        DerReader constraints = DerReader
            .over(extensions.get(CertificateForm.BASIC_CONSTRAINTS)).enter(Der.SEQUENCE);
        boolean authority = constraints.next(Der.BOOLEAN) && constraints.bool();
        if (!extensions.containsKey(CertificateForm.KEY_USAGE)) {
            return authority;
        }
        int usage = DerReader.over(extensions.get(CertificateForm.KEY_USAGE)).flags();
        return authority && (usage & CertificateForm.SIGNS_CERTIFICATES) != 0;
    }

    public byte[] der() {
        return der.clone();
    }

    /// The text form: what `TrustRoot` shows of a root, and what a join token holds the digest of.
    public String pem() {
        return Pem.encode(Pem.CERTIFICATE, der);
    }

    /// The subject's name in DER.
    public byte[] subject() {
        return subject.clone();
    }

    /// The node that it was signed for; empty for a root or a stranger.
    public Optional<NodeName> node() {
        return node;
    }

    /// The public key in DER (SubjectPublicKeyInfo).
    public byte[] publicKey() {
        return verifyingKey.der();
    }

    VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /// The handle by which certificates signed with this one refer to its key.
    byte[] keyId() {
        return keyId;
    }

    public Instant notBefore() {
        return notBefore;
    }

    public Instant notAfter() {
        return notAfter;
    }

    /// Whether the moment lies in its validity, both ends included.
    public boolean validAt(Instant wall) {
        return !wall.isBefore(notBefore) && !wall.isAfter(notAfter);
    }

    /// Whether it may sign other certificates.
    public boolean authority() {
        return authority;
    }

    /// Whether that authority's name and key stand behind this certificate.
    public boolean signedBy(Certificate signer) {
        return signer.authority
            && Arrays.equals(issuer, signer.subject)
            && signer.verifyingKey.verifies(signedPart, signature);
    }

    /// Whether it and every certificate between it and the root were signed by the next, and all
    /// are valid at that moment. `between` may hold others too, in any order; every order may be
    /// tried, so it must be short.
    public boolean leadsTo(Certificate root, List<Certificate> between, Instant wall) {
        if (!validAt(wall)) {
            return false;
        }
        if (signedBy(root) && root.validAt(wall)) {
            return true;
        }
        for (int i = 0; i < between.size(); i++) {
            List<Certificate> others = new ArrayList<>(between);
            Certificate next = others.remove(i);
            if (signedBy(next) && next.leadsTo(root, others, wall)) {
                return true;
            }
        }
        return false;
    }
}

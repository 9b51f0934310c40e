package swarm.ca;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What our certificates say, filled in but not yet signed. There are two: a root, which may sign
/// others, and a node's, which may not. Both begin an hour before they are made, so that clocks may
/// differ by that much. The shapes are those of Docker's own, extension by extension.
///
/// (RFC 5280 §4.1, §4.2; swarmkit ca/certificates.go)
record CertificateForm(byte[] issuer, byte[] subject, Validity validity, VerifyingKey key,
        List<byte[]> extensions) {
    static final String SUBJECT_KEY_ID = "2.5.29.14";
    static final String KEY_USAGE = "2.5.29.15";
    static final String ALTERNATIVE_NAMES = "2.5.29.17";
    static final String BASIC_CONSTRAINTS = "2.5.29.19";
    static final String AUTHORITY_KEY_ID = "2.5.29.35";
    static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    static final int SIGNS_CERTIFICATES = 0x04;

    static final Duration BACKDATE = Duration.ofHours(1);

    private static final String ROOT_NAME = "swarm-ca";
    private static final Duration ROOT_VALIDITY = Duration.ofDays(20 * 365);
    private static final int SIGNS_REVOCATIONS = 0x02;
    private static final int SIGNS_DATA = 0x80;
    private static final int ENCIPHERS_KEYS = 0x20;
    private static final String TLS_SERVER = "1.3.6.1.5.5.7.3.1";
    private static final String TLS_CLIENT = "1.3.6.1.5.5.7.3.2";
    /// A name in the list of alternative names that is a host's.
    private static final int DNS = 2;
    /// Enough chance that no two certificates share a number. (RFC 5280 §4.1.2.2: at most 20)
    private static final int SERIAL_BITS = 159;

    /// From when until when, both included, to the second.
    record Validity(Instant from, Instant until) {
        static Validity since(Instant now, Duration life) {
            return new Validity(now.minus(BACKDATE), now.plus(life));
        }
    }

    /// A root that signs itself.
    static CertificateForm root(VerifyingKey key, Instant now) {
        byte[] name = Der.sequence(NodeName.attribute(NodeName.COMMON_NAME, ROOT_NAME));
        List<byte[]> extensions = List.of(
            critical(KEY_USAGE, Der.flags(SIGNS_CERTIFICATES | SIGNS_REVOCATIONS)),
            critical(BASIC_CONSTRAINTS, Der.sequence(Der.yes())),
            extension(SUBJECT_KEY_ID, Der.octets(key.id())));
        Validity validity = Validity.since(now, ROOT_VALIDITY);
        return new CertificateForm(name, name, validity, key, extensions);
    }

    /// A node's. It ends no later than the one it is signed with.
    static CertificateForm node(Certificate signer, VerifyingKey key, NodeName name,
            Validity wanted) {
        byte[] usage = Der.flags(SIGNS_DATA | ENCIPHERS_KEYS);
        List<byte[]> extensions = List.of(
            critical(KEY_USAGE, usage),
            extension(EXTENDED_KEY_USAGE, Der.sequence(Der.oid(TLS_SERVER), Der.oid(TLS_CLIENT))),
            critical(BASIC_CONSTRAINTS, Der.sequence()),
            extension(SUBJECT_KEY_ID, Der.octets(key.id())),
            extension(AUTHORITY_KEY_ID, Der.sequence(Der.element(Der.plain(0), signer.keyId()))),
            extension(ALTERNATIVE_NAMES, alternativeNames(name)));
        Instant until = wanted.until().isBefore(signer.notAfter())
            ? wanted.until() : signer.notAfter();
        Validity validity = new Validity(wanted.from(), until);
        return new CertificateForm(signer.subject(), name.der(), validity, key, extensions);
    }

    private static byte[] alternativeNames(NodeName name) {
        List<byte[]> names = new ArrayList<>();
        names.add(dns(name.role().unit()));
        names.add(dns(name.nodeId()));
        if (name.role() == NodeName.Role.MANAGER) {
            names.add(dns(ROOT_NAME));
        }
        return Der.sequence(names.toArray(byte[][]::new));
    }

    private static byte[] dns(String name) {
        return Der.element(Der.plain(DNS), name.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] critical(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.yes(), Der.octets(value));
    }

    private static byte[] extension(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /// The certificate, under a number drawn here and signed with the issuer's key.
    Certificate sign(SigningKey signer, SecureRandom random) {
        byte[] what = Der.sequence(
            Der.element(Der.wrapped(0), Der.integer(2)),
            Der.integer(new BigInteger(SERIAL_BITS, random)),
            VerifyingKey.SIGNATURE,
            issuer,
            Der.sequence(Der.time(validity.from()), Der.time(validity.until())),
            subject,
            key.der(),
            Der.element(Der.wrapped(3), Der.sequence(extensions.toArray(byte[][]::new))));
        byte[] signed = Der.sequence(what, VerifyingKey.SIGNATURE,
            Der.bits(signer.sign(what, random)));
        try {
            return Certificate.parse(signed);
        } catch (MalformedException e) {
            throw new IllegalStateException("we wrote a certificate that we cannot read", e);
        }
    }
}

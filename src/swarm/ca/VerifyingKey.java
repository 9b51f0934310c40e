package swarm.ca;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/// A public key on the curve P-256: a point, uncompressed. Whether the point lies on the curve is
/// found out when a signature is checked with it, and then nothing verifies.
/// (RFC 5480 §2; SEC 1 §2.3.3 on points)
record VerifyingKey(byte[] point) {
    /// The kind of key, as every structure that holds one names it.
    static final byte[] ALGORITHM = Der.sequence(
        Der.oid("1.2.840.10045.2.1"), Der.oid("1.2.840.10045.3.1.7"));
    /// The kind of signature made with such a key: ECDSA with SHA-256.
    static final byte[] SIGNATURE = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

    private static final int OCTETS = 65;
    private static final int NODE_ID_OCTETS = 16;
    private static final byte UNCOMPRESSED = 4;

    /// A key from its point; refused when it is of another length or form.
    static VerifyingKey ofPoint(byte[] point) throws MalformedException {
        if (point.length != OCTETS || point[0] != UNCOMPRESSED) {
            throw new MalformedException("a public key that is not an uncompressed P-256 point");
        }
        return new VerifyingKey(point);
    }

    /// The next element, a SubjectPublicKeyInfo.
    static VerifyingKey read(DerReader in) throws MalformedException {
        DerReader info = in.enter(Der.SEQUENCE);
        if (!Arrays.equals(info.element(Der.SEQUENCE), ALGORITHM)) {
            throw new MalformedException("a public key of another kind than ECDSA on P-256");
        }
        byte[] point = info.bits();
        info.end();
        return ofPoint(point);
    }

    /// As a SubjectPublicKeyInfo.
    byte[] der() {
        return Der.sequence(ALGORITHM, Der.bits(point));
    }

    /// The usual name of a key: a digest of its point, a handle, not a proof. (RFC 5280 §4.2.1.2)
    byte[] id() {
        return digest("SHA-1", point);
    }

    /// The id of the node that holds the private half: the first 128 bits of a digest of the key.
    /// So a node that joins again with its key is the same node, whoever lets it in, and no other
    /// key can claim its id. Departs: Docker draws ids by chance.
    String nodeId() {
        return JoinToken.digits(Arrays.copyOf(digest("SHA-256", der()), NODE_ID_OCTETS));
    }

    /// Whether the holder of the private half signed the data.
    boolean verifies(byte[] data, byte[] signed) {
        try {
            X509EncodedKeySpec spec = new X509EncodedKeySpec(der());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(KeyFactory.getInstance("EC").generatePublic(spec));
            signature.update(data);
            return signature.verify(signed);
        } catch (InvalidKeySpecException | InvalidKeyException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot verify P-256", e);
        }
    }

    boolean sameAs(VerifyingKey other) {
        return Arrays.equals(point, other.point);
    }

    static byte[] digest(String algorithm, byte[] data) {
        try {
            return MessageDigest.getInstance(algorithm).digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no " + algorithm, e);
        }
    }
}

package swarm.ca;

import java.security.SecureRandom;
import java.util.Arrays;

/// A request for a certificate: a public key and the proof that the asker holds the private half.
/// The subject that a request names is not even read: who the asker is and what it may be follows
/// from its join token or its present certificate, and the issuer writes that. (RFC 2986)
public final class SigningRequest {
    private final byte[] der;
    private final VerifyingKey verifyingKey;

    private SigningRequest(byte[] der) throws MalformedException {
        this.der = der;
        DerReader file = DerReader.over(der);
        DerReader outer = file.enter(Der.SEQUENCE);
        file.end();
        byte[] signedPart = outer.element(Der.SEQUENCE);
        boolean ourKind = Arrays.equals(outer.element(Der.SEQUENCE), VerifyingKey.SIGNATURE);
        byte[] signature = outer.bits();
        outer.end();
        DerReader info = DerReader.over(signedPart).enter(Der.SEQUENCE);
        info.integer(0);
        info.enter(Der.SEQUENCE);
        verifyingKey = VerifyingKey.read(info);
        if (!ourKind || !verifyingKey.verifies(signedPart, signature)) {
            throw new MalformedException("a signing request without a valid signature of its key");
        }
    }

    public static SigningRequest make(SigningKey key, SecureRandom random) {
        byte[] nobody = Der.sequence();
        byte[] noAttributes = Der.element(Der.wrapped(0));
        byte[] info = Der.sequence(
            Der.integer(0), nobody, key.verifyingKey().der(), noAttributes);
        byte[] signature = Der.bits(key.sign(info, random));
        try {
            return new SigningRequest(Der.sequence(info, VerifyingKey.SIGNATURE, signature));
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the two halves of the key do not match", e);
        }
    }

    /// Reads a request and checks its proof.
    public static SigningRequest fromPem(String pem) throws MalformedException {
        return new SigningRequest(Pem.decode(Pem.REQUEST, pem).getFirst());
    }

    public String pem() {
        return Pem.encode(Pem.REQUEST, der);
    }

    /// The id of the node that asks: it follows from the key, see [VerifyingKey#nodeId].
    public String nodeId() {
        return verifyingKey.nodeId();
    }

    VerifyingKey verifyingKey() {
        return verifyingKey;
    }
}

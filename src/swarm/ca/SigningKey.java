package swarm.ca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/// A private key on the curve P-256, together with its public half, and the only place where
/// signatures are made. The stored form carries both halves, so that a key is matched with its
/// certificate by comparing bytes, and the JDK's security classes are loaded by the first signature
/// only. Departs: Docker takes other curves and RSA too; they are refused here, for one kind of key
/// leaves nothing to negotiate.
///
/// (RFC 5208 and RFC 5915 for the stored form)
public final class SigningKey {
    private static final int NUMBER_OCTETS = 32;
    /// The number of points of the curve: a private key lies between 0 and it. (SEC 2 §2.4.2)
    private static final BigInteger ORDER = new BigInteger(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

    private final byte[] number;
    private final VerifyingKey verifyingKey;

    private SigningKey(byte[] number, VerifyingKey verifyingKey) {
        this.number = number;
        this.verifyingKey = verifyingKey;
    }

    /// A new key; the same generator state makes the same key.
    public static SigningKey make(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            BigInteger secret = ((ECPrivateKey) pair.getPrivate()).getS();
            ECPoint point = ((ECPublicKey) pair.getPublic()).getW();
            byte[] uncompressed = new byte[1 + 2 * NUMBER_OCTETS];
            uncompressed[0] = 4;
            place(point.getAffineX(), uncompressed, 1);
            place(point.getAffineY(), uncompressed, 1 + NUMBER_OCTETS);
            byte[] number = new byte[NUMBER_OCTETS];
            place(secret, number, 0);
            return new SigningKey(number, new VerifyingKey(uncompressed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make P-256 keys", e);
        }
    }

    /// Writes a number as 32 octets, highest first.
    private static void place(BigInteger value, byte[] into, int at) {
        byte[] octets = value.toByteArray();
        int count = Math.min(octets.length, NUMBER_OCTETS);
        System.arraycopy(octets, octets.length - count, into, at + NUMBER_OCTETS - count, count);
    }

    /// Reads the unencrypted PKCS#8 form with the public half inside, as `openssl pkey` prints it.
    public static SigningKey fromPem(String pem) throws MalformedException {
        DerReader file = DerReader.over(Pem.decode(Pem.KEY, pem).getFirst());
        DerReader info = file.enter(Der.SEQUENCE);
        file.end();
        info.integer(0);
        if (!Arrays.equals(info.element(Der.SEQUENCE), VerifyingKey.ALGORITHM)) {
            throw new MalformedException("a private key of another kind than ECDSA on P-256");
        }
        DerReader key = DerReader.over(info.content(Der.OCTET_STRING)).enter(Der.SEQUENCE);
        key.integer(1);
        byte[] number = key.content(Der.OCTET_STRING);
        BigInteger secret = new BigInteger(1, number);
        boolean inRange = secret.signum() > 0 && secret.compareTo(ORDER) < 0;
        if (number.length != NUMBER_OCTETS || !inRange) {
            throw new MalformedException("a private key out of the range of P-256");
        }
        if (!key.next(Der.wrapped(1))) {
            throw new MalformedException("a private key without its public half;"
                + " `openssl pkey` rewrites it");
        }
        return new SigningKey(number, VerifyingKey.ofPoint(key.enter(Der.wrapped(1)).bits()));
    }

    /// The PKCS#8 form: to be kept secret.
    public String pem() {
        return Pem.encode(Pem.KEY, pkcs8());
    }

    private byte[] pkcs8() {
        byte[] key = Der.sequence(Der.integer(1), Der.octets(number),
            Der.element(Der.wrapped(1), Der.bits(verifyingKey.point())));
        return Der.sequence(Der.integer(0), VerifyingKey.ALGORITHM, Der.octets(key));
    }

    VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    byte[] sign(byte[] data, SecureRandom random) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(jdkKey(), random);
            signature.update(data);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot sign with P-256", e);
        }
    }

    /// The key as the JDK's TLS wants it.
    PrivateKey jdkKey() throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8()));
    }

    @Override public String toString() {
        return "SigningKey[hidden]";
    }
}

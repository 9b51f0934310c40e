package swarm.engine;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A private key from a PEM file, in any of the three forms that openssl writes: PKCS #8, and the
/// older ones of RSA and EC alone. Java reads only the first, so the others are wrapped in it; of
/// which algorithm (and curve) the key is, the certificate says that it belongs to.
///
/// Source: RFC 5958 §2 (OneAsymmetricKey), RFC 5280 §4.1 (SubjectPublicKeyInfo), X.690 §8.
final class PemKey {
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ((?:RSA |EC )?)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_ZERO = {0x02, 0x01, 0x00};

    private PemKey() { }

    /// The key in the text.
    ///
    /// @throws GeneralSecurityException when there is none, or it is encrypted or damaged
    static PrivateKey read(String pem, PublicKey belongsTo) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new GeneralSecurityException("found no private key, or an encrypted one");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        byte[] pkcs8 = block.group(1).isEmpty() ? der : der(SEQUENCE, joined(VERSION_ZERO,
                algorithm(belongsTo.getEncoded()), der(OCTETS, der)));
        return KeyFactory.getInstance(belongsTo.getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /// The first member of a SubjectPublicKeyInfo.
    private static byte[] algorithm(byte[] info) {
        int at = head(info, 0);
        int length = head(info, at) - at + length(info, at);
        byte[] algorithm = new byte[length];
        System.arraycopy(info, at, algorithm, 0, length);
        return algorithm;
    }

    /// Where the content of the value at `at` begins.
    private static int head(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        int length = first < 0x80 ? first : 0;
        for (int i = at + 2; i < head(der, at); i++) {
            length = length << 8 | der[i] & 0xff;
        }
        return length;
    }

    private static byte[] der(int tag, byte[] content) {
        byte[] head = content.length < 0x80 ? new byte[] {(byte) tag, (byte) content.length}
                : new byte[] {(byte) tag, (byte) 0x82, (byte) (content.length >>> 8),
                    (byte) content.length};
        return joined(head, content);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}

package swarm.ca;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

/// What a new node brings along: `SWMTKN-1-<root digest>-<secret>`. The digest tells the node which
/// root to believe before it says anything; the secret tells the cluster to let it in, and as what,
/// for each role has its own. The digest is SHA-256 over the PEM text of the root certificate, in
/// 50 digits of base 36; the secret is 16 random octets in 25. Both are padded with zeros in front.
///
/// The root certificate is public, so a matching digest proves nothing about who shows it.
/// (swarmkit ca/config.go, checked against tokens of Docker 20.10)
public record JoinToken(String rootDigest, String secret) {
    private static final String PREFIX = "SWMTKN-1-";
    private static final int RADIX = 36;
    private static final int DIGEST_BITS = 256;
    private static final int DIGEST_DIGITS = 50;
    private static final int SECRET_BITS = 128;
    private static final int SECRET_DIGITS = 25;

    public JoinToken {
        if (!fits(rootDigest, DIGEST_DIGITS, DIGEST_BITS)
                || !fits(secret, SECRET_DIGITS, SECRET_BITS)) {
            throw new IllegalArgumentException("invalid join token");
        }
    }

    /// A token with a new secret for this root.
    public static JoinToken draw(Certificate root, SecureRandom random) {
        BigInteger secret = new BigInteger(SECRET_BITS, random);
        return new JoinToken(digest(root), digits(secret, SECRET_DIGITS));
    }

    public static JoinToken parse(String text) throws MalformedException {
        int dash = PREFIX.length() + DIGEST_DIGITS;
        boolean shaped = text.length() == dash + 1 + SECRET_DIGITS
            && text.startsWith(PREFIX) && text.charAt(dash) == '-';
        String digest = shaped ? text.substring(PREFIX.length(), dash) : "";
        String secret = shaped ? text.substring(dash + 1) : "";
        if (!fits(digest, DIGEST_DIGITS, DIGEST_BITS)
                || !fits(secret, SECRET_DIGITS, SECRET_BITS)) {
            throw new MalformedException("invalid join token");
        }
        return new JoinToken(digest, secret);
    }

    /// The token as it is shown to the one who is to type it.
    public String text() {
        return PREFIX + rootDigest + "-" + secret;
    }

    /// Whether this is the root that the token means.
    public boolean means(Certificate root) {
        return digest(root).equals(rootDigest);
    }

    /// Whether both are the same token, in a time that does not tell where they differ.
    public boolean sameAs(JoinToken other) {
        return MessageDigest.isEqual(octets(text()), octets(other.text()));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String digest(Certificate root) {
        byte[] hash = VerifyingKey.digest("SHA-256", octets(root.pem()));
        return digits(new BigInteger(1, hash), DIGEST_DIGITS);
    }

    /// 128 bits as Docker writes its secrets and ids: 25 digits of base 36, zeros in front.
    static String digits(byte[] bits) {
        return digits(new BigInteger(1, bits), SECRET_DIGITS);
    }

    private static String digits(BigInteger number, int count) {
        String digits = number.toString(RADIX);
        return "0".repeat(count - digits.length()) + digits;
    }

    private static boolean fits(String digits, int count, int bits) {
        boolean plain = digits.length() == count;
        for (int i = 0; plain && i < count; i++) {
            char c = digits.charAt(i);
            plain = c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
        }
        return plain && new BigInteger(digits, RADIX).bitLength() <= bits;
    }

    @Override public String toString() {
        return "JoinToken[" + rootDigest + ", hidden]";
    }
}

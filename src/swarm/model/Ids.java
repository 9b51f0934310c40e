package swarm.model;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

/// Draws ids of Docker's form: 128 bits of chance as 25 digits of base 36, zeros in front. The
/// chance is an argument, since only the leader may draw: replicas read what it drew in the log.
public final class Ids {
    private static final int DIGITS = 25;
    private static final int BYTES = 16;
    private static final int RADIX = 36;

    private Ids() { }

    /// A new id.
    public static String draw(RandomGenerator chance) {
        byte[] bits = new byte[BYTES];
        chance.nextBytes(bits);
        String digits = new BigInteger(1, bits).toString(RADIX);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }
}

package swarm.ca;

import java.util.Arrays;
import java.util.SplittableRandom;

/// One small damage to some bytes: a bit turned, an octet changed, some cut out, doubled or put in,
/// the end missing.
final class Damage {
    private Damage() {
    }

    static byte[] once(byte[] from, SplittableRandom random) {
        byte[] bytes = from.clone();
        int at = random.nextInt(bytes.length);
        int count = random.nextInt(1, 9);
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes = splice(bytes, at, new byte[0], Math.min(bytes.length, at + count));
            case 3 -> bytes = splice(bytes, at, Arrays.copyOfRange(bytes, at,
                Math.min(bytes.length, at + count)), at);
            case 4 -> {
                byte[] noise = new byte[count];
                random.nextBytes(noise);
                bytes = splice(bytes, at, noise, at);
            }
            default -> bytes = Arrays.copyOf(bytes, at);
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, byte[] middle, int resume) {
        byte[] result = Arrays.copyOf(bytes, at + middle.length + bytes.length - resume);
        System.arraycopy(middle, 0, result, at, middle.length);
        System.arraycopy(bytes, resume, result, at + middle.length, bytes.length - resume);
        return result;
    }
}

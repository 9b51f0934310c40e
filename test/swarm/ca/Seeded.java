package swarm.ca;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/// A generator for tests that starts from a seed and says the same again.
public final class Seeded extends SecureRandom {
    private static final long serialVersionUID = 1;

    private final transient SplittableRandom source;

    public Seeded(long seed) {
        source = new SplittableRandom(seed);
    }

    @Override public void nextBytes(byte[] bytes) {
        source.nextBytes(bytes);
    }
}

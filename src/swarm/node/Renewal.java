package swarm.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import swarm.ca.Identity;

/// When this node's certificate is to be renewed: at a moment drawn for each certificate, at once
/// when its role has changed, and some time later when it could not be. The thread that renews owns
/// it.
final class Renewal {
    /// How often a renewal may fail in a certificate's life: tried often enough for one that lives
    /// for an hour, and seldom for one of months.
    private static final long RETRIES = 1_000;

    private final Supplier<Identity> identity;
    private final RandomGenerator chance;
    /// The certificate that `at` was set for; none at first.
    private Optional<Identity> drawn = Optional.empty();
    private Instant at = Instant.MAX;

    Renewal(Supplier<Identity> identity, RandomGenerator chance) {
        this.identity = identity;
        this.chance = chance;
    }

    boolean due(Instant wall) {
        Identity now = identity.get();
        if (!drawn.equals(Optional.of(now))) {
            drawn = Optional.of(now);
            at = now.renewAt(chance);
        }
        return !wall.isBefore(at);
    }

    /// The certificate says a role that the node has no more.
    void now() {
        drawn = Optional.of(identity.get());
        at = Instant.MIN;
    }

    /// If it was due, it was tried in vain.
    void failed(Instant wall) {
        if (due(wall)) {
            Duration life = Duration.between(identity.get().certificate().notBefore(),
                    identity.get().certificate().notAfter());
            at = wall.plus(life.dividedBy(RETRIES));
        }
    }
}

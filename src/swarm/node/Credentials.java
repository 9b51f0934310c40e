package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.Tls;
import swarm.disk.StateFiles;
import swarm.wire.Dialer;

/// What this node shows to others: its identity under the swarm's root, and what is dialled and
/// answered with it. Made when it is first needed: a swarm of one dials nobody, and TLS costs a
/// start a good part of its time.
final class Credentials {
    private final Certificate root;
    private final SecureRandom chance;
    /// Replaced when a manager has signed another certificate.
    private volatile Identity identity;
    /// Made of both; absent until somebody asks for it.
    private Optional<Tls> tls = Optional.empty();

    Credentials(Identity identity, Certificate root, SecureRandom chance) {
        this.identity = identity;
        this.root = root;
        this.chance = chance;
    }

    Identity identity() {
        return identity;
    }

    /// From now on, and after a restart, another certificate of the same key is shown. Links that
    /// stand go on with the one they were made with.
    synchronized void replace(Identity next, StateFiles files) throws IOException {
        NodeState.certify(files, next);
        identity = next;
        tls = Optional.empty();
    }

    Certificate root() {
        return root;
    }

    /// What the port answers with.
    synchronized Tls tls() {
        if (tls.isEmpty()) {
            tls = Optional.of(Tls.of(identity, root, Time::wall, chance));
        }
        return tls.get();
    }

    Dialer dialer() {
        return new Dialer(tls());
    }
}

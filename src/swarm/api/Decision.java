package swarm.api;

import java.util.List;
import swarm.store.Change;

/// What a write comes to.
public sealed interface Decision {
    /// Nothing is changed, and the client is told why.
    record Refuse(ApiAnswer answer) implements Decision { }

    /// These changes together; the client gets the answer when they are committed.
    record Propose(List<Change> changes, ApiAnswer answer) implements Decision { }
}

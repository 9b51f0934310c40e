package swarm.api;

import swarm.store.View;

/// A read: a pure function of a committed view. It runs on the connection's own thread once the
/// view is fresh enough, so it may filter and print for as long as it takes.
public interface Query {
    /// What the client is answered.
    ApiAnswer answer(View view, Facts facts);
}

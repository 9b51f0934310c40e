package swarm.api;

import swarm.store.Moment;
import swarm.store.View;

/// A write: a pure function of the leader's tip that either refuses or proposes changes. It runs on
/// the manager's thread and is short; what can be checked without a view was checked before. It may
/// be asked again, on another view, when a change of leader lost its first proposal.
public interface Deed {
    /// Refuse, or changes with the answer that the client gets once they are committed.
    Decision decide(View tip, Moment moment);
}

package swarm.store;

import java.util.List;

/// Changes that happen together or not at all. A client's write carries the id that the manager
/// who received it gave it, and the body of the answer, so that the same write sent again after a
/// change of leader is done once and answered alike. The loops' transactions have no id.
public record Transaction(String requestId, List<Change> changes, String answer) {
    /// A control loop's transaction.
    public static Transaction of(List<Change> changes) {
        return new Transaction("", changes, "");
    }

    /// A control loop's transaction of one change.
    public static Transaction of(Change change) {
        return of(List.of(change));
    }
}

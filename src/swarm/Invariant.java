package swarm;

/// What the code relies on, checked where it relies on it, always on.
///
/// The idea: a broken invariant is a bug in this program, never bad input and never a fault of the
/// world, so nothing may go on from it. `Violation` ends the step that broke it; the thread that
/// owns the machine catches it at its top and stops the node before the round becomes durable or
/// visible.
///
/// Leaves to others: refusals (sealed results), faults of the world (`IOException`).
/// Invariants of this file: none; it keeps no state.
/// Source: "Safety" in TigerBeetle's style guide, checks that stay on in production.
public final class Invariant {
    private Invariant() {
    }

    /// Stops the node with `claim` unless `holds`.
    public static void check(boolean holds, String claim) {
        if (!holds) {
            throw new Violation(claim);
        }
    }

    /// A claim that did not hold.
    public static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /// The claim, where it is broken by being there at all.
        public Violation(String claim) {
            super(claim);
        }
    }
}

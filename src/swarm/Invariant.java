package swarm;

/// What the code relies on, checked where it relies on it, always on.
///
/// The idea: a broken invariant is a bug in this program, never bad input and never a fault of the
/// world, so nothing may go on from it. `Violation` is an `Error`: no `catch (Exception)` swallows
/// it, it ends the thread that owns the machine, and the node stops before the round is made
/// durable or visible.
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

    /// As `check`, naming the two numbers that were compared; costs no text while it holds.
    public static void check(boolean holds, String claim, long found, long expected) {
        if (!holds) {
            throw new Violation(claim + ": found " + found + ", expected " + expected);
        }
    }

    /// A claim that did not hold.
    public static final class Violation extends Error {
        private static final long serialVersionUID = 1L;

        Violation(String claim) {
            super(claim);
        }
    }
}

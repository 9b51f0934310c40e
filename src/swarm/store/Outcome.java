package swarm.store;

/// What became of a transaction.
public sealed interface Outcome {
    /// Every change was made; `answer` is the transaction's own.
    record Done(String answer) implements Outcome { }

    /// No change was made; the reason is the first that was found.
    record Refused(Reason reason, String what) implements Outcome { }

    /// Why a transaction can be refused.
    enum Reason { OUT_OF_SEQUENCE, NOT_FOUND, EXISTS, NAME_TAKEN }
}

package swarm.manager;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.api.ApiAnswer;

/// Clients' writes until they are answered: parked until a leader decides them, then waiting for
/// the log to be committed up to some index: a write's own entry, or, for a refusal, the newest
/// entry of the tip that it was decided on, so that nobody is told of what may yet be lost.
///
/// Who waits does so in the order of terms and indexes: one whose term is over is taken out as soon
/// as an entry of a later term is committed, which is before anyone can wait in that term.
final class Writers {
    /// The most that may wait: what the mailbox of the shell holds a few times over.
    static final int WAITING_MOST = 10_000;

    /// A client's write, numbered in the order of arrival: until when it waits for a leader, and
    /// until when it is tried.
    record Writer(long number, ManagerInput.Write write, long leaderBy, long giveUpAt) { }

    /// A writer whose answer rests on the entry at `index`, if it is the one of `term`.
    record Waiting(Writer writer, long index, long term, ApiAnswer answer) { }

    private final TreeMap<Long, Writer> parked = new TreeMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /// One that no leader has decided, or that must be decided again.
    void park(Writer writer) {
        parked.put(writer.number(), writer);
    }

    /// One that was decided; its term and index are not below those of any before it.
    void await(Waiting decided) {
        waiting.addLast(decided);
    }

    /// Takes out the next to be decided; none while too many wait.
    Optional<Writer> takeParked() {
        return anyToDecide() ? Optional.of(parked.pollFirstEntry().getValue())
                : Optional.empty();
    }

    /// Takes out all that were not decided, to be sent elsewhere.
    List<Writer> takeAllParked() {
        List<Writer> all = new ArrayList<>(parked.values());
        parked.clear();
        return all;
    }

    /// Takes out the next whose fate is known now that `index` of `term` is committed: its own
    /// entry is, or cannot be any more, since terms never fall along the log.
    Optional<Waiting> takeSettled(long index, long term) {
        return Optional.ofNullable(waiting.peekFirst())
                .filter(first -> first.index() <= index || first.term() < term)
                .map(_ -> waiting.removeFirst());
    }

    /// Takes out those who were decided and whose time is over.
    List<Writer> expiredWaiting(long now) {
        List<Writer> late = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.getFirst().writer().giveUpAt() <= now) {
            late.add(waiting.removeFirst().writer());
        }
        return late;
    }

    /// Takes out those who were not decided and whose time is over, given whether this manager
    /// leads.
    List<Writer> expiredParked(boolean leading, long now) {
        List<Writer> late = new ArrayList<>();
        while (!parked.isEmpty() && due(parked.firstEntry().getValue(), leading) <= now) {
            late.add(parked.pollFirstEntry().getValue());
        }
        return late;
    }

    boolean anyParked() {
        return !parked.isEmpty();
    }

    /// Whether there is one to be decided, and room for it to wait afterwards.
    boolean anyToDecide() {
        return !parked.isEmpty() && waiting.size() < WAITING_MOST;
    }

    private static long due(Writer parked, boolean leading) {
        return leading ? parked.giveUpAt() : parked.leaderBy();
    }

    /// When the first of them gives up.
    long deadline(boolean leading) {
        long first = parked.isEmpty() ? Long.MAX_VALUE
                : due(parked.firstEntry().getValue(), leading);
        return waiting.isEmpty() ? first
                : Math.min(first, waiting.getFirst().writer().giveUpAt());
    }
}

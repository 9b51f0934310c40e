package swarm.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.model.StoredObject;
import swarm.model.Version;

/// Replays commands: the same command on the same view gives the same view, events and outcomes on
/// every manager. A transaction whose checks fail changes nothing and is refused; the others of the
/// same command go on. The checks cannot fail on a leader's own tip; they are here because a log
/// entry must have one meaning whatever made it.
public final class Store {
    private Store() { }

    /// A view after a command, what happened, and what became of each transaction, in order.
    public record Applied(View view, List<StoreEvent> events, List<Outcome> outcomes) { }

    /// The view after the entry at `index`, which carries `command`.
    public static Applied apply(View view, long index, Command command) {
        List<StoreEvent> events = new ArrayList<>();
        List<Outcome> outcomes = new ArrayList<>();
        View at = view;
        for (Transaction transaction : command.transactions()) {
            Attempt attempt = new Attempt(at, index, command.at());
            Outcome outcome = at.answer(transaction.requestId())
                    .orElseGet(() -> attempt.run(transaction));
            at = attempt.finish(transaction, outcome);
            outcomes.add(outcome);
            events.addAll(attempt.events);
        }
        return new Applied(at.after(index, at.tables(), at.answers()), events, outcomes);
    }

    /// A view after an entry that carries no command.
    public static View skip(View view, long index) {
        return view.after(index, view.tables(), view.answers());
    }

    /// One transaction on its way: the tables so far and the events so far. A repeated request is
    /// never run, so its tables and events stay as they were.
    private static final class Attempt {
        private final View base;
        private final long index;
        private final Instant at;
        /// The view with the changes so far; back to the base at a refusal.
        private View now;
        /// What the changes so far did; emptied at a refusal.
        private List<StoreEvent> events = new ArrayList<>();

        Attempt(View base, long index, Instant at) {
            this.base = base;
            this.index = index;
            this.at = at;
            this.now = base;
        }

        Outcome run(Transaction transaction) {
            for (Change change : transaction.changes()) {
                Optional<Outcome> refusal = make(change);
                if (refusal.isPresent()) {
                    now = base;
                    events = new ArrayList<>();
                    return refusal.get();
                }
            }
            return new Outcome.Done(transaction.answer());
        }

        View finish(Transaction transaction, Outcome outcome) {
            boolean repeated = base.answer(transaction.requestId()).isPresent();
            Answers answers = transaction.requestId().isEmpty() || repeated ? base.answers()
                    : base.answers().with(transaction.requestId(), outcome);
            return now.after(base.index(), now.tables(), answers);
        }

        private Optional<Outcome> make(Change change) {
            return switch (change) {
                case Change.Create create -> create(create.object());
                case Change.Update update -> update(update.object());
                case Change.Delete delete -> delete(delete);
            };
        }

        private Optional<Outcome> create(StoredObject object) {
            if (now.find(object.kind(), object.key()).isPresent()) {
                return refused(Outcome.Reason.EXISTS, object.key());
            }
            if (now.nameTaken(object)) {
                return refused(Outcome.Reason.NAME_TAKEN, object.key());
            }
            StoredObject stored = object.stamped(new Version(index), at, at);
            put(stored);
            events.add(new StoreEvent.Created(stored));
            return Optional.empty();
        }

        private Optional<Outcome> update(StoredObject object) {
            Optional<? extends StoredObject> found = now.find(object.kind(), object.key());
            if (found.isEmpty()) {
                return refused(Outcome.Reason.NOT_FOUND, object.key());
            }
            StoredObject before = found.get();
            if (!before.version().equals(object.version())) {
                return refused(Outcome.Reason.OUT_OF_SEQUENCE, object.key());
            }
            if (now.nameTaken(object)) {
                return refused(Outcome.Reason.NAME_TAKEN, object.key());
            }
            StoredObject stored = object.stamped(new Version(index), before.createdAt(), at);
            remove(before);
            put(stored);
            events.add(new StoreEvent.Updated(before, stored));
            return Optional.empty();
        }

        private Optional<Outcome> delete(Change.Delete delete) {
            Optional<? extends StoredObject> found = now.find(delete.objectKind(), delete.key());
            if (found.isEmpty()) {
                return refused(Outcome.Reason.NOT_FOUND, delete.key());
            }
            if (!found.get().version().equals(delete.expected())) {
                return refused(Outcome.Reason.OUT_OF_SEQUENCE, delete.key());
            }
            remove(found.get());
            events.add(new StoreEvent.Deleted(found.get()));
            return Optional.empty();
        }

        private void put(StoredObject object) {
            View.Tables tables = now.tables();
            tables.put(object);
            now = now.after(base.index(), tables, base.answers());
        }

        private void remove(StoredObject object) {
            View.Tables tables = now.tables();
            tables.remove(object);
            now = now.after(base.index(), tables, base.answers());
        }

        private static Optional<Outcome> refused(Outcome.Reason reason, String what) {
            return Optional.of(new Outcome.Refused(reason, what));
        }
    }
}

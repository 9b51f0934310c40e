package swarm.manager;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import swarm.api.Deed;
import swarm.api.Decision;
import swarm.dispatcher.Dispatcher;
import swarm.model.Node;
import swarm.store.Command;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.Store;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// What a manager has only while it leads: the tip, the control loops, the dispatcher and the care
/// for raft's members, all made anew at each election and thrown away at its loss. Everything on
/// the tip is in the leader's own log, in order; as long as it leads, that and nothing else will be
/// committed, so decisions on the tip need no locks and meet no conflicts.
final class Leadership {
    private final List<Loop> loops;
    private final Dispatcher dispatcher;
    private final Seats seats = new Seats();
    /// The view with everything proposed; replaced by each proposal.
    private View tip;
    /// What each proposed entry did, oldest first, until it is committed.
    private final Deque<Proposed> proposed = new ArrayDeque<>();
    /// Whether something changed since the loops were last asked.
    private boolean unasked = true;
    /// What the loops have decided and raft has not taken yet, in order. While there is any,
    /// nothing else may be proposed: it was decided on this tip.
    private final Deque<Sized> held = new ArrayDeque<>();
    /// Until when raft, which was busy, is left alone, in monotonic milliseconds.
    private long pausedUntil = Long.MIN_VALUE;

    /// An entry of the tip: where it is in the log, and what applying it gave.
    record Proposed(long index, long term, Store.Applied applied) { }

    Leadership(View view, List<Loop> loops, Dispatcher dispatcher, Moment moment) {
        this.tip = view;
        this.dispatcher = dispatcher;
        this.loops = new ArrayList<>(loops);
        this.loops.add(dispatcher);
        this.loops.add(seats);
        for (Loop loop : this.loops) {
            loop.onStart(view, moment);
        }
    }

    View tip() {
        return tip;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    Seats seats() {
        return seats;
    }

    /// Raft takes nothing now: try again then.
    void pause(long until) {
        pausedUntil = until;
    }

    long pausedUntil() {
        return pausedUntil;
    }

    boolean paused(long now) {
        return now < pausedUntil;
    }

    /// A client's write, decided on the tip.
    Decision decide(Deed deed, Moment moment) {
        return deed.decide(tip, moment);
    }

    /// Whether the loops wait for their last decision to be taken.
    boolean holds() {
        return !held.isEmpty();
    }

    /// What the loops want to do now, of all loops in turn the first that wants anything. The same
    /// until it is taken or dropped; empty when all is as it should be.
    Optional<Sized> next(Moment moment) {
        if (held.isEmpty()) {
            ask(moment);
        }
        return Optional.ofNullable(held.peekFirst());
    }

    private void ask(Moment moment) {
        for (Loop loop : loops) {
            List<Transaction> wanted = loop.decide(tip, moment);
            if (!wanted.isEmpty()) {
                held.addAll(Sized.split(moment.wall(), wanted));
                return;
            }
        }
        unasked = false;
    }

    /// What [#next] gave is in the log, or will never be.
    void taken() {
        held.removeFirst();
    }

    /// A command took its place in the log.
    void onProposed(long index, long term, Command command) {
        Store.Applied applied = Store.apply(tip, index, command);
        tip = applied.view();
        proposed.addLast(new Proposed(index, term, applied));
        for (StoreEvent event : applied.events()) {
            for (Loop loop : loops) {
                loop.onEvent(event, tip);
            }
        }
        unasked = true;
    }

    /// What the leader's own or another's entry did is committed.
    void onCommitted(List<StoreEvent> events) {
        for (StoreEvent event : events) {
            dispatcher.onCommitted(event);
            if (event.object() instanceof Node) {
                seats.touch();
            }
        }
        unasked = true;
    }

    /// A message of an agent waits in the dispatcher.
    void touch() {
        unasked = true;
    }

    /// What the entry did, if it is one of the tip's own.
    Optional<Store.Applied> committed(long index, long term) {
        Proposed first = proposed.peekFirst();
        boolean own = first != null && first.index() == index && first.term() == term;
        return own ? Optional.of(proposed.removeFirst().applied()) : Optional.empty();
    }

    /// When the loops want to be asked.
    long deadline(long now) {
        long earliest = unasked || holds() ? now : Long.MAX_VALUE;
        for (Loop loop : loops) {
            earliest = Math.min(earliest, loop.deadline());
        }
        return Math.max(Math.max(now, earliest), pausedUntil);
    }
}

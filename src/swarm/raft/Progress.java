package swarm.raft;

import java.util.ArrayDeque;

/// One follower as its leader sees it: nextIndex and matchIndex of Figure 2, and in what manner
/// entries go to it.
///
/// - PROBE: one message at a time, until it is known where the logs agree.
/// - STREAM: messages leave without waiting for answers, up to a number in flight.
/// - SNAPSHOT: the log no longer has what it needs; the snapshot goes to it piece by piece.
///
/// Invariant: match < next; in flight are only messages of STREAM, in order of their last index.
final class Progress {
    enum Mode { PROBE, STREAM, SNAPSHOT }

    final MemberId member;

    /// Tells answers to this bookkeeping from answers to an earlier one (F27).
    final long session;

    /// In what manner entries go to it at the moment.
    private Mode mode = Mode.PROBE;

    /// matchIndex: the last entry that it surely holds, on its disk. Only grows.
    private long match;

    /// nextIndex: the first entry of the next message.
    private long next;

    /// The last index of each unanswered message of STREAM.
    private final ArrayDeque<Long> inFlight = new ArrayDeque<>();

    /// PROBE, SNAPSHOT: a message is unanswered.
    private boolean waiting;

    /// When the oldest unanswered message was sent or an answer last came, in ms.
    private long waitingSinceMs;

    /// When anything was last heard from it in this term, in ms.
    private long heardMs;

    /// The last heartbeat that it answered.
    private long round;

    /// SNAPSHOT: which one is sent, and from where the unanswered piece begins.
    private SnapshotMeta snapshot = SnapshotMeta.NONE;
    private long offset;

    Progress(MemberId member, long session, long next, long now) {
        this.member = member;
        this.session = session;
        this.next = next;
        this.heardMs = now;
    }

    Mode mode() {
        return mode;
    }

    long match() {
        return match;
    }

    long next() {
        return next;
    }

    long heardMs() {
        return heardMs;
    }

    long round() {
        return round;
    }

    SnapshotMeta snapshot() {
        return snapshot;
    }

    long offset() {
        return offset;
    }

    void heard(long now) {
        heardMs = now;
    }

    void answered(long heartbeatRound) {
        round = Math.max(round, heartbeatRound);
    }

    /// May another message leave? A snapshot's pieces leave one by one, on answers.
    boolean maySend(int inFlightMax) {
        return switch (mode) {
            case PROBE -> !waiting;
            case STREAM -> inFlight.size() < inFlightMax;
            case SNAPSHOT -> false;
        };
    }

    /// A message with the entries up to `lastIndex` leaves.
    void sent(long lastIndex, long now) {
        if (mode == Mode.STREAM) {
            if (inFlight.isEmpty()) {
                waitingSinceMs = now;
            }
            inFlight.add(lastIndex);
            next = lastIndex + 1;
        } else {
            waiting = true;
            waitingSinceMs = now;
        }
    }

    /// Its log agrees up to `index`. False if that is old news.
    boolean accepted(long index, long now) {
        if (index < match || mode == Mode.SNAPSHOT && index == match) {
            return false;
        }
        match = index;
        waitingSinceMs = now;
        while (!inFlight.isEmpty() && inFlight.peek() <= index) {
            inFlight.poll();
        }
        if (mode == Mode.STREAM) {
            next = Math.max(next, match + 1);
        } else {
            mode = Mode.STREAM;
            waiting = false;
            next = match + 1;
        }
        return true;
    }

    /// Is a refusal of what followed `previousIndex` about the present, or overtaken by an answer
    /// that came before it?
    boolean concerns(long previousIndex) {
        return switch (mode) {
            case PROBE -> previousIndex == next - 1 && previousIndex > match;
            case STREAM -> previousIndex > match;
            case SNAPSHOT -> false;
        };
    }

    /// Begin again from `newNext`, or from where it surely agrees.
    void probe(long newNext) {
        mode = Mode.PROBE;
        waiting = false;
        inFlight.clear();
        next = Math.max(match + 1, newNext);
    }

    /// A piece of a snapshot leaves.
    void sentPiece(SnapshotMeta meta, long from, long now) {
        mode = Mode.SNAPSHOT;
        inFlight.clear();
        waiting = true;
        waitingSinceMs = now;
        snapshot = meta;
        offset = from;
    }

    /// Was something sent too long ago to be still answered?
    boolean overdue(long now, long resendMs) {
        boolean owes = mode == Mode.STREAM ? !inFlight.isEmpty() : waiting;
        return owes && now - waitingSinceMs >= resendMs;
    }
}

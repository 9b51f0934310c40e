package swarm.store;

import java.util.List;

/// A control loop of the leader: it compares what is wanted with what is, and returns the changes
/// that bring them closer. It runs on the leader's tip, the view with everything the leader has
/// proposed, so what it decides is never out of sequence while the leader leads. It keeps only
/// memory that it can rebuild from a view, and is made anew at each election: the manager then
/// calls `onStart` once, and after that tells it of every event in order before it asks again.
public interface Loop {
    /// Nothing is due: a deadline that never comes.
    long NEVER = Long.MAX_VALUE;

    /// The leader's first view; everything in it is as if it had just been created.
    void onStart(View view, Moment moment);

    /// One change, and the view after it.
    void onEvent(StoreEvent event, View view);

    /// The changes to make now; empty when nothing is to do. Asked again at once after its own
    /// changes were applied, so it may do a bounded part (at most [#BATCH_CHANGES]) of much work.
    List<Transaction> decide(View view, Moment moment);

    /// When it wants to be asked although nothing changed, in monotonic milliseconds.
    long deadline();

    /// The most changes in one decision, so that no step is long: a task's change takes some tens
    /// of microseconds to apply and encode.
    int BATCH_CHANGES = 200;
}

package swarm.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What other threads have to say to the one thread that owns a machine: a bounded queue. A sender
/// that finds it full waits, and so is slowed to the machine's pace; the owner takes all there is
/// at once, so that one sync serves everything that waited.
final class Mailbox<T> {
    /// Room for every client connection and agent of one manager to have said one thing.
    private static final int CAPACITY = 4_096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Deque<T> queue = new ArrayDeque<>();
    /// Set once: nothing more is taken in, and the owner is to end.
    private boolean closed;

    /// Puts one thing in, waiting for room; false when the mailbox is closed.
    boolean put(T item) {
        lock.lock();
        try {
            while (queue.size() >= CAPACITY && !closed) {
                room.awaitUninterruptibly();
            }
            if (closed) {
                return false;
            }
            queue.addLast(item);
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something is there, `deadline` has come or the mailbox is closed, and takes all.
    List<T> take(long deadline) {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed && waitUntil(deadline)) {
                // woken, but perhaps for nothing: look again
            }
            List<T> all = new ArrayList<>(queue);
            queue.clear();
            room.signalAll();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the owner is to go on.
    boolean open() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Ends it: senders get false, the owner wakes.
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean waitUntil(long deadline) {
        try {
            if (deadline == Long.MAX_VALUE) {
                filled.await();
                return true;
            }
            long left = deadline - Time.now();
            return left > 0 && filled.await(left, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed = true;
            return false;
        }
    }
}

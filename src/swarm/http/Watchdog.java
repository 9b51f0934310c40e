package swarm.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// One thread that ends connections whose deadline has passed. SocketChannel knows no time-outs and
/// a unix socket has no adaptor with one; shutting or closing it from outside does end a blocked
/// read, connect or write. The thread starts with the first deadline and sleeps until the earliest.
final class Watchdog implements Runnable {
    private static final Watchdog DOG = new Watchdog();
    private static final long START = System.nanoTime();

    private final Set<Duplex> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofPlatform().daemon().name("http-watchdog")
            .unstarted(this);
    /// When the thread looks next, in ms; MAX_VALUE while it looks. A deadline before it wakes it.
    private volatile long wakesAt = Long.MAX_VALUE;
    private boolean started;

    /// Monotonic, in ms.
    static long now() {
        return (System.nanoTime() - START) / 1_000_000;
    }

    static void watch(Duplex duplex, long deadline) {
        DOG.watched.add(duplex);
        if (deadline < DOG.wakesAt) {
            DOG.wake();
        }
    }

    static void forget(Duplex duplex) {
        DOG.watched.remove(duplex);
    }

    private synchronized void wake() {
        if (!started) {
            started = true;
            thread.start();
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (true) {
            wakesAt = Long.MAX_VALUE;
            long next = Long.MAX_VALUE;
            for (Duplex duplex : watched) {
                next = Math.min(next, duplex.expire(now()));
            }
            wakesAt = next;
            if (next == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, Math.max(1, next - now()) * 1_000_000);
            }
        }
    }
}

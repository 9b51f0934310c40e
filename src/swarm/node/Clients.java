package swarm.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;

/// The clients that wait for the manager, by token. Their threads are virtual and may wait; the
/// manager's thread only completes.
final class Clients {
    /// Longer than any time-out of the manager's own, which answers first while it lives.
    private static final long PATIENCE_MS = 30_000;

    private final ConcurrentHashMap<Long, CompletableFuture<ManagerOutput>> waiting =
            new ConcurrentHashMap<>();
    private final AtomicLong lastToken = new AtomicLong();
    private final Mailbox<ManagerInput> manager;

    Clients(Mailbox<ManagerInput> manager) {
        this.manager = manager;
    }

    /// Gives the manager the input made for a new token, and waits for what it says to it.
    ///
    /// @throws TimeoutException when the manager is gone or stuck
    ManagerOutput ask(LongFunction<ManagerInput> question) throws TimeoutException {
        return ask(question, PATIENCE_MS);
    }

    /// The same with another patience.
    ManagerOutput ask(LongFunction<ManagerInput> question, long patienceMs)
            throws TimeoutException {
        long token = lastToken.incrementAndGet();
        CompletableFuture<ManagerOutput> answer = new CompletableFuture<>();
        waiting.put(token, answer);
        try {
            if (!manager.put(question.apply(token))) {
                throw new TimeoutException("the manager has stopped");
            }
            return answer.get(patienceMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | CancellationException e) {
            throw new TimeoutException("the daemon is stopping");
        } finally {
            waiting.remove(token);
        }
    }

    /// What the manager says to a token; nobody may be waiting for it any more.
    void complete(long token, ManagerOutput output) {
        CompletableFuture<ManagerOutput> answer = waiting.get(token);
        if (answer != null) {
            answer.complete(output);
        }
    }

    /// Sends everyone away.
    void close() {
        waiting.values().forEach(answer -> answer.cancel(false));
    }
}

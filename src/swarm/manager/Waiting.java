package swarm.manager;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import swarm.api.ApiAnswer;

/// Clients' answers that wait for the log to be committed up to some index: a write's own entry,
/// or, for a refusal, the newest entry of the tip that it was decided on, so that nobody is told
/// of what may yet be lost. In the order of their indexes, which is the order of arrival.
final class Waiting {
    /// The most that may wait: what the mailbox of the shell holds a few times over.
    static final int MOST = 10_000;

    /// One client: `term` is that of the entry at `index`, as far as the answer rests on it.
    record Client(ManagerInput.Write write, long index, long term, ApiAnswer answer,
            long giveUpAt) { }

    private final Deque<Client> clients = new ArrayDeque<>();

    /// One more; its index is not below that of any before it.
    void add(Client client) {
        clients.addLast(client);
    }

    /// Whether no more can be taken.
    boolean full() {
        return clients.size() >= MOST;
    }

    /// Takes out the next whose index is committed.
    Optional<Client> next(long committed) {
        return Optional.ofNullable(clients.peekFirst())
                .filter(client -> client.index() <= committed)
                .map(_ -> clients.removeFirst());
    }

    /// Takes out the next whose time is over.
    Optional<Client> expired(long now) {
        return Optional.ofNullable(clients.peekFirst())
                .filter(client -> client.giveUpAt() <= now)
                .map(_ -> clients.removeFirst());
    }

    /// When the first of them gives up.
    long deadline() {
        return clients.isEmpty() ? Long.MAX_VALUE : clients.getFirst().giveUpAt();
    }
}

package swarm.manager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import swarm.raft.RaftConfig;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Transaction;

/// A command and its bytes, which raft takes up to a limit only.
record Sized(Command command, byte[] bytes) {
    /// The most that raft takes.
    static final int BYTES_MAX = RaftConfig.STANDARD.limits().appendBytesMax();
    /// The most that a client may write at once. What the loops make of an object, a task of a
    /// service or a service's progress, is hardly larger than the object and must fit as well.
    static final int CLIENT_BYTES_MAX = 1_000_000;

    static Sized of(Command command) {
        return new Sized(command, command.toBytes());
    }

    /// Commands that together do what the loops want, each within the limit where that is possible:
    /// halves of halves, transactions first, then the changes of one. Loops come to the same end
    /// from any state between, so what they want need not happen at once.
    static List<Sized> split(Instant at, List<Transaction> wanted) {
        Sized whole = of(new Command(at, wanted));
        if (whole.bytes.length <= BYTES_MAX || !divisible(wanted)) {
            return List.of(whole);
        }
        List<Sized> halves = new ArrayList<>();
        if (wanted.size() > 1) {
            int middle = wanted.size() / 2;
            halves.addAll(split(at, wanted.subList(0, middle)));
            halves.addAll(split(at, wanted.subList(middle, wanted.size())));
        } else {
            List<Change> changes = wanted.getFirst().changes();
            int middle = changes.size() / 2;
            halves.addAll(split(at, List.of(Transaction.of(changes.subList(0, middle)))));
            halves.addAll(split(at,
                    List.of(Transaction.of(changes.subList(middle, changes.size())))));
        }
        return halves;
    }

    private static boolean divisible(List<Transaction> wanted) {
        return wanted.size() > 1 || wanted.getFirst().changes().size() > 1;
    }
}

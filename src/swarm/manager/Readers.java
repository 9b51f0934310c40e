package swarm.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Clients' reads until they may be answered: those that raft has not been asked for, since this
/// manager does not lead, and those whose read index it is finding out. Both by the reader's
/// number, which is also the token that raft knows it by, and so in the order of arrival.
final class Readers {
    /// One client; it is told in vain no later than `giveUpAt`.
    record Reader(long number, long token, long giveUpAt) { }

    private final TreeMap<Long, Reader> unasked = new TreeMap<>();
    private final TreeMap<Long, Reader> asked = new TreeMap<>();

    void add(Reader reader) {
        unasked.put(reader.number(), reader);
    }

    /// Everyone for whom raft has not been asked, as asked from now on.
    List<Reader> ask() {
        List<Reader> all = new ArrayList<>(unasked.values());
        asked.putAll(unasked);
        unasked.clear();
        return all;
    }

    /// Raft says that this reader may read.
    Optional<Reader> ready(long number) {
        return Optional.ofNullable(asked.remove(number));
    }

    /// Raft could not serve this reader, if it is one: it waits on.
    void refused(long number) {
        Optional.ofNullable(asked.remove(number)).ifPresent(this::add);
    }

    /// Takes out everyone for whom raft has not been asked, to be sent elsewhere.
    List<Reader> takeUnasked() {
        List<Reader> all = new ArrayList<>(unasked.values());
        unasked.clear();
        return all;
    }

    boolean anyUnasked() {
        return !unasked.isEmpty();
    }

    /// Takes out those whose time is over.
    List<Reader> expired(long now) {
        List<Reader> late = new ArrayList<>();
        for (TreeMap<Long, Reader> readers : List.of(unasked, asked)) {
            while (!readers.isEmpty() && readers.firstEntry().getValue().giveUpAt() <= now) {
                late.add(readers.pollFirstEntry().getValue());
            }
        }
        return late;
    }

    /// When someone is to be asked for, given that this manager leads, or gives up.
    long deadline(boolean leading, long now) {
        long first = unasked.isEmpty() ? Long.MAX_VALUE
                : leading ? now : unasked.firstEntry().getValue().giveUpAt();
        return asked.isEmpty() ? first
                : Math.min(first, asked.firstEntry().getValue().giveUpAt());
    }
}

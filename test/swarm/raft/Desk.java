package swarm.raft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// One server on a test's desk: it is stepped by hand, its writes succeed at once, and what it says
/// lies there to be looked at. Server 1 is the one under test, others are numbers in messages.
final class Desk {
    static final RaftConfig CONFIG = new RaftConfig(RaftConfig.Timing.STANDARD,
        new RaftConfig.Limits(1000, 4, 5000, 10, 3), true);

    final Raft raft;
    final List<RaftOutput> outputs = new ArrayList<>();

    /// What lies on the disk.
    final List<Entry> disk = new ArrayList<>();
    long now = 1_000_000;

    Desk(Recovered found) {
        raft = new Raft(CONFIG, id(1), found, new Random(1), now);
        disk.addAll(found.entries());
    }

    static MemberId id(long number) {
        return new MemberId(number);
    }

    static List<MemberId> ids(long... numbers) {
        return Arrays.stream(numbers).mapToObj(MemberId::new).toList();
    }

    /// A log in the paper's drawings: the terms of its entries from index 1 on. Entry 1 makes 1 to
    /// `voters` voters; its term is the first given.
    static Recovered log(int voters, long term, long... terms) {
        return new Recovered(new HardState(term, Optional.empty()), SnapshotMeta.NONE,
            entries(voters, terms));
    }

    static List<Entry> entries(int voters, long... terms) {
        List<Entry> entries = new ArrayList<>();
        for (long entryTerm : terms) {
            entries.add(command(entries.size() + 1, entryTerm));
        }
        long[] numbers = new long[voters];
        Arrays.setAll(numbers, i -> i + 1);
        Configuration all = new Configuration(ids(numbers), List.of());
        entries.set(0, new Entry(1, terms[0], Entry.Kind.CONFIGURATION, all.encode()));
        return entries;
    }

    static Entry command(long index, long term) {
        return new Entry(index, term, Entry.Kind.COMMAND, new byte[] {(byte) term});
    }

    /// One round with one input, as RaftOutput describes it; returns its outputs.
    List<RaftOutput> round(RaftInput input) {
        List<RaftOutput> all = new ArrayList<>();
        List<RaftOutput> some = raft.step(now, input);
        while (!some.isEmpty()) {
            all.addAll(some);
            some.forEach(this::write);
            boolean wrote = some.stream().anyMatch(o -> o instanceof RaftOutput.Write);
            some = wrote ? raft.step(now, persisted()) : List.of();
        }
        outputs.addAll(all);
        return all;
    }

    private void write(RaftOutput output) {
        switch (output) {
            case RaftOutput.Append(List<Entry> entries) -> disk.addAll(entries);
            case RaftOutput.TruncateFrom(long index) -> disk.removeIf(e -> e.index() >= index);
            case RaftOutput.ResetLog _ -> disk.clear();
            case RaftOutput _ -> {
                // Nothing that tests look for on the disk.
            }
        }
    }

    RaftInput.Persisted persisted() {
        return new RaftInput.Persisted(raft.lastIndex(), raft.lastTerm());
    }

    List<RaftOutput> receive(long from, Message message) {
        return round(new RaftInput.Received(id(from), message));
    }

    /// Let time pass up to the next deadline.
    List<RaftOutput> timeOut() {
        now = Math.max(now, raft.deadline());
        return round(new RaftInput.Tick());
    }

    /// Time out, win the pre-vote and the election with the given voters.
    List<RaftOutput> lead(long... voters) {
        timeOut();
        long asked = raft.term();
        for (long voter : voters) {
            receive(voter, new Message.PreVoteReply(asked, asked, true));
        }
        List<RaftOutput> last = new ArrayList<>();
        for (long voter : voters) {
            last.addAll(receive(voter, new Message.VoteReply(asked + 1, true)));
        }
        return last;
    }

    static <T> List<T> only(Class<T> type, List<RaftOutput> outputs) {
        return outputs.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /// The messages of one kind, in order, whoever they are for.
    static <T extends Message> List<T> messages(Class<T> type, List<RaftOutput> outputs) {
        return only(RaftOutput.Send.class, outputs).stream().map(RaftOutput.Send::message)
            .filter(type::isInstance).map(type::cast).toList();
    }

    static List<Long> committed(List<RaftOutput> outputs) {
        return only(RaftOutput.Committed.class, outputs).stream()
            .flatMap(c -> c.entries().stream()).map(Entry::index).toList();
    }
}

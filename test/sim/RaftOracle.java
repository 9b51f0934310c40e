package sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// Stands between the nodes and the world and judges what passes: what a node writes, what it says
/// and what it applies, against what its disk really holds and what any other node did before. It
/// shares no code with what it judges, reads only outputs and platters, and believes no event.
///
/// - Election Safety: one sender of leader's messages per term.
/// - Log Matching: an index and a term have one content and one predecessor, in all logs ever.
/// - Leader Completeness: a new leader's log has everything committed in earlier terms.
/// - State Machine Safety: one entry per index is ever applied, and states after it are equal.
/// - A leader has the votes of a majority. A read finds all that was committed when it came.
/// - Durable before visible: what a message claims is on the sender's disk when it leaves.
/// - A commit is on the disks of a majority. Each write changes the state once. (Figure 3)
final class RaftOracle {
    private final RaftWorld world;
    private final TreeMap<Long, MemberId> leaderOf = new TreeMap<>();
    private final TreeMap<MemberId, HardState> promised = new TreeMap<>();
    private final TreeMap<Long, TreeMap<MemberId, MemberId>> votesIn = new TreeMap<>();
    private final TreeMap<Place, Link> links = new TreeMap<>();

    /// What was committed when each read arrived, by token.
    private final TreeMap<Long, Long> readFrom = new TreeMap<>();

    /// Committed entries; entry i has index i + 1.
    private final List<Settled> settled = new ArrayList<>();
    private final TreeMap<Long, Long> changedAt = new TreeMap<>();

    private record Place(long index, long term) implements Comparable<Place> {
        @Override public int compareTo(Place other) {
            int byIndex = Long.compare(index, other.index);
            return byIndex != 0 ? byIndex : Long.compare(term, other.term);
        }
    }

    private record Link(byte[] content, long previousTerm) {}

    /// A committed entry, the committing leader's term, and the state after it (empty: not seen).
    private record Settled(Entry entry, long inTerm, byte[] state) {}

    RaftOracle(RaftWorld world) {
        this.world = world;
    }

    long committed() {
        return settled.size();
    }

    /// Logs that nodes begin with; the first entry counts as committed by all.
    void begin(List<Recovered> disks) {
        Entry first = disks.getFirst().entries().getFirst();
        settled.add(new Settled(first, first.term(), new byte[0]));
        for (Recovered disk : disks) {
            long previousTerm = 0;
            for (Entry entry : disk.entries()) {
                links.put(new Place(entry.index(), entry.term()),
                    new Link(entry.data(), previousTerm));
                previousTerm = entry.term();
            }
        }
    }

    // What is written.

    void beforeWrite(SimNode node, RaftOutput.Write write) {
        Platter.State disk = node.platter.written();
        switch (write) {
            case RaftOutput.SaveHardState(HardState state) -> promise(node.id, state);
            case RaftOutput.TruncateFrom(long index) -> truncate(node, disk, index);
            case RaftOutput.Append(List<Entry> entries) -> append(node, disk, entries);
            case RaftOutput.ResetLog(long next) -> require(next == disk.snapshot().index() + 1,
                node, "resets its log to where its snapshot does not end");
            case RaftOutput.DropBefore(long index) -> require(index <= disk.snapshot().index() + 1,
                node, "drops entries that no snapshot stands for");
        }
    }

    private void promise(MemberId id, HardState state) {
        HardState before = promised.getOrDefault(id, HardState.START);
        Violation.unless(state.term() >= before.term(), id + " goes back to an earlier term");
        Violation.unless(state.term() > before.term() || before.votedFor().isEmpty()
            || before.votedFor().equals(state.votedFor()), id + " votes twice in " + state.term());
    }

    private void truncate(SimNode node, Platter.State disk, long from) {
        for (long i = from; i <= Math.min(committed(), disk.lastIndex()); i++) {
            Optional<Entry> entry = disk.entry(i);
            boolean isSettled = entry.isPresent() && same(entry.get(), settled(i).entry);
            require(!isSettled, node, "cuts off the committed entry " + i);
        }
    }

    private void append(SimNode node, Platter.State disk, List<Entry> entries) {
        long previousTerm = disk.log().isEmpty() ? disk.snapshot().term()
            : disk.log().getLast().term();
        require(entries.getFirst().index() == disk.lastIndex() + 1, node, "leaves a gap");
        for (Entry entry : entries) {
            Link link = new Link(entry.data(), previousTerm);
            Link known = links.putIfAbsent(new Place(entry.index(), entry.term()), link);
            require(known == null || known.previousTerm == previousTerm
                && Arrays.equals(known.content, entry.data()), node,
                "has another entry " + entry.index() + " of term " + entry.term());
            previousTerm = entry.term();
        }
    }

    // What is said.

    void beforeSend(SimNode node, MemberId to, Message message) {
        Platter.State disk = node.platter.durable();
        promised.merge(node.id, disk.hard(), (a, b) -> b.term() >= a.term() ? b : a);
        require(disk.hard().term() >= message.term(), node, "speaks in a term it may forget");
        rememberVote(node, to, message);
        if (disk.hard().term() > message.term()) {
            // The same round went on to a later term, so nothing of this one can be taken back.
            return;
        }
        switch (message) {
            case Message.PreVoteRequest _ -> mayStand(node);
            case Message.VoteRequest _ -> {
                mayStand(node);
                require(votedFor(disk, node.id), node,
                    "asks for votes without having kept its own");
            }
            case Message.VoteReply m -> require(!m.granted() || votedFor(disk, to), node,
                "gives a vote that it may forget");
            case Message.AppendAccepted m -> require(disk.lastIndex() >= m.match(), node,
                "accepts up to " + m.match() + " but may lose it");
            case Message.FromLeader m -> leads(node, disk, m);
            case Message.PreVoteReply _, Message.AppendRefused _, Message.HeartbeatReply _,
                 Message.SnapshotAccepted _, Message.Outdated _, Message.Removed _ -> {
                // These claim nothing but their term.
            }
        }
    }

    private static void mayStand(SimNode node) {
        require(configurations(node.platter.written()).stream().anyMatch(
            voters -> voters.contains(node.id)), node, "stands for election but is no voter");
    }

    private void rememberVote(SimNode node, MemberId to, Message message) {
        Optional<MemberId> candidate = switch (message) {
            case Message.VoteReply m when m.granted() -> Optional.of(to);
            case Message.VoteRequest _ -> Optional.of(node.id);
            case Message _ -> Optional.empty();
        };
        candidate.ifPresent(c -> {
            TreeMap<MemberId, MemberId> votes =
                votesIn.computeIfAbsent(message.term(), _ -> new TreeMap<>());
            MemberId before = votes.putIfAbsent(node.id, c);
            require(before == null || before.equals(c), node, "votes twice in " + message.term());
        });
    }

    private static boolean votedFor(Platter.State disk, MemberId candidate) {
        return disk.hard().votedFor().equals(Optional.of(candidate));
    }

    private void leads(SimNode node, Platter.State disk, Message.FromLeader message) {
        MemberId known = leaderOf.putIfAbsent(message.term(), node.id);
        require(known == null || known.equals(node.id), node,
            "leads in term " + message.term() + " beside " + known);
        if (known == null) {
            require(elected(node, disk), node, "leads without a majority's votes");
            for (long i = disk.snapshot().index() + 1; i <= committed(); i++) {
                if (settled(i).inTerm < message.term()) {
                    Optional<Entry> entry = disk.entry(i);
                    require(entry.isPresent() && same(entry.get(), settled(i).entry), node,
                        "leads without the committed entry " + i);
                }
            }
        }
        switch (message) {
            case Message.Append m -> m.entries().forEach(entry -> require(keeps(disk, entry), node,
                "sends entry " + entry.index() + " that it may lose"));
            case Message.Heartbeat _, Message.SnapshotChunk _, Message.TimeoutNow _ -> {
                // Nothing more to check.
            }
        }
    }

    /// A majority gave this node its votes in its disk's term, its own among them.
    private boolean elected(SimNode node, Platter.State disk) {
        TreeMap<MemberId, MemberId> votes =
            new TreeMap<>(votesIn.getOrDefault(disk.hard().term(), new TreeMap<>()));
        disk.hard().votedFor().ifPresent(candidate -> votes.put(node.id, candidate));
        return majorityOfAny(node, id -> node.id.equals(votes.get(id)));
    }

    /// Reads begin with what is committed at that moment and must not find less.
    void beforeRead(long token) {
        readFrom.put(token, committed());
    }

    void beforeAnswer(SimNode node, long token, long index) {
        require(index >= readFrom.remove(token), node, "reads from the past, at " + index);
    }

    // What is applied.

    /// A leader commits by counting only what is of its own term, and the rest with it. (§5.4.2)
    void beforeCommit(SimNode node, List<Entry> entries) {
        long term = node.platter.durable().hard().term();
        boolean leads = node.id.equals(leaderOf.get(term));
        Entry last = entries.getLast();
        require(!leads || last.index() <= committed() || last.term() == term, node,
            "commits entry " + last.index() + " of the earlier term " + last.term());
    }

    void beforeApply(SimNode node, Entry entry) {
        if (entry.index() <= committed()) {
            require(same(entry, settled(entry.index()).entry), node,
                "applies another entry " + entry.index());
            return;
        }
        require(entry.index() == committed() + 1, node, "applies what nobody committed");
        require(majorityOfAny(node, id -> holds(id, entry)), node, "commits entry "
            + entry.index() + " that no majority is sure to keep");
        settled.add(new Settled(entry, node.platter.durable().hard().term(), new byte[0]));
    }

    private boolean holds(MemberId id, Entry entry) {
        return world.find(id).filter(node -> keeps(node.platter.durable(), entry)).isPresent();
    }

    private static boolean keeps(Platter.State disk, Entry entry) {
        return disk.snapshot().index() >= entry.index()
            || disk.entry(entry.index()).filter(e -> same(e, entry)).isPresent();
    }

    private static boolean majorityOfAny(SimNode node, Predicate<MemberId> claim) {
        return configurations(node.platter.written()).stream().anyMatch(
            voters -> 2 * voters.stream().filter(claim).count() > voters.size());
    }

    /// The voters of the newest configuration in a log, read from its bytes, and of the one before
    /// it: the round that commits an entry may have appended the newest one afterwards.
    private static List<List<MemberId>> configurations(Platter.State disk) {
        List<byte[]> all = new ArrayList<>();
        all.add(disk.snapshot().configuration());
        for (Entry entry : disk.log()) {
            boolean later = entry.index() > disk.snapshot().index();
            if (later && entry.kind() == Entry.Kind.CONFIGURATION) {
                all.add(entry.data());
            }
        }
        return all.subList(Math.max(0, all.size() - 2), all.size()).stream()
            .filter(bytes -> bytes.length > 0).map(RaftOracle::voters).toList();
    }

    private static List<MemberId> voters(byte[] configuration) {
        ByteBuffer in = ByteBuffer.wrap(configuration);
        List<MemberId> voters = new ArrayList<>();
        for (int i = in.getInt(); i > 0; i--) {
            voters.add(new MemberId(in.getLong()));
        }
        return voters;
    }

    void afterApply(SimNode node, Entry entry) {
        if (node.replica().changed()) {
            long id = Replica.Command.decode(entry.data()).id();
            Long before = changedAt.putIfAbsent(id, entry.index());
            require(before == null || before == entry.index(), node,
                "does write " + id + " again at " + entry.index() + ", first at " + before);
        }
        compareState(node, entry.index());
    }

    void restored(SimNode node, SnapshotMeta meta) {
        require(node.replica().applied() == meta.index(), node, "loads another snapshot's bytes");
        require(meta.index() <= committed(), node, "loads a snapshot of what is not committed");
        compareState(node, meta.index());
    }

    private void compareState(SimNode node, long index) {
        Settled known = settled(index);
        byte[] state = node.replica().snapshot();
        if (known.state.length == 0) {
            settled.set((int) index - 1, new Settled(known.entry, known.inTerm, state));
        } else {
            require(Arrays.equals(known.state, state), node, "has another state after " + index);
        }
    }

    private Settled settled(long index) {
        return settled.get((int) index - 1);
    }

    private static boolean same(Entry a, Entry b) {
        return a.index() == b.index() && a.term() == b.term() && a.kind() == b.kind()
            && Arrays.equals(a.data(), b.data());
    }

    private static void require(boolean holds, SimNode node, String otherwise) {
        Violation.unless(holds, "node " + node.id + " " + otherwise);
    }
}

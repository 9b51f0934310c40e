package swarm.manager;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.Invariant;
import swarm.api.ApiAnswer;
import swarm.api.Decision;
import swarm.api.Facts;
import swarm.dispatcher.Dispatcher;
import swarm.json.JsonException;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.Entry;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.raft.RaftConfig;
import swarm.raft.RaftInput;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.store.Command;
import swarm.store.Moment;
import swarm.store.Outcome;
import swarm.store.Store;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// A manager: `step` takes one thing that happened and returns what to do about it. It joins raft,
/// which orders commands, the store, which replays them, and, while it leads, the loops.
///
/// A client's write is decided on the tip, proposed, and answered when its entry is committed. A
/// refusal waits for the tip that it was decided on, so that nobody hears of what may yet be lost.
/// A write whose entry was lost to another leader is decided again under the same request id, until
/// it is done or its time is over.
///
/// Invariant: `committed` holds exactly the entries that raft has called committed.
public final class Manager {
    /// How long a client's write is tried before its outcome is called unknown.
    public static final long WRITE_MS = 10_000;
    /// How long a request waits for a leader to be known.
    public static final long LEADER_MS = 5_000;
    /// How many commands the loops may propose in one step, so that none is long.
    private static final int PROPOSALS_PER_STEP = 10;
    /// How long a member may be silent and still be called reachable.
    private static final long REACHABLE_MS = 2_000;

    /// Who this manager is.
    public record Self(NodeId node, MemberId member) { }

    private record Parked(ManagerInput.Write write, long giveUpAt) { }

    private record Reader(long token, long giveUpAt) { }

    private final Self self;
    private final Raft raft;
    private final RandomGenerator chance;
    private final Deque<Parked> parked = new ArrayDeque<>();
    private final Waiting waiting = new Waiting();
    /// Readers that raft has not been asked for, since nobody led: oldest first.
    private final Deque<Reader> unread = new ArrayDeque<>();
    /// Readers by the token given to raft, until their read index is reached.
    private final TreeMap<Long, Reader> readers = new TreeMap<>();
    /// The state with every committed entry, and nothing else.
    private View committed;
    /// Present while raft leads and has committed in its own term.
    private Optional<Leadership> leading = Optional.empty();
    /// The last index in a snapshot that was made, is being made or failed: the next one is cut a
    /// whole interval later.
    private long snapshotIndex;
    /// The last token given to raft.
    private long lastToken;
    /// Collects the outputs of the step under way.
    private List<ManagerOutput> outputs = new ArrayList<>();

    /// A manager as its disk left it: `snapshot` is the view of the recovered snapshot.
    public Manager(Self self, Recovered recovered, View snapshot, RandomGenerator chance,
            long now) {
        this.self = self;
        this.raft = new Raft(RaftConfig.STANDARD, self.member(), recovered, chance, now);
        this.chance = chance;
        this.committed = snapshot;
        this.snapshotIndex = recovered.snapshot().index();
    }

    /// Takes one input. `now` is monotonic milliseconds, `wall` the wall clock.
    public List<ManagerOutput> step(long now, Instant wall, ManagerInput input) {
        outputs = new ArrayList<>();
        Moment moment = new Moment(now, wall, chance);
        switch (input) {
            case ManagerInput.Tick _ -> onTick(moment);
            case ManagerInput.ToRaft in -> toRaft(moment, in.input());
            case ManagerInput.Write write -> parked.addLast(new Parked(write, now + WRITE_MS));
            case ManagerInput.Read read ->
                unread.addLast(new Reader(read.token(), now + LEADER_MS));
            case ManagerInput.FromAgent said -> onAgent(said, now);
            case ManagerInput.AgentGone gone ->
                leading.ifPresent(l -> l.dispatcher().onLinkClosed(gone.node()));
        }
        return outputs;
    }

    /// When a Tick is due, in monotonic milliseconds.
    public long deadline(long now) {
        long work = leading.map(l -> l.deadline(now)).orElse(Long.MAX_VALUE);
        if (!parked.isEmpty()) {
            work = Math.min(work, leading.isPresent() ? now : parked.getFirst().giveUpAt());
        }
        if (!unread.isEmpty()) {
            work = Math.min(work, leading.isPresent() ? now : unread.getFirst().giveUpAt());
        }
        if (!readers.isEmpty()) {
            work = Math.min(work, readers.firstEntry().getValue().giveUpAt());
        }
        return Math.min(Math.min(work, waiting.deadline()), raft.deadline());
    }

    /// The state as committed so far.
    public View committed() {
        return committed;
    }

    /// What to tell this manager after a sync of everything that it has asked to be written.
    public ManagerInput persisted() {
        return new ManagerInput.ToRaft(
                new RaftInput.Persisted(raft.lastIndex(), raft.lastTerm()));
    }

    /// Whether this manager leads and its loops run.
    public boolean isLeading() {
        return leading.isPresent();
    }

    private void onAgent(ManagerInput.FromAgent said, long now) {
        leading.ifPresentOrElse(leadership -> {
            leadership.dispatcher().onMessage(said.node(), said.addr(), said.message(), now);
            leadership.touch();
        }, () -> outputs.add(new ManagerOutput.Tell(said.node(),
                Dispatcher.notLeading(said.message(), leaderAddr()))));
    }

    /// Where the leader is that this manager knows; empty when it knows none.
    private String leaderAddr() {
        return raft.leader().flatMap(leader -> committed.nodes().stream()
                .flatMap(node -> node.manager().stream())
                .filter(seat -> seat.raftId() == leader.number()).findFirst())
                .map(Node.Manager::addr).orElse("");
    }

    private void onTick(Moment moment) {
        if (raft.deadline() <= moment.now()) {
            toRaft(moment, new RaftInput.Tick());
        }
        follow(moment);
        leading.ifPresent(leadership -> work(leadership, moment));
        expire(moment.now());
        cutSnapshot();
    }

    /// Takes up or lays down leadership as raft's state demands.
    private void follow(Moment moment) {
        if (leading.isPresent() && !raft.isLeader()) {
            leading = Optional.empty();
            happened(new ManagerEvent.Following(raft.term()));
        }
        boolean settled = raft.ready() && raft.commitIndex() == raft.lastIndex();
        if (leading.isEmpty() && settled && committed.index() == raft.commitIndex()) {
            leading = Optional.of(Loops.begin(committed, moment));
            happened(new ManagerEvent.Leading(raft.term(), committed.index()));
        }
    }

    /// A leader's work: clients' writes, then the loops, then what agents are to be told.
    private void work(Leadership leadership, Moment moment) {
        askForReaders(moment);
        while (!parked.isEmpty() && !waiting.full() && leading.isPresent()) {
            serve(leadership, parked.removeFirst(), moment);
            release(raft.term());
        }
        for (int i = 0; i < PROPOSALS_PER_STEP && leading.isPresent(); i++) {
            List<Transaction> wanted = leadership.next(moment);
            if (wanted.isEmpty()) {
                break;
            }
            propose(leadership, new Command(moment.wall(), wanted), moment);
        }
        leadership.dispatcher().tell(committed, moment).forEach(told ->
            outputs.add(new ManagerOutput.Tell(told.to(), told.message())));
    }

    private void serve(Leadership leadership, Parked next, Moment moment) {
        ManagerInput.Write write = next.write();
        Optional<Outcome> done = leadership.tip().answer(write.requestId());
        if (done.isPresent()) {
            await(next, leadership.tip().index(), Replies.of(done.get()));
            return;
        }
        switch (leadership.decide(write.deed(), moment)) {
            case Decision.Refuse refuse ->
                await(next, leadership.tip().index(), refuse.answer());
            case Decision.Propose propose -> {
                Transaction transaction = new Transaction(write.requestId(), propose.changes(),
                        Replies.text(propose.answer()));
                Command command = new Command(moment.wall(), List.of(transaction));
                if (propose(leadership, command, moment)) {
                    await(next, leadership.tip().index(), propose.answer());
                } else {
                    parked.addFirst(next);
                }
            }
        }
    }

    /// Whether the command has its place in the log. When raft has no room or leads no more, what
    /// was decided is dropped with the leadership; it is taken up again from the committed state.
    private boolean propose(Leadership leadership, Command command, Moment moment) {
        lastToken++;
        for (RaftOutput output : raft.step(moment.now(),
                new RaftInput.Propose(lastToken, command.toBytes()))) {
            switch (output) {
                case RaftOutput.Accepted accepted ->
                    leadership.onProposed(accepted.index(), accepted.term(), command);
                case RaftOutput.Refused _ -> leading = Optional.empty();
                case RaftOutput other -> onRaft(moment, other);
            }
        }
        return leading.isPresent();
    }

    private void await(Parked parked, long index, ApiAnswer answer) {
        waiting.add(new Waiting.Client(parked.write(), index, raft.term(), answer,
                parked.giveUpAt()));
    }

    /// Asks raft for the read index of all who wait; those whom it cannot serve now wait on.
    private void askForReaders(Moment moment) {
        for (int i = unread.size(); i > 0; i--) {
            lastToken++;
            readers.put(lastToken, unread.removeFirst());
            toRaft(moment, new RaftInput.ReadIndex(lastToken));
        }
    }

    private void toRaft(Moment moment, RaftInput input) {
        raft.step(moment.now(), input).forEach(output -> onRaft(moment, output));
        follow(moment);
    }

    private void onRaft(Moment moment, RaftOutput output) {
        switch (output) {
            case RaftOutput.Committed committed -> committed.entries().forEach(this::onCommitted);
            case RaftOutput.ReadReady ready -> Optional.ofNullable(readers.remove(ready.token()))
                    .ifPresent(reader -> outputs.add(new ManagerOutput.Readable(reader.token(),
                            committed, facts(moment.now()))));
            case RaftOutput.Refused refused ->
                Optional.ofNullable(readers.remove(refused.token())).ifPresent(unread::addLast);
            case RaftOutput.Accepted _, RaftOutput.Transferred _ -> { }
            case RaftOutput.Write _, RaftOutput.Send _, RaftOutput.SendSnapshotChunk _,
                 RaftOutput.StoreSnapshotChunk _, RaftOutput.InstallSnapshot _,
                 RaftOutput.DialOnce _, RaftOutput.Happened _ ->
                outputs.add(new ManagerOutput.FromRaft(output));
        }
    }

    private void onCommitted(Entry entry) {
        Invariant.check(entry.index() == committed.index() + 1,
                "entries are committed in order, without a gap");
        if (entry.kind() != Entry.Kind.COMMAND) {
            committed = Store.skip(committed, entry.index());
        } else {
            Store.Applied applied = leading
                    .flatMap(l -> l.committed(entry.index(), entry.term()))
                    .orElseGet(() -> replay(entry));
            committed = applied.view();
            tellDispatcher(applied);
            applied.outcomes().forEach(outcome -> reportRefusal(entry.index(), outcome));
        }
        release(entry.term());
    }

    private Store.Applied replay(Entry entry) {
        try {
            return Store.apply(committed, entry.index(), Command.fromBytes(entry.data()));
        } catch (JsonException e) {
            throw new Invariant.Violation("log entry " + entry.index() + " is no command of this "
                    + "version of swarm: " + e.getMessage());
        }
    }

    private void tellDispatcher(Store.Applied applied) {
        leading.ifPresent(leadership -> {
            for (StoreEvent event : applied.events()) {
                leadership.dispatcher().onCommitted(event);
            }
            leadership.touch();
        });
    }

    private void reportRefusal(long index, Outcome outcome) {
        switch (outcome) {
            case Outcome.Done _ -> { }
            case Outcome.Refused refused -> happened(new ManagerEvent.Refused(index,
                    refused.reason() + " " + refused.what()));
        }
    }

    /// Answers the clients whose index is committed; `term` is that of the entry committed last,
    /// which for one who leads is his own.
    private void release(long term) {
        Optional<Waiting.Client> next = waiting.next(committed.index());
        while (next.isPresent()) {
            Waiting.Client client = next.get();
            Optional<Outcome> done = committed.answer(client.write().requestId());
            if (client.term() == term) {
                answer(client.write().token(), client.answer());
            } else if (done.isPresent()) {
                answer(client.write().token(), Replies.of(done.get()));
            } else {
                parked.addLast(new Parked(client.write(), client.giveUpAt()));
            }
            next = waiting.next(committed.index());
        }
    }

    private void expire(long now) {
        Optional<Waiting.Client> late = waiting.expired(now);
        while (late.isPresent()) {
            answer(late.get().write().token(), Replies.OUTCOME_UNKNOWN);
            late = waiting.expired(now);
        }
        while (!parked.isEmpty() && parked.getFirst().giveUpAt() <= now) {
            answer(parked.removeFirst().write().token(), Replies.NO_LEADER);
        }
        while (!unread.isEmpty() && unread.getFirst().giveUpAt() <= now) {
            answer(unread.removeFirst().token(), Replies.NO_LEADER);
        }
        while (!readers.isEmpty() && readers.firstEntry().getValue().giveUpAt() <= now) {
            answer(readers.pollFirstEntry().getValue().token(), Replies.NO_LEADER);
        }
    }

    private void cutSnapshot() {
        long interval = committed.cluster().map(c -> c.spec().raft().snapshotInterval())
                .orElse(ClusterSpec.initial().raft().snapshotInterval());
        if (committed.index() - snapshotIndex >= Math.max(1, interval)) {
            snapshotIndex = committed.index();
            outputs.add(new ManagerOutput.CutSnapshot(raft.metaAt(snapshotIndex), committed));
        }
    }

    private Facts facts(long now) {
        TreeMap<NodeId, Boolean> reachable = new TreeMap<>();
        Optional<NodeId> leader = Optional.empty();
        for (Node node : committed.nodes()) {
            Optional<MemberId> member = node.manager().map(m -> new MemberId(m.raftId()));
            if (member.isPresent()) {
                reachable.put(node.id(), heard(member.get(), now));
                if (raft.leader().equals(member)) {
                    leader = Optional.of(node.id());
                }
            }
        }
        return new Facts(self.node(), leader, reachable);
    }

    private boolean heard(MemberId member, long now) {
        return member.equals(self.member()) || raft.peers().stream().anyMatch(peer ->
                peer.member().equals(member) && now - peer.heardMs() < REACHABLE_MS);
    }

    private void answer(long token, ApiAnswer answer) {
        outputs.add(new ManagerOutput.Answer(token, answer));
    }

    private void happened(ManagerEvent event) {
        outputs.add(new ManagerOutput.Happened(event));
    }
}

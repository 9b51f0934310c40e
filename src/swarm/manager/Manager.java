package swarm.manager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import swarm.Invariant;
import swarm.api.ApiAnswer;
import swarm.api.Decision;
import swarm.dispatcher.Dispatcher;
import swarm.json.JsonException;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.Configuration;
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
    /// How long raft is left alone after it was busy.
    private static final long BUSY_MS = 50;
    /// How long the loops rest after a change that no entry can hold.
    private static final long TOO_LARGE_MS = 1_000;

    /// Who this manager is.
    public record Self(NodeId node, MemberId member) { }

    private final Self self;
    private final Raft raft;
    private final RandomGenerator chance;
    private final Contacts contacts;
    private final Writers writers = new Writers();
    private final Readers readers = new Readers();
    /// Clients who want the leadership handed on, by the number that raft knows them by.
    private final TreeMap<Long, Long> handOvers = new TreeMap<>();
    /// The state with every committed entry, and nothing else.
    private View committed;
    /// Present while raft leads and has committed in its own term.
    private Optional<Leadership> leading = Optional.empty();
    /// The last index in a snapshot that was made, is being made or failed: the next one is cut a
    /// whole interval later.
    private long snapshotIndex;
    /// The last number given to a client's input or to anything that raft is asked.
    private long lastNumber;
    /// Collects the outputs of the step under way.
    private List<ManagerOutput> outputs = new ArrayList<>();

    /// A manager as its disk left it: `snapshot` is the view of the recovered snapshot.
    public Manager(Self self, Recovered recovered, View snapshot, RandomGenerator chance,
            long now) {
        this.self = self;
        this.raft = new Raft(RaftConfig.STANDARD, self.member(), recovered, chance, now);
        this.contacts = new Contacts(self, raft, now);
        this.chance = chance;
        this.committed = snapshot;
        this.snapshotIndex = recovered.snapshot().index();
    }

    /// Takes one input. `now` is monotonic milliseconds, `wall` the wall clock.
    public List<ManagerOutput> step(long now, Instant wall, ManagerInput input) {
        outputs = new ArrayList<>();
        Moment moment = new Moment(now, wall, chance);
        contacts.wake(now);
        switch (input) {
            case ManagerInput.Tick _ -> onTick(moment);
            case ManagerInput.ToRaft in -> toRaft(moment, in.input());
            case ManagerInput.Write write -> writers.park(new Writers.Writer(nextNumber(), write,
                    now + LEADER_MS, now + WRITE_MS));
            case ManagerInput.Read read -> readers.add(
                    new Readers.Reader(nextNumber(), read.token(), now + LEADER_MS));
            case ManagerInput.Look look -> outputs.add(new ManagerOutput.Readable(look.token(),
                    committed, contacts.facts(committed, moment)));
            case ManagerInput.HandOver handOver -> handOver(moment, handOver.token());
            case ManagerInput.Installed in -> onInstalled(moment, in);
            case ManagerInput.FromAgent said -> onAgent(said, now);
            case ManagerInput.AgentGone gone ->
                leading.ifPresent(l -> l.dispatcher().onLinkClosed(gone.node()));
        }
        sendElsewhere();
        refuseAll(now);
        cutSnapshot();
        return outputs;
    }

    /// When a Tick is due, in monotonic milliseconds.
    public long deadline(long now) {
        long work = leading.map(l -> writers.anyToDecide()
                ? Math.max(now, l.pausedUntil()) : l.deadline(now)).orElse(Long.MAX_VALUE);
        long clients = Math.min(writers.deadline(isLeading()),
                readers.deadline(isLeading(), now));
        boolean hopeful = writers.anyParked() || readers.anyUnasked();
        long hope = hopeful ? contacts.deadline() : Long.MAX_VALUE;
        return Math.min(Math.min(work, clients), Math.min(hope, raft.deadline()));
    }

    /// The state as committed so far.
    public View committed() {
        return committed;
    }

    /// The last entry of the log, committed or not.
    public long lastIndex() {
        return raft.lastIndex();
    }

    /// What a client is told whose write may have been done by a manager that is not heard any
    /// more, or may be yet; `trouble` is what is wrong now, if anything is known.
    public static ApiAnswer outcomeUnknown(String trouble) {
        return Replies.outcomeUnknown(trouble);
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

    /// Whether this manager leads or hears who does; without that, its rows may be of long ago.
    public boolean hearsLeader() {
        return raft.leader().isPresent();
    }

    /// Raft's members as this manager knows them: who votes, and who only learns.
    public Configuration configuration() {
        return raft.configuration();
    }

    private void onAgent(ManagerInput.FromAgent said, long now) {
        leading.ifPresentOrElse(leadership -> {
            leadership.dispatcher().onMessage(said.node(), said.addr(), said.message(), now);
            leadership.touch();
        }, () -> outputs.add(new ManagerOutput.Tell(said.node(),
                Dispatcher.notLeading(said.message(), leaderAddr()))));
    }

    private void onTick(Moment moment) {
        if (raft.deadline() <= moment.now()) {
            toRaft(moment, new RaftInput.Tick());
        }
        follow(moment);
        leading.ifPresent(leadership -> work(leadership, moment));
        expire(moment.now());
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

    /// A leader's work: readers, clients' writes, the loops, raft's members, and then what agents
    /// are to be told.
    private void work(Leadership leadership, Moment moment) {
        readers.ask().forEach(reader ->
                toRaft(moment, new RaftInput.ReadIndex(reader.number())));
        proposeHeld(leadership, moment);
        serveWriters(leadership, moment);
        for (int i = 0; i < PROPOSALS_PER_STEP && mayPropose(moment); i++) {
            Optional<Sized> wanted = leadership.next(moment);
            if (wanted.isEmpty()) {
                break;
            }
            proposeNext(leadership, wanted.get(), moment);
        }
        tendSeats(moment);
        leadership.dispatcher().tell(committed, moment).forEach(told ->
            outputs.add(new ManagerOutput.Tell(told.to(), told.message())));
    }

    private boolean mayPropose(Moment moment) {
        return leading.filter(leadership -> !leadership.paused(moment.now())).isPresent();
    }

    /// What the loops have decided on the tip goes before anything changes it.
    private void proposeHeld(Leadership leadership, Moment moment) {
        while (leadership.holds() && mayPropose(moment)) {
            proposeNext(leadership, leadership.next(moment).orElseThrow(), moment);
        }
    }

    private void proposeNext(Leadership leadership, Sized wanted, Moment moment) {
        switch (propose(leadership, wanted, moment)) {
            case TAKEN -> leadership.taken();
            case NOT_NOW -> { }
            case NEVER -> {
                leadership.taken();
                leadership.pause(moment.now() + TOO_LARGE_MS);
                happened(new ManagerEvent.Refused(leadership.tip().index(), "a change of "
                        + wanted.bytes().length + " bytes is more than the log can carry"));
            }
        }
    }

    private void serveWriters(Leadership leadership, Moment moment) {
        boolean more = mayPropose(moment) && !leadership.holds();
        while (more) {
            Optional<Writers.Writer> next = writers.takeParked();
            next.ifPresent(writer -> serve(leadership, writer, moment));
            more = next.isPresent() && mayPropose(moment);
        }
    }

    private void serve(Leadership leadership, Writers.Writer writer, Moment moment) {
        ManagerInput.Write write = writer.write();
        Optional<Outcome> done = leadership.tip().answer(write.requestId());
        if (done.isPresent()) {
            await(leadership, writer, Replies.of(done.get()));
            return;
        }
        switch (leadership.decide(write.deed(), moment)) {
            case Decision.Refuse refuse -> await(leadership, writer, refuse.answer());
            case Decision.Propose propose -> propose(leadership, writer, propose, moment);
        }
    }

    private void propose(Leadership leadership, Writers.Writer writer, Decision.Propose decided,
            Moment moment) {
        Sized sized = Sized.of(new Command(moment.wall(), List.of(new Transaction(
                writer.write().requestId(), decided.changes(), Replies.text(decided.answer())))));
        if (sized.bytes().length > Sized.CLIENT_BYTES_MAX) {
            await(leadership, writer, Replies.TOO_LARGE);
        } else if (propose(leadership, sized, moment) == Proposed.TAKEN) {
            await(leadership, writer, decided.answer());
        } else {
            writers.park(writer);
        }
    }

    /// What raft makes of a proposal: it is in the log, or may be later, or can never be.
    private enum Proposed { TAKEN, NOT_NOW, NEVER }

    private Proposed propose(Leadership leadership, Sized sized, Moment moment) {
        Proposed result = Proposed.NOT_NOW;
        for (RaftOutput output : raft.step(moment.now(),
                new RaftInput.Propose(nextNumber(), sized.bytes()))) {
            switch (output) {
                case RaftOutput.Accepted accepted -> {
                    leadership.onProposed(accepted.index(), accepted.term(), sized.command());
                    result = Proposed.TAKEN;
                }
                case RaftOutput.Refused(long _, RaftOutput.Impossible _) ->
                    result = Proposed.NEVER;
                case RaftOutput.Refused _ -> leadership.pause(moment.now() + BUSY_MS);
                case RaftOutput other -> onRaft(moment, other);
            }
        }
        follow(moment);
        return result;
    }

    /// The answer is given once everything that it was decided on is committed.
    private void await(Leadership leadership, Writers.Writer writer, ApiAnswer answer) {
        writers.await(new Writers.Waiting(writer, leadership.tip().index(), raft.term(), answer));
        release(raft.term());
    }

    private void tendSeats(Moment moment) {
        leading.flatMap(leadership -> leadership.seats().next(committed,
                new Seats.Members(self.member(), raft.configuration(), raft.peers(),
                        raft.commitIndex(), moment.now())))
                .ifPresent(change ->
                        toRaft(moment, new RaftInput.ChangeConfiguration(nextNumber(), change)));
    }

    /// Hands the leadership to the most complete of the other voters. Raft ends the attempt by
    /// itself when that one does not catch up in time.
    private void handOver(Moment moment, long token) {
        boolean alone = raft.configuration().voters().equals(List.of(self.member()));
        if (!raft.isLeader() || alone) {
            answer(token, ApiAnswer.empty(200));
            return;
        }
        long number = nextNumber();
        handOvers.put(number, token);
        toRaft(moment, new RaftInput.Transfer(number, Optional.empty()));
    }

    private void onHandOver(long token, Optional<RaftOutput.Refusal> refusal) {
        answer(token, refusal.map(reason -> switch (reason) {
            case RaftOutput.NotLeader _ -> ApiAnswer.empty(200);
            case RaftOutput.Busy busy -> Replies.notHandedOver(busy.why());
            case RaftOutput.Impossible impossible -> Replies.notHandedOver(impossible.why());
        }).orElseGet(() -> ApiAnswer.empty(200)));
    }

    private void onInstalled(Moment moment, ManagerInput.Installed in) {
        in.view().ifPresent(view -> {
            Invariant.check(view.index() == in.meta().index(), "the view is the snapshot's");
            Invariant.check(view.index() > committed.index(), "what is committed stays so");
            committed = view;
            snapshotIndex = view.index();
        });
        toRaft(moment, new RaftInput.SnapshotInstalled(in.meta(), in.view().isPresent()));
        if (in.view().isPresent()) {
            release(in.meta().term());
        }
    }

    /// Whoever waits for a leader while another manager leads is told where that one is. A write
    /// that may still be committed is not parked, and so stays.
    private void sendElsewhere() {
        contacts.leader(committed).filter(_ -> !raft.isLeader()).ifPresent(leader -> {
            String addr = leaderAddr();
            parked(writer -> new ManagerOutput.Elsewhere(writer.token(), leader.id(), addr));
            readers.takeUnasked().forEach(reader -> outputs.add(
                    new ManagerOutput.Elsewhere(reader.token(), leader.id(), addr)));
        });
    }

    /// Nobody waits for a leader when too few managers are left for one. A write that is refused
    /// here is forgotten, and so never done.
    private void refuseAll(long now) {
        boolean any = writers.anyParked() || readers.anyUnasked();
        if (any && contacts.quorumLost(now)) {
            ApiAnswer why = noLeader(now);
            parked(writer -> new ManagerOutput.Leaderless(writer.token(), why));
            readers.takeUnasked().forEach(reader -> outputs.add(
                    new ManagerOutput.Leaderless(reader.token(), why)));
        }
    }

    /// Sends off everyone whose write is parked: with the answer, if another manager has brought it
    /// to its end.
    private void parked(Function<ManagerInput.Write, ManagerOutput> otherwise) {
        writers.takeAllParked().stream().map(Writers.Writer::write).forEach(write ->
                outputs.add(committed.answer(write.requestId()).<ManagerOutput>map(done ->
                        new ManagerOutput.Answer(write.token(), Replies.of(done)))
                        .orElseGet(() -> otherwise.apply(write))));
    }

    private ApiAnswer noLeader(long now) {
        return ApiAnswer.error(503, contacts.noLeader(committed, now));
    }

    /// Where agents find the leader; empty when that is not known.
    private String leaderAddr() {
        return contacts.leader(committed).flatMap(Node::manager).map(Node.Manager::addr)
                .orElse("");
    }

    private long nextNumber() {
        lastNumber++;
        return lastNumber;
    }

    private void toRaft(Moment moment, RaftInput input) {
        if (input instanceof RaftInput.Received received) {
            contacts.heard(received.from(), moment);
        }
        raft.step(moment.now(), input).forEach(output -> onRaft(moment, output));
        contacts.afterStep(moment);
        follow(moment);
    }

    private void onRaft(Moment moment, RaftOutput output) {
        switch (output) {
            case RaftOutput.Committed committed -> committed.entries().forEach(this::onCommitted);
            case RaftOutput.ReadReady ready -> readers.ready(ready.token())
                    .ifPresent(reader -> outputs.add(new ManagerOutput.Readable(reader.token(),
                            committed, contacts.facts(committed, moment))));
            case RaftOutput.Refused refused -> {
                readers.refused(refused.token());
                Optional.ofNullable(handOvers.remove(refused.token())).ifPresent(token ->
                        onHandOver(token, Optional.of(refused.reason())));
            }
            case RaftOutput.Transferred done ->
                Optional.ofNullable(handOvers.remove(done.token())).ifPresent(token ->
                        onHandOver(token, Optional.empty()));
            case RaftOutput.Accepted _ -> { }
            case RaftOutput.Happened happened -> {
                contacts.onEvent(happened.event(), moment);
                outputs.add(new ManagerOutput.FromRaft(output));
            }
            case RaftOutput.Write _, RaftOutput.Send _, RaftOutput.SendSnapshotChunk _,
                 RaftOutput.StoreSnapshotChunk _, RaftOutput.InstallSnapshot _,
                 RaftOutput.DialOnce _ ->
                outputs.add(new ManagerOutput.FromRaft(output));
        }
    }

    private void onCommitted(Entry entry) {
        Invariant.check(entry.index() == committed.index() + 1,
                "entries are committed in order, without a gap");
        if (entry.kind() != Entry.Kind.COMMAND) {
            committed = Store.skip(committed, entry.index());
            leading.ifPresent(leadership -> leadership.seats().touch());
        } else {
            Store.Applied applied = leading
                    .flatMap(l -> l.committed(entry.index(), entry.term()))
                    .orElseGet(() -> replay(entry));
            committed = applied.view();
            leading.ifPresent(leadership -> leadership.onCommitted(applied.events()));
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

    private void reportRefusal(long index, Outcome outcome) {
        switch (outcome) {
            case Outcome.Done _ -> { }
            case Outcome.Refused refused -> happened(new ManagerEvent.Refused(index,
                    refused.reason() + " " + refused.what()));
        }
    }

    /// Answers the clients whose fate is known; `term` is that of the entry committed last.
    private void release(long term) {
        Optional<Writers.Waiting> next = writers.takeSettled(committed.index(), term);
        while (next.isPresent()) {
            Writers.Waiting settled = next.get();
            ManagerInput.Write write = settled.writer().write();
            Optional<Outcome> done = committed.answer(write.requestId());
            if (settled.term() == term) {
                answer(write.token(), settled.answer());
            } else if (done.isPresent()) {
                answer(write.token(), Replies.of(done.get()));
            } else {
                writers.park(settled.writer());
            }
            next = writers.takeSettled(committed.index(), term);
        }
    }

    private void expire(long now) {
        String trouble = contacts.quorumLost(now) ? contacts.noLeader(committed, now) : "";
        writers.expiredWaiting(now).forEach(writer ->
                answer(writer.write().token(), Replies.outcomeUnknown(trouble)));
        writers.expiredParked(isLeading(), now).forEach(writer -> outputs.add(
                new ManagerOutput.Leaderless(writer.write().token(), noLeader(now))));
        readers.expired(now).forEach(reader -> outputs.add(
                new ManagerOutput.Leaderless(reader.token(), noLeader(now))));
    }

    private void cutSnapshot() {
        long interval = committed.cluster().map(c -> c.spec().raft().snapshotInterval())
                .orElse(ClusterSpec.initial().raft().snapshotInterval());
        if (committed.index() - snapshotIndex >= Math.max(1, interval)) {
            snapshotIndex = committed.index();
            outputs.add(new ManagerOutput.CutSnapshot(raft.metaAt(snapshotIndex), committed));
        }
    }

    private void answer(long token, ApiAnswer answer) {
        outputs.add(new ManagerOutput.Answer(token, answer));
    }

    private void happened(ManagerEvent event) {
        outputs.add(new ManagerOutput.Happened(event));
    }
}

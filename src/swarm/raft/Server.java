package swarm.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.Invariant;

/// Figure 2's State box: what every server holds whatever its role, and the few moves that all
/// roles share. Roles hold the rest (election timers, votes, nextIndex and matchIndex).
///
/// Changes gather in `outputs` and leave with the step; term and vote leave once, as one record,
/// before everything else. Invariants: `commitIndex` and term never fall, everything up to
/// `commitIndex` has been handed out in Committed outputs or lies in an installed snapshot.
final class Server {
    final RaftConfig config;
    final MemberId self;
    final RandomGenerator chance;
    final RaftLog log;

    /// currentTerm and votedFor. Changed only by advanceTerm and vote.
    private HardState hardState;

    /// What the last SaveHardState said.
    private HardState savedState;

    /// commitIndex, which is also lastApplied: entries are handed out when they commit.
    private long commitIndex;

    /// The newest snapshot the shell holds; a leader sends it to who needs it.
    private SnapshotMeta snapshot;

    /// A complete snapshot that the shell is putting in place; no entries are taken meanwhile.
    private Optional<Installing> installing = Optional.empty();

    /// The term whose leader's death was already hinted at, 0 for none: once per term is enough.
    private long hintedTerm;

    /// What this server is at the moment. Changed only by become.
    private Role role;

    /// The time of this step.
    private long now;

    /// What this step has asked for so far.
    private List<RaftOutput> outputs = new ArrayList<>();

    /// The configuration that ConfigurationChanged last told.
    private Configuration toldConfiguration;

    /// Whom to tell when the snapshot is in place.
    record Installing(SnapshotMeta meta, MemberId from, long term, long session) {}

    Server(RaftConfig config, MemberId self, Recovered found, RandomGenerator chance, long now) {
        this.config = config;
        this.self = self;
        this.chance = chance;
        this.now = now;
        log = new RaftLog(found.snapshot(), found.entries());
        hardState = found.hardState();
        savedState = hardState;
        snapshot = found.snapshot();
        commitIndex = snapshot.index();
        toldConfiguration = log.configuration();
        Invariant.check(log.last().term() <= term(), "no entry is later than the saved term");
        if (!RaftLog.continues(snapshot, found.entries())) {
            out(new RaftOutput.ResetLog(snapshot.index() + 1));
        }
        boolean alone = log.configuration().voters().equals(List.of(self));
        role = new Follower(this, Optional.empty(), alone ? now : electionDeadline());
    }

    void begin(long stepNow) {
        Invariant.check(stepNow >= now, "time does not run backwards");
        now = stepNow;
    }

    /// The step's outputs: term and vote first, then everything in the order it was decided.
    List<RaftOutput> finish() {
        if (!hardState.equals(savedState)) {
            outputs.addFirst(new RaftOutput.SaveHardState(hardState));
            savedState = hardState;
        }
        if (!log.configuration().equals(toldConfiguration)) {
            toldConfiguration = log.configuration();
            tell(new RaftEvent.ConfigurationChanged(log.configurationIndex(), toldConfiguration));
        }
        List<RaftOutput> done = outputs;
        outputs = new ArrayList<>();
        return done;
    }

    long now() {
        return now;
    }

    long term() {
        return hardState.term();
    }

    HardState hardState() {
        return hardState;
    }

    long commitIndex() {
        return commitIndex;
    }

    SnapshotMeta snapshot() {
        return snapshot;
    }

    Role role() {
        return role;
    }

    Configuration configuration() {
        return log.configuration();
    }

    boolean isVoter() {
        return configuration().isVoter(self);
    }

    /// A fresh election time-out, drawn anew each time so that a split vote is not repeated.
    /// (Raft §5.2, F16)
    long electionDeadline() {
        RaftConfig.Timing timing = config.timing();
        return now + chance.nextLong(timing.electionMinMs(), timing.electionMaxMs());
    }

    void out(RaftOutput output) {
        outputs.add(output);
    }

    void send(MemberId to, Message message) {
        out(new RaftOutput.Send(to, message));
    }

    void tell(RaftEvent event) {
        out(new RaftOutput.Happened(event));
    }

    void refuse(RaftInput.Request request, RaftOutput.Refusal reason) {
        out(new RaftOutput.Refused(request.token(), reason));
    }

    /// "If RPC contains term T > currentTerm: set currentTerm = T, convert to follower". A follower
    /// keeps its timer, so that a hopeless candidate cannot hold up the others. (Raft §5.1)
    void advanceTerm(long term) {
        Invariant.check(term > term(), "terms only grow");
        long deadline = role instanceof Follower follower
            ? follower.electionDeadline() : electionDeadline();
        become(new Follower(this, Optional.empty(), deadline), "a later term");
        hardState = new HardState(term, Optional.empty());
    }

    /// A candidate's own vote, in a new term. (Raft §5.2)
    void standForElection() {
        hardState = new HardState(term() + 1, Optional.of(self));
    }

    /// One vote per term, first come first served. (Raft §5.2)
    void vote(MemberId candidate) {
        Invariant.check(hardState.votedFor().map(candidate::equals).orElse(true),
            "one vote per term");
        hardState = new HardState(term(), Optional.of(candidate));
    }

    /// Change the role. A leader settles what still waits for it.
    void become(Role next, String why) {
        if (role instanceof Leader leader) {
            leader.end(why);
        }
        role = next;
    }

    /// "If commitIndex > lastApplied: apply". (Figure 2, all servers)
    void commitTo(long index) {
        if (index <= commitIndex) {
            return;
        }
        Invariant.check(index <= log.lastIndex(), "what commits is in the log");
        out(new RaftOutput.Committed(log.between(commitIndex + 1, index)));
        commitIndex = index;
    }

    /// Forget entries from another leader's time; committed ones never. (Raft §5.3)
    void truncateFrom(long index) {
        Invariant.check(index > commitIndex, "a committed entry is never cut");
        tell(new RaftEvent.Truncated(index, log.lastIndex()));
        log.truncateFrom(index);
        out(new RaftOutput.TruncateFrom(index));
    }

    void append(List<Entry> entries) {
        log.append(entries);
        out(new RaftOutput.Append(entries));
    }

    /// The shell made a snapshot: the log may forget what it stands for, but for a tail that saves
    /// slow followers from loading it. (Raft §7)
    void onSnapshotTaken(SnapshotMeta meta) {
        if (meta.index() <= snapshot.index()) {
            return;
        }
        Invariant.check(meta.index() <= commitIndex, "a snapshot holds committed state only");
        Invariant.check(log.termAt(meta.index()) == meta.term(), "a snapshot of this log");
        snapshot = meta;
        log.compactTo(meta.index() - config.limits().trailingEntries());
        out(new RaftOutput.DropBefore(log.base().index() + 1));
    }

    boolean installing() {
        return installing.isPresent();
    }

    void install(Installing begun) {
        installing = Optional.of(begun);
        out(new RaftOutput.InstallSnapshot(begun.meta()));
    }

    /// The leader's snapshot is in place; the log goes, also where a conflicting entry lies just at
    /// the snapshot's end (F30). A log that held that end was accepted as it is. (Raft §7)
    void onSnapshotInstalled(SnapshotMeta meta, boolean installed) {
        Installing begun = installing.orElseThrow(
            () -> new Invariant.Violation("a snapshot was installed that was never received"));
        Invariant.check(begun.meta().index() == meta.index(), "the snapshot that was received");
        installing = Optional.empty();
        if (!installed) {
            return;
        }
        log.reset(meta);
        out(new RaftOutput.ResetLog(meta.index() + 1));
        snapshot = meta;
        commitIndex = meta.index();
        tell(new RaftEvent.InstalledSnapshot(meta.index()));
        if (begun.term() == term()) {
            send(begun.from(), new Message.AppendAccepted(term(), begun.session(), meta.index()));
        }
    }

    /// May the death of this term's leader be hinted at once more?
    boolean takeHint() {
        boolean first = hintedTerm != term();
        hintedTerm = term();
        return first;
    }

    boolean hinted() {
        return hintedTerm == term();
    }
}

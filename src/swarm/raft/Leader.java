package swarm.raft;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.Invariant;

/// Leader: appends, replicates, commits; tells all that it leads; and steps down when a majority
/// does not say that it does. (Raft §5.3, §5.4, §8; Ongaro §3.10, §4, §6.2, §6.4)
///
/// Entries leave at Persisted, once per round of the shell, so that what arrived together travels
/// together. Never does a leader change its log but at the end (Leader Append-Only).
final class Leader implements Role {
    /// Reads that wait for a heartbeat's answers; beyond it clients outrun the network.
    private static final int READS_MAX = 10_000;

    /// A learner this close to the end of the log would not hold up commits as a voter (F35).
    private static final long CAUGHT_UP_LAG = 100;

    private final Server server;

    /// The other members, voters and learners.
    private final TreeMap<MemberId, Progress> followers = new TreeMap<>();

    /// Where this term's first entry lies. Until it is committed nobody knows what is. (Raft §8)
    private final long ownTermIndex;

    /// Reads in order of arrival, each with the first heartbeat that was sent after it.
    private final ArrayDeque<Read> reads = new ArrayDeque<>();

    /// The transfer under way: no new entries are taken, so that the target can catch up (F46).
    private Optional<Handover> handover = Optional.empty();

    /// When the next heartbeat is due, in ms.
    private long nextHeartbeatMs;

    /// Number of the last heartbeat sent.
    private long round;

    /// Number of the last session begun with a follower.
    private long sessions;

    /// Bytes of entries that are not committed yet.
    private long uncommittedBytes;

    private record Read(RaftInput.ReadIndex request, long round) {}

    private record Handover(RaftInput.Transfer request, MemberId target, long deadlineMs) {}

    private Leader(Server server) {
        this.server = server;
        ownTermIndex = server.log.lastIndex() + 1;
        for (long i = server.commitIndex() + 1; i < ownTermIndex; i++) {
            uncommittedBytes += RaftLog.size(server.log.entry(i));
        }
    }

    /// "Upon election: send heartbeats to each server"; and one entry of the new term, whose commit
    /// shows what was committed before. (Raft §5.2, §8)
    static void begin(Server server) {
        server.tell(new RaftEvent.BecameLeader(server.term(), server.log.lastIndex()));
        Leader leader = new Leader(server);
        server.become(leader, "won the election");
        leader.meetFollowers();
        leader.append(Entry.Kind.NOOP, new byte[0]);
        leader.nextHeartbeatMs = server.now() + server.config.timing().heartbeatMs();
        leader.heartbeat();
    }

    /// The role is over: what waits is answered.
    void end(String why) {
        server.tell(new RaftEvent.LostLeadership(server.term(), why));
        RaftOutput.Refusal reason = new RaftOutput.NotLeader(Optional.empty());
        reads.forEach(read -> server.refuse(read.request, reason));
        handover.ifPresent(h -> server.refuse(h.request, reason));
    }

    private void stepDown(String why) {
        server.become(new Follower(server, Optional.empty(), server.electionDeadline()), why);
    }

    @Override public Optional<MemberId> leader() {
        return Optional.of(server.self);
    }

    @Override public boolean hearsLeader() {
        return true;
    }

    boolean ready() {
        return server.commitIndex() >= ownTermIndex;
    }

    List<Progress> followers() {
        return List.copyOf(followers.values());
    }

    // Heartbeats, and the check that a majority still follows.

    @Override public long deadline() {
        return followers.isEmpty() ? Long.MAX_VALUE : nextHeartbeatMs;
    }

    @Override public void onTick() {
        long now = server.now();
        if (now < nextHeartbeatMs) {
            return;
        }
        nextHeartbeatMs = now + server.config.timing().heartbeatMs();
        if (heardByMajorityAt() < now - server.config.timing().quorumCheckMs()) {
            stepDown("no majority answers");
            return;
        }
        handover.filter(h -> now >= h.deadlineMs).ifPresent(this::abandon);
        heartbeat();
        followers.values().forEach(this::resend);
    }

    /// Since when at the latest a majority has been heard. (Ongaro §6.2)
    private long heardByMajorityAt() {
        return Quorum.reached(voters(), m -> isSelf(m) ? server.now() : follower(m).heardMs());
    }

    private void heartbeat() {
        round++;
        for (Progress f : followers.values()) {
            long commit = Math.min(server.commitIndex(), f.match());
            server.send(f.member, new Message.Heartbeat(server.term(), round, commit));
        }
    }

    private void resend(Progress f) {
        if (f.overdue(server.now(), server.config.timing().resendMs())) {
            if (f.mode() == Progress.Mode.SNAPSHOT) {
                boolean same = f.snapshot().index() == server.snapshot().index();
                sendPiece(f, server.snapshot(), same ? f.offset() : 0);
                return;
            }
            f.probe(f.mode() == Progress.Mode.STREAM ? f.match() + 1 : f.next());
        }
        replicate(f);
    }

    // Replication.

    @Override public void onPersisted() {
        advanceCommit();
        if (server.role() == this) {
            followers.values().forEach(this::replicate);
        }
    }

    /// "If last log index >= nextIndex for a follower: send AppendEntries starting at nextIndex",
    /// and do not wait for the answer. (Figure 2, Ongaro §10.2.1)
    private void replicate(Progress f) {
        while (f.maySend(server.config.limits().appendsInFlightMax())) {
            if (f.next() <= server.log.base().index()) {
                server.tell(new RaftEvent.SendsSnapshot(f.member, server.snapshot().index()));
                sendPiece(f, server.snapshot(), 0);
                return;
            }
            List<Entry> entries =
                server.log.from(f.next(), server.config.limits().appendBytesMax());
            if (entries.isEmpty() && f.mode() == Progress.Mode.STREAM) {
                return;
            }
            long previous = f.next() - 1;
            Message.Append append = new Message.Append(server.term(), f.session,
                new Position(previous, server.log.termAt(previous)), server.commitIndex(), entries);
            f.sent(append.lastIndex(), server.now());
            server.send(f.member, append);
        }
    }

    private void sendPiece(Progress f, SnapshotMeta meta, long offset) {
        f.sentPiece(meta, offset, server.now());
        Message.Piece empty = new Message.Piece(offset, new byte[0], false);
        server.out(new RaftOutput.SendSnapshotChunk(f.member,
            new Message.SnapshotChunk(server.term(), f.session, meta, empty),
            server.config.limits().chunkBytes()));
    }

    @Override public void onReply(MemberId from, Message.Reply reply) {
        if (!followers.containsKey(from)) {
            return;
        }
        Progress f = follower(from);
        f.heard(server.now());
        switch (reply) {
            case Message.HeartbeatReply r -> {
                f.answered(r.round());
                answerReads();
            }
            case Message.AppendAccepted r when r.session() == f.session -> onAccepted(f, r);
            case Message.AppendRefused r when r.session() == f.session -> onRefused(f, r);
            case Message.SnapshotAccepted r when r.session() == f.session -> onPiece(f, r);
            case Message.AppendAccepted _, Message.AppendRefused _, Message.SnapshotAccepted _,
                 Message.PreVoteReply _, Message.VoteReply _ -> {
                // An answer to an earlier session or role: it says only that its sender lives.
            }
        }
    }

    private void onAccepted(Progress f, Message.AppendAccepted reply) {
        Invariant.check(reply.match() <= server.log.lastIndex(), "nobody has more than I");
        if (f.accepted(reply.match(), server.now())) {
            advanceCommit();
        }
        if (server.role() == this) {
            replicate(f);
            handover.ifPresent(this::handOver);
        }
    }

    /// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry", by
    /// whole terms at a time: each refusal passes at least one term of either log. (Raft §5.3, F26)
    private void onRefused(Progress f, Message.AppendRefused reply) {
        if (f.concerns(reply.previousIndex())) {
            long common = server.log.lastPossiblyCommon(reply.hint()).index();
            f.probe(Math.min(reply.previousIndex(), common + 1));
            replicate(f);
        }
    }

    private void onPiece(Progress f, Message.SnapshotAccepted reply) {
        boolean current = f.mode() == Progress.Mode.SNAPSHOT
            && reply.index() == f.snapshot().index();
        if (current && reply.nextOffset() != f.offset()) {
            sendPiece(f, f.snapshot(), reply.nextOffset());
        }
    }

    // Commitment.

    /// "If there exists an N > commitIndex such that a majority of matchIndex[i] >= N, and
    /// log[N].term == currentTerm: set commitIndex = N". Older terms' entries commit with it, never
    /// by being counted. (Raft §5.4.2, Figure 8, F20)
    private void advanceCommit() {
        long stored = Quorum.reached(voters(),
            m -> isSelf(m) ? server.log.durable() : follower(m).match());
        long before = server.commitIndex();
        if (stored <= before || server.log.termAt(stored) != server.term()) {
            return;
        }
        for (long i = before + 1; i <= stored; i++) {
            uncommittedBytes -= RaftLog.size(server.log.entry(i));
        }
        server.commitTo(stored);
        if (!server.isVoter() && server.log.configurationIndex() <= stored) {
            leave();
        } else {
            answerReads();
        }
    }

    /// A leader that is no voter any more leads until that is committed, then goes, and lets the
    /// most complete voter take over at once. (Ongaro §4.2.2, F44)
    private void leave() {
        mostComplete().ifPresent(f -> server.send(f.member, new Message.TimeoutNow(server.term())));
        stepDown("is a voter no more");
    }

    // Requests.

    @Override public void onRequest(RaftInput.Request request) {
        switch (request) {
            case RaftInput.Propose r -> propose(r);
            case RaftInput.ReadIndex r -> read(r);
            case RaftInput.ChangeConfiguration r -> changeConfiguration(r);
            case RaftInput.Transfer r -> transfer(r);
        }
    }

    private void propose(RaftInput.Propose request) {
        RaftConfig.Limits limits = server.config.limits();
        if (request.command().length > limits.appendBytesMax()) {
            server.refuse(request, new RaftOutput.Impossible("the command is larger than "
                + limits.appendBytesMax() + " bytes"));
        } else if (handover.isPresent()) {
            server.refuse(request, new RaftOutput.Busy("the leadership is being handed over"));
        } else if (uncommittedBytes > limits.uncommittedBytesMax()) {
            server.refuse(request, new RaftOutput.Busy("too much waits to be committed"));
        } else {
            accept(request, append(Entry.Kind.COMMAND, request.command()));
        }
    }

    private void accept(RaftInput.Request request, long index) {
        server.out(new RaftOutput.Accepted(request.token(), index, server.term()));
    }

    private long append(Entry.Kind kind, byte[] data) {
        Entry entry = new Entry(server.log.lastIndex() + 1, server.term(), kind, data);
        server.append(List.of(entry));
        uncommittedBytes += RaftLog.size(entry);
        return entry.index();
    }

    /// A read needs to know that this server still led when the read arrived: a majority answers a
    /// heartbeat sent after it. Reads that arrive while one is under way share the next. (Raft §8,
    /// Ongaro §6.4)
    private void read(RaftInput.ReadIndex request) {
        if (reads.size() >= READS_MAX) {
            server.refuse(request, new RaftOutput.Busy("too many reads wait"));
            return;
        }
        reads.add(new Read(request, round + 1));
        answerReads();
    }

    private void answerReads() {
        if (!ready()) {
            return;
        }
        answerReadsOf(confirmedRound());
        if (!reads.isEmpty() && confirmedRound() == round) {
            heartbeat();
            answerReadsOf(confirmedRound());
        }
    }

    private void answerReadsOf(long confirmed) {
        while (!reads.isEmpty() && reads.peek().round <= confirmed) {
            long token = reads.poll().request.token();
            server.out(new RaftOutput.ReadReady(token, server.commitIndex()));
        }
    }

    private long confirmedRound() {
        return Quorum.reached(voters(), m -> isSelf(m) ? round : follower(m).round());
    }

    // Membership.

    /// One change at a time, and none before this term has committed an entry: otherwise two
    /// leaders' changes could have majorities that do not meet. (Ongaro §4.1 and its erratum, F40)
    private void changeConfiguration(RaftInput.ChangeConfiguration request) {
        Optional<Configuration> after = server.configuration().after(request.change());
        if (after.isEmpty()) {
            server.refuse(request, new RaftOutput.Impossible(
                request.change() + " does not fit " + server.configuration()));
        } else if (!ready() || handover.isPresent()) {
            server.refuse(request, new RaftOutput.Busy("the leadership is changing"));
        } else if (server.log.configurationIndex() > server.commitIndex()) {
            server.refuse(request, new RaftOutput.Busy("another change is under way"));
        } else if (request.change() instanceof Configuration.Promote p && !caughtUp(p.member())) {
            server.refuse(request, new RaftOutput.Busy("the learner has not caught up"));
        } else {
            accept(request, append(Entry.Kind.CONFIGURATION, after.get().encode()));
            meetFollowers();
        }
    }

    private boolean caughtUp(MemberId learner) {
        Progress f = follower(learner);
        return f.mode() == Progress.Mode.STREAM
            && f.match() + CAUGHT_UP_LAG >= server.log.lastIndex();
    }

    /// Begin bookkeeping for new members, end it for those that are gone.
    private void meetFollowers() {
        List<MemberId> others = server.configuration().others(server.self);
        followers.keySet().retainAll(others);
        for (MemberId member : others) {
            if (!followers.containsKey(member)) {
                sessions++;
                followers.put(member,
                    new Progress(member, sessions, ownTermIndex, server.now()));
            }
        }
    }

    /// A candidate that is no member, and by a committed change: it cannot know, so it is told.
    void onStranger(MemberId candidate) {
        boolean settled = server.log.configurationIndex() <= server.commitIndex();
        if (settled && ready() && !server.configuration().contains(candidate)) {
            server.send(candidate, new Message.Removed(server.term()));
        }
    }

    // Transfer.

    private void transfer(RaftInput.Transfer request) {
        Optional<MemberId> target = request.target().or(() -> mostComplete().map(f -> f.member));
        boolean possible = target.isPresent() && !isSelf(target.get())
            && server.configuration().isVoter(target.get());
        if (!possible) {
            server.refuse(request, new RaftOutput.Impossible("there is no such other voter"));
        } else if (handover.isPresent()) {
            server.refuse(request, new RaftOutput.Busy("the leadership is being handed over"));
        } else {
            long deadlineMs = server.now() + server.config.timing().electionMinMs();
            Handover begun = new Handover(request, target.get(), deadlineMs);
            handover = Optional.of(begun);
            handOver(begun);
        }
    }

    /// As soon as the target has everything: tell it, and lead no more, so that nothing can be
    /// appended that it lacks and nobody stays paused when the message is lost (F46).
    private void handOver(Handover h) {
        if (!followers.containsKey(h.target)) {
            abandon(h);
        } else if (follower(h.target).match() == server.log.lastIndex()) {
            handover = Optional.empty();
            server.send(h.target, new Message.TimeoutNow(server.term()));
            server.out(new RaftOutput.Transferred(h.request.token(), h.target));
            stepDown("handed over to " + h.target);
        }
    }

    private void abandon(Handover h) {
        handover = Optional.empty();
        server.refuse(h.request, new RaftOutput.Busy(h.target + " did not catch up in time"));
    }

    /// The voter with the longest part of the log, of those heard lately.
    private Optional<Progress> mostComplete() {
        long since = server.now() - server.config.timing().quorumCheckMs();
        return followers.values().stream()
            .filter(f -> server.configuration().isVoter(f.member) && f.heardMs() >= since)
            .max(Comparator.comparingLong(Progress::match));
    }

    private List<MemberId> voters() {
        return server.configuration().voters();
    }

    private boolean isSelf(MemberId member) {
        return member.equals(server.self);
    }

    private Progress follower(MemberId member) {
        return Optional.ofNullable(followers.get(member)).orElseThrow(
            () -> new Invariant.Violation("every other member has its progress"));
    }
}

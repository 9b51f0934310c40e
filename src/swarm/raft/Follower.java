package swarm.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.Invariant;

/// Follower: responds to candidates and leaders; without hearing from either for an election
/// time-out it stands for election. (Raft §5.2, §5.3, §7) Learners, servers that know no cluster
/// yet, and those told that they were removed never do.
///
/// Leaves to Raft: terms and votes. Its answers say what the disk will hold when they leave.
final class Follower implements Role {
    private final Server server;

    /// This term's leader, once it was heard; empty again when its process is known to be gone.
    private Optional<MemberId> leader;

    /// When the leader was last heard, in ms; means nothing without one.
    private long heardMs;

    /// When to stand for election; put off by the leader's messages and by giving a vote.
    private long electionDeadlineMs;

    /// The leader said this server is no member; until one speaks to it as to a member.
    private boolean silent;

    /// The part of a snapshot that has arrived.
    private Optional<Receiving> receiving = Optional.empty();

    private record Receiving(long session, Position at, long nextOffset) {}

    Follower(Server server, Optional<MemberId> leader, long electionDeadlineMs) {
        this.server = server;
        this.leader = leader;
        this.heardMs = server.now();
        this.electionDeadlineMs = electionDeadlineMs;
    }

    @Override public long deadline() {
        boolean mayStand = server.isVoter() && !silent && !server.installing();
        return mayStand ? electionDeadlineMs : Long.MAX_VALUE;
    }

    long electionDeadline() {
        return electionDeadlineMs;
    }

    @Override public void onTick() {
        if (server.now() >= deadline()) {
            Candidate.askPreVotes(server);
        }
    }

    @Override public void onPersisted() {
        // A follower's answers leave after the sync by the shell's law; it counts nothing itself.
    }

    @Override public void onReply(MemberId from, Message.Reply reply) {
        // An answer to what this server asked in a role it has no more.
    }

    @Override public void onRequest(RaftInput.Request request) {
        server.refuse(request, new RaftOutput.NotLeader(leader));
    }

    @Override public Optional<MemberId> leader() {
        return leader;
    }

    @Override public boolean hearsLeader() {
        return leader.isPresent()
            && server.now() - heardMs < server.config.timing().electionMinMs();
    }

    /// Nothing listens where the leader was. Its stickiness goes, and after a short time by chance
    /// an election begins, for all followers learn it at once.
    void leaderGone(long withinMs) {
        server.tell(new RaftEvent.LeaderGone(server.term(), leader.orElseThrow()));
        leader = Optional.empty();
        electionDeadlineMs = server.now() + server.chance.nextLong(withinMs);
    }

    void fallSilent() {
        if (!silent) {
            silent = true;
            server.tell(new RaftEvent.WasRemoved(server.term()));
        }
    }

    /// A message from this term's leader: there is only one (Raft §5.2).
    void onLeader(MemberId from, Message.FromLeader message) {
        Invariant.check(leader.map(from::equals).orElse(true), "one leader per term");
        if (leader.isEmpty()) {
            leader = Optional.of(from);
            server.tell(new RaftEvent.FollowsLeader(server.term(), from));
        }
        heardMs = server.now();
        silent = false;
        electionDeadlineMs = server.electionDeadline();
        switch (message) {
            case Message.Append append -> onAppend(from, append);
            case Message.Heartbeat heartbeat -> onHeartbeat(from, heartbeat);
            case Message.SnapshotChunk chunk -> onSnapshotChunk(from, chunk);
            case Message.TimeoutNow _ -> onTimeoutNow();
        }
    }

    /// AppendEntries, receiver's rules 2 to 5. (Figure 2)
    private void onAppend(MemberId from, Message.Append append) {
        if (server.installing()) {
            return;
        }
        Position previous = append.previous();
        if (previous.index() < server.commitIndex()) {
            // Overtaken: the leader has what is committed here (Raft §5.4), so they agree on it.
            accept(from, append.session(), server.commitIndex());
        } else if (!server.log.holds(previous)) {
            server.send(from, new Message.AppendRefused(server.term(), append.session(),
                previous.index(), server.log.lastPossiblyCommon(previous)));
        } else {
            store(append.entries());
            server.commitTo(Math.min(append.commit(), append.lastIndex()));
            accept(from, append.session(), append.lastIndex());
        }
    }

    /// Keep what is already here: an old message must not cut off what a newer one brought (F23).
    /// Only an entry in conflict, and all that follow it, give way. (Raft §5.3)
    private void store(List<Entry> entries) {
        RaftLog log = server.log;
        int known = 0;
        while (known < entries.size() && log.holds(positionOf(entries.get(known)))) {
            known++;
        }
        if (known == entries.size()) {
            return;
        }
        List<Entry> fresh = new ArrayList<>(entries.subList(known, entries.size()));
        long first = fresh.getFirst().index();
        if (first <= log.lastIndex()) {
            server.truncateFrom(first);
        }
        server.append(fresh);
    }

    private static Position positionOf(Entry entry) {
        return new Position(entry.index(), entry.term());
    }

    private void accept(MemberId from, long session, long match) {
        server.send(from, new Message.AppendAccepted(server.term(), session, match));
    }

    private void onHeartbeat(MemberId from, Message.Heartbeat heartbeat) {
        if (!server.installing()) {
            server.commitTo(Math.min(heartbeat.commit(), server.log.lastIndex()));
        }
        server.send(from, new Message.HeartbeatReply(server.term(), heartbeat.round()));
    }

    /// InstallSnapshot: pieces in order go to a file aside; the last one puts it in place. Pieces
    /// of a snapshot that has nothing new are answered as the entries they stand for. (Raft §7)
    private void onSnapshotChunk(MemberId from, Message.SnapshotChunk chunk) {
        SnapshotMeta meta = chunk.meta();
        Position at = RaftLog.positionOf(meta);
        if (server.installing()) {
            return;
        }
        if (at.index() <= server.commitIndex() || server.log.holds(at)) {
            accept(from, chunk.session(), Math.max(server.commitIndex(), at.index()));
            return;
        }
        long expected = expectedOffset(chunk.session(), at);
        if (chunk.offset() == expected) {
            byte[] bytes = chunk.piece().bytes();
            server.out(new RaftOutput.StoreSnapshotChunk(meta, expected, bytes));
            expected += bytes.length;
            receiving = Optional.of(new Receiving(chunk.session(), at, expected));
            if (chunk.piece().last()) {
                receiving = Optional.empty();
                server.install(new Server.Installing(meta, from, server.term(), chunk.session()));
                return;
            }
        }
        server.send(from, new Message.SnapshotAccepted(server.term(), chunk.session(), at.index(),
            expected));
    }

    private long expectedOffset(long session, Position at) {
        return receiving.filter(r -> r.session == session && r.at.equals(at))
            .map(Receiving::nextOffset).orElse(0L);
    }

    /// The leader has stepped down for this server: no pre-vote, for its leader is still heard by
    /// all. (Ongaro §3.10)
    private void onTimeoutNow() {
        if (server.isVoter() && !server.installing()) {
            Candidate.standForElection(server, true);
        }
    }
}

package swarm.raft;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.Invariant;

/// Consensus among a few servers, one of them this one: Figure 2's rules for all servers, and the
/// way in. (Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, 2014;
/// Ongaro's dissertation, 2014, for what the paper leaves open)
///
/// A machine: `step` takes what happened and returns what is to be done, `deadline` says when time
/// itself is the next input. It holds no clock, thread, file or connection, and is owned by one
/// thread (F12). What its outputs promise holds only if the shell keeps the round of RaftOutput:
/// durable before visible.
///
/// Where to go on: Server has the state, Follower, Candidate and Leader the rules by role, Message
/// what they say to one another, RaftInvariants what must always be true.
public final class Raft {
    /// When the leader's process is gone, followers stand for election within this many ms.
    private static final long HINT_WITHIN_MS = 100;

    private final Server server;
    private final RaftInvariants invariants;

    /// A follower as its leader sees it: what it surely holds, and when it was last heard.
    public record Peer(MemberId member, long match, long heardMs) {}

    /// A server as it was when it stopped, or a new one.
    public Raft(RaftConfig config, MemberId self, Recovered found, RandomGenerator chance,
                long now) {
        server = new Server(config, self, found, chance, now);
        invariants = new RaftInvariants(server);
    }

    /// Take one input. Throws Invariant.Violation when there is a bug; the server must stop.
    public List<RaftOutput> step(long now, RaftInput input) {
        server.begin(now);
        switch (input) {
            case RaftInput.Tick _ -> server.role().onTick();
            case RaftInput.Received(MemberId from, Message message) -> onMessage(from, message);
            case RaftInput.Persisted(long index, long term) -> {
                server.log.persisted(new Position(index, term));
                server.role().onPersisted();
            }
            case RaftInput.SnapshotTaken(SnapshotMeta meta) -> server.onSnapshotTaken(meta);
            case RaftInput.SnapshotInstalled(SnapshotMeta meta, boolean installed) ->
                server.onSnapshotInstalled(meta, installed);
            case RaftInput.PeerClosed(MemberId peer) -> onPeerClosed(peer);
            case RaftInput.PeerRefused(MemberId peer) -> onPeerRefused(peer);
            case RaftInput.Campaign _ -> onCampaign();
            case RaftInput.Request request -> server.role().onRequest(request);
        }
        List<RaftOutput> outputs = server.finish();
        invariants.afterStep();
        return outputs;
    }

    /// When a Tick is wanted; Long.MAX_VALUE for never.
    public long deadline() {
        return server.role().deadline();
    }

    private void onMessage(MemberId from, Message message) {
        switch (message) {
            case Message.PreVoteRequest m -> onPreVoteRequest(from, m);
            case Message.VoteRequest m -> onVoteRequest(from, m);
            case Message.FromLeader m -> onLeader(from, m);
            case Message.PreVoteReply m -> {
                // Its sender may be behind, and grants all the same: `asked` says what it is about.
                advanceTo(m.term());
                server.role().onReply(from, m);
            }
            case Message.Reply m -> {
                advanceTo(m.term());
                if (m.term() == server.term()) {
                    server.role().onReply(from, m);
                }
            }
            case Message.Outdated m -> advanceTo(m.term());
            case Message.Removed m -> onRemoved(m);
        }
    }

    /// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to
    /// follower". (Raft §5.1)
    private void advanceTo(long term) {
        if (term > server.term()) {
            server.advanceTerm(term);
        }
    }

    /// Would this server vote for the sender in the next term? It changes nothing here. A refusal
    /// tells the own term, and that must be higher or the log better: so a server with the better
    /// log and an old term learns the term, and wins the next time (F13). (Ongaro §9.6)
    private void onPreVoteRequest(MemberId from, Message.PreVoteRequest request) {
        boolean granted = !server.role().hearsLeader() && request.term() >= server.term()
            && request.last().upToDate(server.log.last());
        server.send(from, new Message.PreVoteReply(server.term(), request.term(), granted));
        if (server.role() instanceof Leader leader) {
            leader.onStranger(from);
        }
    }

    /// RequestVote, receiver's rules: one vote per term, for a log at least as complete as this
    /// one. While a leader is heard a candidate is not, and its term counts for nothing, unless the
    /// leader itself wants the election. (Figure 2, Raft §5.4.1, §6; Ongaro §3.10)
    private void onVoteRequest(MemberId from, Message.VoteRequest request) {
        if (!server.role().hearsLeader() || request.transfer()) {
            advanceTo(request.term());
        }
        boolean granted = request.term() == server.term()
            && server.hardState().votedFor().map(from::equals).orElse(true)
            && request.last().upToDate(server.log.last());
        if (granted) {
            // Whoever still asked for pre-votes stops: the vote's receiver gets the time to win.
            server.vote(from);
            server.tell(new RaftEvent.Voted(server.term(), from));
            server.become(
                new Follower(server, Optional.empty(), server.electionDeadline()), "voted");
        }
        server.send(from, new Message.VoteReply(server.term(), granted));
    }

    /// "If AppendEntries RPC received from new leader: convert to follower". (Figure 2, candidates)
    private void onLeader(MemberId from, Message.FromLeader message) {
        if (message.term() < server.term()) {
            server.send(from, new Message.Outdated(server.term()));
            return;
        }
        advanceTo(message.term());
        switch (server.role()) {
            case Follower follower -> follower.onLeader(from, message);
            case Candidate _ -> {
                Follower follower = new Follower(server, Optional.empty(), server.now());
                server.become(follower, "another one leads");
                follower.onLeader(from, message);
            }
            case Leader _ -> throw new Invariant.Violation("two leaders in one term");
        }
    }

    private void onRemoved(Message.Removed message) {
        advanceTo(message.term());
        if (message.term() == server.term() && !(server.role() instanceof Leader)) {
            Follower follower = new Follower(server, Optional.empty(), server.electionDeadline());
            server.become(follower, "was removed");
            follower.fallSilent();
        }
    }

    /// The leader's connection ended: is its process gone, or only the connection?
    private void onPeerClosed(MemberId peer) {
        if (isLostLeader(peer)) {
            server.out(new RaftOutput.DialOnce(peer));
        }
    }

    /// Nothing listens at the leader's address: waiting for the time-out would be in vain. Once per
    /// term, so that a leader behind a faulty path is not deposed again and again.
    private void onPeerRefused(MemberId peer) {
        if (isLostLeader(peer) && server.takeHint()
            && server.role() instanceof Follower follower) {
            follower.leaderGone(HINT_WITHIN_MS);
        }
    }

    private boolean isLostLeader(MemberId peer) {
        return server.role() instanceof Follower follower && !server.hinted()
            && follower.leader().equals(Optional.of(peer));
    }

    private void onCampaign() {
        boolean mayStand = server.isVoter() && !server.installing();
        if (mayStand && !(server.role() instanceof Leader)) {
            Candidate.askPreVotes(server);
        }
    }

    public long term() {
        return server.term();
    }

    /// This term's leader, as far as this server knows.
    public Optional<MemberId> leader() {
        return server.role().leader();
    }

    public boolean isLeader() {
        return server.role() instanceof Leader;
    }

    /// Leads, and has committed an entry of its term: it knows all that is committed.
    public boolean ready() {
        return server.role() instanceof Leader leader && leader.ready();
    }

    /// `follower`, `candidate` or `leader`.
    public String role() {
        return switch (server.role()) {
            case Follower _ -> "follower";
            case Candidate _ -> "candidate";
            case Leader _ -> "leader";
        };
    }

    public long commitIndex() {
        return server.commitIndex();
    }

    public long lastIndex() {
        return server.log.lastIndex();
    }

    /// The term of the last entry; with its index what a Persisted says.
    public long lastTerm() {
        return server.log.termAt(server.log.lastIndex());
    }

    /// The newest configuration in the log, committed or not: it counts. (Ongaro §4.1)
    public Configuration configuration() {
        return server.configuration();
    }

    /// What a snapshot of the state at `index`, which must be applied and not compacted, says of
    /// itself.
    public SnapshotMeta metaAt(long index) {
        Invariant.check(index <= server.commitIndex(), "a snapshot of committed state");
        return new SnapshotMeta(index, server.log.termAt(index),
            server.log.configurationAt(index).encode());
    }

    /// The other members as a leader sees them; nothing elsewhere.
    public List<Peer> peers() {
        return server.role() instanceof Leader leader
            ? leader.followers().stream().map(f -> new Peer(f.member, f.match(), f.heardMs()))
                .toList()
            : List.of();
    }
}

package swarm.raft;

import java.util.Optional;
import java.util.TreeSet;

/// Candidate: first asks whether it could win (pre-vote, Ongaro §9.6), so that a server that comes
/// back from a cut does not depose a good leader; then stands for election in a new term. (Raft
/// §5.2) When an election time-out passes without a result it begins again with the question.
///
/// Its own vote counts when the disk has it, like everybody's.
final class Candidate implements Role {
    private enum Phase { PRE_VOTE, VOTE }

    private final Server server;
    private final Phase phase;

    /// When to begin again.
    private final long electionDeadlineMs;

    /// Who granted what was asked in this phase.
    private final TreeSet<MemberId> granted = new TreeSet<>();

    private Candidate(Server server, Phase phase) {
        this.server = server;
        this.phase = phase;
        this.electionDeadlineMs = server.electionDeadline();
    }

    /// Ask whether an election can be won; changes no term and no vote.
    static void askPreVotes(Server server) {
        Candidate candidate = new Candidate(server, Phase.PRE_VOTE);
        server.become(candidate, "asks for pre-votes");
        server.tell(new RaftEvent.AskedPreVotes(server.term() + 1));
        candidate.ask(new Message.PreVoteRequest(server.term(), server.log.last()));
        candidate.count(server.self);
    }

    /// "Increment currentTerm, vote for self, reset election timer, send RequestVote RPCs".
    /// `transfer` when the last leader asked for it.
    static void standForElection(Server server, boolean transfer) {
        server.standForElection();
        Candidate candidate = new Candidate(server, Phase.VOTE);
        server.become(candidate, "stands for election");
        server.tell(new RaftEvent.StoodForElection(server.term()));
        candidate.ask(new Message.VoteRequest(server.term(), server.log.last(), transfer));
    }

    private void ask(Message request) {
        for (MemberId voter : server.configuration().voters()) {
            if (!voter.equals(server.self)) {
                server.send(voter, request);
            }
        }
    }

    @Override public long deadline() {
        return electionDeadlineMs;
    }

    @Override public void onTick() {
        if (server.now() >= electionDeadlineMs) {
            askPreVotes(server);
        }
    }

    @Override public void onPersisted() {
        if (phase == Phase.VOTE) {
            count(server.self);
        }
    }

    @Override public void onReply(MemberId from, Message.Reply reply) {
        switch (reply) {
            case Message.PreVoteReply r when phase == Phase.PRE_VOTE && r.granted()
                && r.asked() == server.term() -> count(from);
            case Message.VoteReply r when phase == Phase.VOTE && r.granted() -> count(from);
            case Message.PreVoteReply _, Message.VoteReply _, Message.AppendAccepted _,
                 Message.AppendRefused _, Message.HeartbeatReply _, Message.SnapshotAccepted _ -> {
                // Refused, or an answer to something asked before.
            }
        }
    }

    /// "If votes received from majority of servers: become leader".
    private void count(MemberId voter) {
        granted.add(voter);
        if (!Quorum.holds(server.configuration().voters(), granted::contains)) {
            return;
        }
        switch (phase) {
            case PRE_VOTE -> standForElection(server, false);
            case VOTE -> Leader.begin(server);
        }
    }

    @Override public void onRequest(RaftInput.Request request) {
        server.refuse(request, new RaftOutput.NotLeader(Optional.empty()));
    }

    @Override public Optional<MemberId> leader() {
        return Optional.empty();
    }

    @Override public boolean hearsLeader() {
        return false;
    }
}

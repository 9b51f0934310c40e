package swarm.raft;

import static swarm.Invariant.check;

import java.util.Optional;

/// What must hold after every step: in the state as it is, and between it and the state before. A
/// violation is a bug, never a fault of network or disk; the server stops rather than go on.
///
/// The constant-time checks always run; `RaftConfig.fullChecks` adds the walk along a changed log.
final class RaftInvariants {
    private final Server server;

    /// As it was after the last step.
    private HardState hardState;
    private long commitIndex;
    private Position base;
    private Position last;
    private boolean leads;

    RaftInvariants(Server server) {
        this.server = server;
        remember();
    }

    void afterStep() {
        checkState();
        checkChange();
        boolean logChanged = !base.equals(server.log.base()) || !last.equals(server.log.last());
        if (server.config.fullChecks() && logChanged) {
            checkLog();
        }
        remember();
    }

    private void checkState() {
        RaftLog log = server.log;
        check(server.commitIndex() <= log.lastIndex(), "commitIndex is within the log");
        check(log.base().index() <= server.commitIndex(), "only committed entries are compacted");
        check(log.base().index() <= server.snapshot().index(),
            "a snapshot stands for what is gone");
        check(log.durable() <= log.lastIndex(), "what is durable is in the log");
        check(log.last().term() <= server.term(), "no entry is from a later term");
        switch (server.role()) {
            case Follower f -> check(!f.leader().equals(Optional.of(server.self)),
                "no server follows itself");
            case Candidate _ -> check(server.isVoter(), "only voters stand for election");
            case Leader leader -> checkLeader(leader);
        }
    }

    private void checkLeader(Leader leader) {
        check(server.hardState().votedFor().equals(Optional.of(server.self)),
            "a leader voted for itself");
        check(server.log.last().term() == server.term(), "a leader's last entry is of its term");
        check(!server.installing(), "a leader installs no snapshot");
        for (Progress f : leader.followers()) {
            check(f.match() < f.next(), "nextIndex is beyond matchIndex");
            check(f.match() <= server.log.lastIndex(), "nobody holds more than the leader");
        }
    }

    private void checkChange() {
        HardState now = server.hardState();
        boolean sameTerm = now.term() == hardState.term();
        check(now.term() >= hardState.term(), "terms never fall");
        check(!sameTerm || hardState.votedFor().isEmpty()
            || hardState.votedFor().equals(now.votedFor()), "a vote is given once");
        check(server.commitIndex() >= commitIndex, "commitIndex never falls");
        boolean stillLeads = leads && sameTerm && server.role() instanceof Leader;
        check(!stillLeads || server.log.lastIndex() >= last.index(),
            "a leader never cuts its log (Leader Append-Only)");
    }

    private void checkLog() {
        RaftLog log = server.log;
        long term = log.base().term();
        for (long i = log.base().index() + 1; i <= log.lastIndex(); i++) {
            Entry entry = log.entry(i);
            check(entry.index() == i, "indexes have no gaps");
            check(entry.term() >= term, "terms never fall along a log");
            boolean brings = entry.kind() == Entry.Kind.CONFIGURATION;
            check(!brings || Configuration.decode(entry.data()).equals(log.configurationAt(i)),
                "the configuration at a place is the last one before it");
            term = entry.term();
        }
    }

    private void remember() {
        hardState = server.hardState();
        commitIndex = server.commitIndex();
        base = server.log.base();
        last = server.log.last();
        leads = server.role() instanceof Leader;
    }
}

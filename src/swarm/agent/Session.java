package swarm.agent;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.dispatcher.AgentMessage;
import swarm.model.Node;

/// The agent's standing with the managers: a link to dial, a session to ask for, a heartbeat to
/// send and its answer to miss. A session, not a link, is what lives: a heartbeat unanswered for
/// 500 ms makes the agent dial anew beside the link it has, and the session goes on over the new
/// one, since TCP's own back-off after a drop can be longer than a node's whole grace. A manager
/// that does not lead neither grants nor ends a session: it names the leader, who is dialled at
/// once, or nobody while there is none, and then it is asked again, and others too.
final class Session {
    private static final long FIRST_PERIOD_MS = 1_000;
    private static final long UNANSWERED_MS = 500;

    /// A registration waits for a commit, so it may take longer than a heartbeat.
    private static final long REGISTER_MS = 2_000;

    /// After so many heartbeats without an answer the node counts as down, and knows it.
    private static final int MISSED = 3;

    /// Every so many answers in a row that name no leader, another manager is asked.
    private static final int LEADERLESS_BEFORE_REDIAL = 3;

    /// The longest wait after a refusal, which costs a leader work; the shortest and longest after
    /// an answer of one who does not lead, which costs little and delays what follows an election,
    /// and which may come several times at once; the longest between two dials.
    private static final long RETRY_MAX_MS = 8_000;
    private static final long LEADERLESS_MIN_MS = 50;
    private static final long LEADERLESS_MAX_MS = 500;
    private static final long REDIAL_MAX_MS = 500;
    private static final long NEVER = Long.MAX_VALUE;

    private final String boot;
    private final RandomGenerator chance;
    private final Backoff redial = new Backoff(250, REDIAL_MAX_MS);

    /// From one named leader to the next: the first at once, then slower, for two managers that
    /// each take the other for the leader.
    private final Backoff hops = new Backoff(100, 1_000);

    /// What the machine says of itself; absent until the engine was asked once.
    private Optional<Node.Description> description = Optional.empty();

    /// What of it was last sent over this link; absent for nothing.
    private Optional<Node.Description> described = Optional.empty();

    /// Whether there is a link; set by the shell's reports.
    private boolean linked;

    /// The granted session; empty for none.
    private String id = "";

    /// Whether the manager at the link's other end is known not to lead, and whom it named, until
    /// that one is dialled.
    private boolean mislinked;
    private Optional<String> leader = Optional.empty();

    /// When to register, or to ask a manager that did not lead again, and when the last
    /// registration was sent; never if there is nothing to ask.
    private long askAt;
    private long askedAt = NEVER;

    /// Answers that named no leader since a heartbeat was last answered, and how long the wait
    /// after the next refusal may be, in ms: 0 at first, so that a new leader is asked at once.
    private int leaderless;
    private long waitMs;

    /// How often to send a heartbeat, when the next is due, and when the oldest unanswered left.
    private long periodMs = FIRST_PERIOD_MS;
    private long beatAt = NEVER;
    private long unansweredSince = NEVER;

    /// When a manager last answered; at first when the agent started.
    private long heardAt;

    Session(String boot, RandomGenerator chance, long now) {
        this.boot = boot;
        this.chance = chance;
        this.askAt = now;
        this.heardAt = now;
    }

    boolean holds(String session) {
        return !id.isEmpty() && id.equals(session);
    }

    /// Whether an answer is to what was asked last: not about a session that ended since, to which
    /// everything said in it is answered, nor about a registration before the session.
    boolean asked(String session) {
        return id.equals(session);
    }

    boolean live() {
        return !id.isEmpty() && linked && !mislinked;
    }

    String id() {
        return id;
    }

    /// Whether no manager has answered for so long that the node counts as lost.
    boolean alone(long now) {
        return now >= aloneAt();
    }

    /// When that will be, if no answer comes before.
    long aloneAt() {
        return heardAt + MISSED * periodMs + 1;
    }

    long silentMs(long now) {
        return now - heardAt;
    }

    /// The process did not run for a while: what it did not hear then is held against nobody.
    void shift(long gapMs) {
        heardAt += gapMs;
        unansweredSince = unansweredSince == NEVER ? NEVER : unansweredSince + gapMs;
    }

    /// The machine describes itself; a change is told with the next tick.
    void describe(Node.Description now) {
        description = Optional.of(now);
    }

    void linkUp(long now) {
        linked = true;
        mislinked = false;
        leader = Optional.empty();
        described = Optional.empty();
        redial.succeeded();
        askAt = askAt == NEVER ? NEVER : Math.min(askAt, now);
        askedAt = NEVER;
        beatAt = id.isEmpty() ? NEVER : now;
        unansweredSince = NEVER;
    }

    void linkDown() {
        linked = false;
        askedAt = NEVER;
    }

    void granted(AgentMessage.Session session, long now) {
        id = session.session();
        askedAt = NEVER;
        answered(session.heartbeatMs(), now);
    }

    /// Only an answered heartbeat proves a session: until then waits go on growing.
    void heard(long heartbeatMs, long now) {
        leaderless = 0;
        waitMs = 0;
        hops.succeeded();
        answered(heartbeatMs, now);
    }

    private void answered(long heartbeatMs, long now) {
        mislinked = false;
        leader = Optional.empty();
        periodMs = heartbeatMs;
        heardAt = now;
        unansweredSince = NEVER;
        beatAt = now + periodMs;
    }

    /// The manager knows no such session, or will not have us.
    void refused(boolean again, long now) {
        id = "";
        mislinked = false;
        beatAt = NEVER;
        unansweredSince = NEVER;
        askedAt = NEVER;
        askAt = again ? now + chance.nextLong(waitMs + 1) : NEVER;
        waitMs = Math.min(100 + 2 * waitMs, RETRY_MAX_MS);
    }

    /// The manager does not lead. It says so to everything that was sent to it: the first answer
    /// counts, and then none until it is asked again.
    void notLeading(String named, long now, List<AgentOutput> out) {
        if (mislinked) {
            return;
        }
        mislinked = true;
        unansweredSince = NEVER;
        askedAt = NEVER;
        if (!named.isEmpty()) {
            leader = Optional.of(named);
            askLater(now + LEADERLESS_MAX_MS);
            return;
        }
        leaderless++;
        long mostMs = Math.min(leaderless * LEADERLESS_MIN_MS, LEADERLESS_MAX_MS);
        askLater(now + LEADERLESS_MIN_MS + chance.nextLong(mostMs));
        if (leaderless % LEADERLESS_BEFORE_REDIAL == 0) {
            redial("no manager leads", now, out);
        }
    }

    private void askLater(long at) {
        askAt = askAt == NEVER ? NEVER : at;
    }

    void tick(long now, List<AgentOutput> out) {
        if (!linked) {
            redial("no link to a manager", now, out);
        } else if (mislinked) {
            seekLeader(now, out);
        } else if (id.isEmpty()) {
            ask(now, out);
        } else {
            beat(now, out);
        }
    }

    long deadline() {
        if (!linked) {
            return askAt == NEVER ? NEVER : redial.notBefore();
        }
        if (mislinked) {
            return leader.isEmpty() ? askAt : Math.min(askAt, hops.notBefore());
        }
        if (id.isEmpty()) {
            long ask = description.isPresent() ? askAt : NEVER;
            return askedAt == NEVER ? ask : askedAt + REGISTER_MS;
        }
        return unansweredSince == NEVER ? beatAt : Math.min(beatAt,
                Math.max(unansweredSince + UNANSWERED_MS, redial.notBefore()));
    }

    /// Every dial counts as failed until a link comes up, so that dialling slows down by itself.
    private void redial(String why, long now, List<AgentOutput> out) {
        if (redial.due(now) && askAt != NEVER) {
            redial.failed(now);
            out.add(new AgentOutput.Redial(why, leader));
            leader = Optional.empty();
        }
    }

    /// Goes to the leader that was named, and asks this manager again meanwhile: by the next
    /// message it may lead itself, and end the session or grant one.
    private void seekLeader(long now, List<AgentOutput> out) {
        if (leader.isPresent() && hops.due(now)) {
            hops.failed(now);
            out.add(new AgentOutput.Redial("another manager leads", leader));
            leader = Optional.empty();
        }
        if (now >= askAt) {
            mislinked = false;
            beatAt = id.isEmpty() ? NEVER : now;
            if (id.isEmpty()) {
                ask(now, out);
            } else {
                beat(now, out);
            }
        }
    }

    private void ask(long now, List<AgentOutput> out) {
        if (askedAt != NEVER && now - askedAt >= REGISTER_MS) {
            askedAt = NEVER;
            redial("a registration was not answered", now, out);
        }
        if (description.isPresent() && askedAt == NEVER && now >= askAt) {
            askedAt = now;
            described = description;
            out.add(new AgentOutput.ToManager(
                    new AgentMessage.Register(boot, description.get())));
        }
    }

    private void beat(long now, List<AgentOutput> out) {
        if (!described.equals(description)) {
            described = description;
            description.ifPresent(machine -> out.add(new AgentOutput.ToManager(
                    new AgentMessage.Described(id, machine))));
        }
        if (now >= beatAt) {
            beatAt = now + periodMs;
            unansweredSince = Math.min(unansweredSince, now);
            out.add(new AgentOutput.ToManager(new AgentMessage.Heartbeat(id)));
        }
        if (unansweredSince != NEVER && now - unansweredSince >= UNANSWERED_MS) {
            redial("a heartbeat was not answered", now, out);
        }
    }
}

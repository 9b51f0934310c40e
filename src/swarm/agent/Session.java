package swarm.agent;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.dispatcher.AgentMessage;
import swarm.model.Node;

/// The agent's standing with the managers: a link to dial, a session to ask for, a heartbeat to
/// send and its answer to miss. A session, not a link, is what lives: a heartbeat unanswered for
/// 500 ms makes the agent dial anew beside the link it has, and the session goes on over the new
/// one, since TCP's own back-off after a drop can be longer than a node's whole grace.
final class Session {
    private static final long FIRST_PERIOD_MS = 1_000;
    private static final long UNANSWERED_MS = 500;

    /// A registration waits for a commit, so it may take longer than a heartbeat.
    private static final long REGISTER_MS = 2_000;

    /// After so many heartbeats without an answer the node counts as down, and knows it.
    private static final int MISSED = 3;

    /// Every so many refusals in a row another manager is asked.
    private static final int REFUSALS_BEFORE_REDIAL = 3;

    private static final long RETRY_MAX_MS = 8_000;
    private static final long REDIAL_MAX_MS = 500;
    private static final long NEVER = Long.MAX_VALUE;

    private final String boot;
    private final RandomGenerator chance;
    private final Backoff redial = new Backoff(250, REDIAL_MAX_MS);

    /// What the machine says of itself; absent until the engine was asked once.
    private Optional<Node.Description> description = Optional.empty();

    /// What of it was last sent over this link; absent for nothing.
    private Optional<Node.Description> described = Optional.empty();

    /// Whether there is a link; set by the shell's reports.
    private boolean linked;

    /// The granted session; empty for none.
    private String id = "";

    /// When to register, and when the last registration was sent; never if there is nothing to ask.
    private long askAt;
    private long askedAt = NEVER;

    /// Refusals since the last grant, and the last random wait in ms.
    private int refusals;
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

    boolean live() {
        return !id.isEmpty() && linked;
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
        refusals = 0;
        waitMs = 0;
        heard(session.heartbeatMs(), now);
    }

    void heard(long heartbeatMs, long now) {
        periodMs = heartbeatMs;
        heardAt = now;
        unansweredSince = NEVER;
        beatAt = now + periodMs;
    }

    /// The manager knows no such session, or will not have us.
    void refused(boolean again, long now, List<AgentOutput> out) {
        id = "";
        beatAt = NEVER;
        unansweredSince = NEVER;
        askedAt = NEVER;
        refusals++;
        long most = Math.min(100 + 2 * waitMs, RETRY_MAX_MS);
        waitMs = most;
        askAt = again ? now + chance.nextLong(most + 1) : NEVER;
        if (again && refusals % REFUSALS_BEFORE_REDIAL == 0) {
            out.add(new AgentOutput.Redial("refused " + refusals + " times"));
        }
    }

    void tick(long now, List<AgentOutput> out) {
        if (!linked) {
            dial("no link to a manager", now, out);
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
        if (id.isEmpty()) {
            long ask = description.isPresent() ? askAt : NEVER;
            return askedAt == NEVER ? ask : askedAt + REGISTER_MS;
        }
        return unansweredSince == NEVER ? beatAt : Math.min(beatAt,
                Math.max(unansweredSince + UNANSWERED_MS, redial.notBefore()));
    }

    /// Every dial counts as failed until a link comes up, so that dialling slows down by itself.
    private void dial(String why, long now, List<AgentOutput> out) {
        if (redial.due(now) && askAt != NEVER) {
            redial.failed(now);
            out.add(new AgentOutput.Redial(why));
        }
    }

    private void ask(long now, List<AgentOutput> out) {
        if (askedAt != NEVER && now - askedAt >= REGISTER_MS) {
            askedAt = NEVER;
            dial("a registration was not answered", now, out);
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
            dial("a heartbeat was not answered", now, out);
        }
    }
}

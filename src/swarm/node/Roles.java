package swarm.node;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import swarm.agent.AgentOutput;
import swarm.ca.SigningRequest;
import swarm.model.Node;
import swarm.node.Question.Known;
import swarm.node.Question.Reply;
import swarm.wire.Protocol;

/// Makes this node what its row says that it is to be, while its agent and its containers go on: a
/// worker takes a seat in raft and begins its part as a manager, a manager ends it when raft does
/// without it. What the agent's session tells is only a hint; before anything is begun or ended
/// the leader is asked what the row says. What fails half way is tried again, after a restart too:
/// node.json tells which part there is, and is written after all that a part needs, and before
/// anything of it goes. Here too the certificate is renewed: in time, and when the role changes.
///
/// One thread does all of this in turn; the others read what is published.
final class Roles implements AutoCloseable {
    /// Until a change that could not be made is tried again, if no hint comes before.
    private static final long RETRY_MS = 2_000;
    /// How long a node without a session waits until it asks whether it is one of the swarm at all,
    /// and as long again at most, by chance.
    private static final long ALONE_MS = 10_000;
    /// How often the wall clock is looked at.
    private static final long CLOCK_MS = 60_000;
    private static final long PATIENCE_MS = 15_000;

    /// What a manager's part shares with the node's agent.
    record Means(Credentials credentials, AddressBook addresses, TaskLogs taskLogs) { }

    private final Member.Ground ground;
    private final Credentials credentials;
    private final AddressBook addresses;
    private final TaskLogs taskLogs;
    private final Runnable removed;
    private final Renewal renewal;
    private final Thread thread = Thread.ofVirtual().name("roles").unstarted(this::run);

    /// Who the node is, and its part as a manager if it has one; set by the thread.
    private volatile NodeState state;
    private volatile Optional<ManagerPart> manager = Optional.empty();
    /// Whether a manager speaks with this node's agent; set before the start.
    private BooleanSupplier inSession = () -> false;
    /// Whether the addresses are a manager's own business: it has a seat; and where the managers
    /// are, as the agent was told last.
    private boolean seated;
    private List<Known> told = List.of();
    /// When the leader is to be asked next, in monotonic ms.
    private long lookAt;
    /// Whether the thread waits for another node, and whether it is to end.
    private boolean asking;
    private boolean closed;
    /// What was last said of a change that failed; the thread's own.
    private String lastFailure = "";

    Roles(Member.Ground ground, NodeState state, Means means, Runnable removed) {
        this.ground = ground;
        this.state = state;
        this.credentials = means.credentials();
        this.addresses = means.addresses();
        this.taskLogs = means.taskLogs();
        this.removed = removed;
        this.seated = state.manager();
        this.renewal = new Renewal(credentials::identity, ground.chance());
        this.lookAt = Time.now() + alone();
    }

    /// Begins as the state directory says: a manager's part runs when this returns.
    ///
    /// @throws IOException when its log cannot be read or its port cannot be had
    void start(BooleanSupplier session) throws IOException {
        inSession = session;
        if (state.manager()) {
            begin();
        } else {
            ground.dir().forgetLog();
        }
        thread.start();
    }

    NodeState state() {
        return state;
    }

    Optional<ManagerPart> manager() {
        return manager;
    }

    /// What the agent was told. A manager knows better where the others are, from its own store.
    synchronized void belongs(AgentOutput.Belongs to) {
        told = to.managers().stream().map(addr -> new Known(0, addr)).toList();
        if (!seated) {
            addresses.replace(told);
        }
        boolean wanted = to.role() == Node.Role.MANAGER;
        boolean listed = to.managers().contains(state.advertised());
        if (wanted != manager.isPresent() || wanted != listed) {
            look();
        }
    }

    /// Something does not fit: the leader is asked now.
    synchronized void look() {
        lookAt = Time.now();
        notifyAll();
    }

    /// Ends the changes; a manager's part goes on until the node ends it.
    @Override public void close() {
        synchronized (this) {
            closed = true;
            if (asking) {
                thread.interrupt();
            }
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (await()) {
            try {
                if (renewal.due(Time.wall())) {
                    renew();
                }
                if (isDue()) {
                    later(change());
                }
                lastFailure = "";
            } catch (IOException e) {
                failed(e);
            } catch (Error | RuntimeException e) {
                ground.broken().accept(e);
                return;
            }
        }
    }

    /// Waits until something is to be done; false when the node ends.
    private synchronized boolean await() {
        try {
            for (long now = Time.now(); !closed && now < lookAt && !renewal.due(Time.wall());
                    now = Time.now()) {
                wait(Math.min(lookAt - now, CLOCK_MS));
            }
        } catch (InterruptedException e) {
            return false;
        }
        return !closed;
    }

    private synchronized boolean ended() {
        return closed;
    }

    private synchronized boolean isDue() {
        boolean due = Time.now() >= lookAt;
        lookAt = due ? Long.MAX_VALUE : lookAt;
        return due;
    }

    private synchronized void later(long ms) {
        lookAt = Math.min(lookAt, ms == Long.MAX_VALUE ? ms : Time.now() + ms);
    }

    private long alone() {
        return ALONE_MS + ground.chance().nextLong(ALONE_MS);
    }

    private void failed(IOException e) {
        String why = String.valueOf(e.getMessage());
        boolean heard = inSession.getAsBoolean();
        if (heard && !why.equals(lastFailure) && !ended()) {
            lastFailure = why;
            ground.log().say("this node's role or certificate could not be changed, which is tried "
                    + "again: " + why);
        }
        renewal.failed(Time.wall());
        later(heard ? RETRY_MS : alone());
    }

    /// Asks what the row says, makes the node so as far as that is possible now, and returns after
    /// how many ms that is to be looked at again.
    private long change() throws IOException {
        Reply.Row row = ask(new Question.Row(), Reply.Row.class);
        if (row.role().isEmpty()) {
            removed.run();
            return Long.MAX_VALUE;
        }
        boolean wanted = row.role().get() == Node.Role.MANAGER;
        if (state.manager() && row.raftId() != state.raftId()) {
            resign();
        }
        if (wanted && manager.isEmpty()) {
            promote();
        }
        if (wanted != manager.isPresent()) {
            return RETRY_MS;
        }
        return inSession.getAsBoolean() ? Long.MAX_VALUE : alone();
    }

    /// With a seat that an earlier try has got, or a new one.
    private void promote() throws IOException {
        if (!state.manager()) {
            Seating.Seat seat = Seating.take(ground, state, credentials,
                    question -> ask(question, Reply.Seated.class),
                    new Seating.Wanted("", Node.Availability.ACTIVE));
            synchronized (this) {
                seated = true;
                addresses.replace(seat.managers());
            }
            credentials.replace(seat.identity(), ground.files());
            state = seat.state();
            state.write(ground.files());
        }
        begin();
        ground.log().say("this node is a manager now, member " + state.raftId());
    }

    private void begin() throws IOException {
        ManagerPart part = new ManagerPart(ground, state, credentials, addresses,
                taskLogs);
        part.start(credentials, ground.log());
        manager = Optional.of(part);
    }

    /// The row has no seat for this member: raft is without it, and will be for good.
    private void resign() throws IOException {
        Optional<ManagerPart> part = manager;
        manager = Optional.empty();
        state = state.seated(0);
        state.write(ground.files());
        if (part.isPresent()) {
            part.get().close();
        }
        ground.dir().forgetLog();
        synchronized (this) {
            seated = false;
            addresses.replace(told);
        }
        renewal.now();
        ground.log().say("this node is no manager any more");
    }

    private void renew() throws IOException {
        String request = SigningRequest.make(credentials.identity().key(), ground.chance()).pem();
        Reply.Renewed renewed = ask(new Question.Renew(request), Reply.Renewed.class);
        credentials.replace(Seating.identity(renewed.certificate(), credentials.identity().key()),
                ground.files());
        Instant end = credentials.identity().certificate().notAfter();
        ground.log().say("this node has a new certificate, which is valid until " + end);
    }

    /// Where to ask. This node's own manager comes last: it may be one that nobody speaks to.
    private List<String> askable() {
        List<String> all = new ArrayList<>(addresses.addresses());
        if (all.remove(state.advertised())) {
            all.add(state.advertised());
        }
        return all;
    }

    private <T extends Reply> T ask(Question question, Class<T> expected) throws IOException {
        synchronized (this) {
            if (closed) {
                throw new IOException("the node ends");
            }
            asking = true;
        }
        try {
            Reply reply = new Asking(credentials.dialer(), Protocol.ASK,
                    Time.now() + PATIENCE_MS).ask(askable(), question).reply();
            if (!expected.isInstance(reply)) {
                throw new IOException("a manager's answer does not fit what it was asked");
            }
            return expected.cast(reply);
        } finally {
            synchronized (this) {
                asking = false;
                Thread.interrupted();
            }
        }
    }
}

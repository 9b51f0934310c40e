package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import swarm.agent.AgentInput;
import swarm.dispatcher.AgentMessage;
import swarm.json.JsonException;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// The agent's end of its links to managers. Each dial has a thread of its own, which goes on to
/// read the link that it made; the dial asked for last wins, whichever is done first. The agent
/// hears from the newest link alone, and the one before it is closed once the newest stands.
///
/// The agent's own thread calls `say` and `redial`, and neither waits for the network. The lock is
/// for the threads that hand the agent its inputs, so that they come in the order of the links: no
/// word of a link before its LinkUp, none after another's.
public final class AgentLink implements AutoCloseable {
    /// A manager's machine that does not answer so long is passed over.
    private static final long CONNECT_MS = 250;
    /// Dials under way; the oldest is given up for one more, since a frozen manager's handshake
    /// must not keep the agent from those that live.
    private static final int DIALS_MAX = 4;

    private final Surroundings around;

    /// Dials under way, by number, and all threads that have not ended.
    private final ConcurrentSkipListMap<Long, Dial> dials = new ConcurrentSkipListMap<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicLong lastNumber = new AtomicLong();

    /// The newest link; set under the lock.
    private volatile Optional<Standing> newest = Optional.empty();
    /// The address dialled last, for the next dial to try another.
    private String lastAddr = "";
    /// What was last said of dials that failed.
    private String lastFailure = "";
    /// Set by close, for good.
    private volatile boolean closed;

    /// What the agent's links stand on: the managers' addresses as known now, the identity to dial
    /// with as it is now, the way to this node's own manager if that is what an address means, and
    /// who hears.
    public record Surroundings(Supplier<List<String>> managers, Supplier<Dialer> dialer,
            Function<String, Optional<AgentDoor.Own>> own, Consumer<AgentInput> agent,
            Consumer<String> log) { }

    private record Dial(Thread thread, Optional<String> to) { }

    private record Standing(long number, Way way) { }

    public AgentLink(Surroundings around) {
        this.around = around;
    }

    /// Says something on the newest link; dropped without one.
    public void say(AgentMessage.ToManager message) {
        newest.ifPresent(standing -> standing.way().say(message));
    }

    /// Dials a manager beside the link that there is: first the one at `to`, then each that is
    /// known, beginning with another than last time; if there is a link, only the one.
    public void redial(Optional<String> to) {
        boolean underWay = to.isPresent()
                && dials.values().stream().anyMatch(dial -> dial.to().equals(to));
        if (closed || underWay) {
            return;
        }
        long number = lastNumber.incrementAndGet();
        Thread thread = Thread.ofVirtual().name("agent-link-" + number)
                .unstarted(() -> run(number, to));
        dials.put(number, new Dial(thread, to));
        threads.add(thread);
        thread.start();
        if (dials.size() > DIALS_MAX) {
            Optional.ofNullable(dials.pollFirstEntry())
                    .ifPresent(oldest -> oldest.getValue().thread().interrupt());
        }
    }

    /// Ends all links and waits for their threads; not for the agent's own thread to call.
    @Override public void close() {
        closed = true;
        newest.ifPresent(standing -> standing.way().close());
        dials.values().forEach(dial -> dial.thread().interrupt());
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(long number, Optional<String> to) {
        try {
            Optional<Way> way = dial(to);
            boolean wanted = dials.remove(number) != null && !closed;
            if (way.isPresent() && wanted) {
                stand(new Standing(number, way.get()));
            } else {
                way.ifPresent(Way::close);
            }
        } finally {
            dials.remove(number);
            threads.remove(Thread.currentThread());
        }
    }

    private Optional<Way> dial(Optional<String> to) {
        Optional<Way> way = to.flatMap(this::open);
        int others = to.isPresent() && newest.isPresent() ? 0 : around.managers().get().size();
        for (int i = 0; i < others && way.isEmpty() && !Thread.currentThread().isInterrupted();
                i++) {
            way = another().flatMap(this::open);
        }
        return way;
    }

    /// The address after the last one that was dialled, whoever dialled it.
    private synchronized Optional<String> another() {
        List<String> known = around.managers().get();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(known.get((known.indexOf(lastAddr) + 1) % known.size()));
    }

    private Optional<Way> open(String addr) {
        synchronized (this) {
            lastAddr = addr;
        }
        Optional<Way> own = around.own().apply(addr).map(AgentDoor.Own::open);
        if (own.isPresent()) {
            return own;
        }
        try {
            return Optional.of(new Remote(
                    around.dialer().get().dial(addr, Protocol.AGENT, CONNECT_MS)));
        } catch (IOException e) {
            failed("no link to the manager at " + addr + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /// Said once, not at each of the dials that follow each other while a manager is away.
    private synchronized void failed(String failure) {
        if (!lastFailure.equals(failure) && !closed) {
            lastFailure = failure;
            around.log().accept(failure);
        }
    }

    private void stand(Standing mine) {
        if (!begin(mine)) {
            mine.way().close();
            return;
        }
        String why = "the manager said goodbye";
        try {
            mine.way().carry(message -> hear(mine, new AgentInput.FromManager(message)));
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } finally {
            mine.way().close();
            end(mine, why);
        }
    }

    private synchronized boolean begin(Standing mine) {
        Optional<Standing> older = newest;
        if (closed || older.filter(each -> each.number() > mine.number()).isPresent()) {
            return false;
        }
        newest = Optional.of(mine);
        lastFailure = "";
        around.agent().accept(new AgentInput.LinkUp());
        older.ifPresent(standing -> standing.way().close());
        return true;
    }

    private synchronized void hear(Standing mine, AgentInput input) {
        if (newest.equals(Optional.of(mine))) {
            around.agent().accept(input);
        }
    }

    private synchronized void end(Standing mine, String why) {
        if (newest.equals(Optional.of(mine))) {
            newest = Optional.empty();
            around.agent().accept(new AgentInput.LinkDown(why));
        }
    }

    /// Over the network.
    private static final class Remote implements Way {
        private final Link link;
        private final Outbox<AgentMessage.ToManager> out;

        Remote(Link link) {
            this.link = link;
            this.out = Outbox.start(link, AgentMessage.ToManager::toBytes);
        }

        @Override public void say(AgentMessage.ToManager message) {
            out.put(message);
        }

        @Override public void carry(Consumer<AgentMessage.ToAgent> hear) throws IOException {
            for (byte[] frame = link.receive(); frame.length > 0; frame = link.receive()) {
                try {
                    hear.accept(AgentMessage.ToAgent.fromBytes(frame));
                } catch (JsonException e) {
                    throw new IOException("the manager at " + link.remoteAddress()
                            + " says what none of this version does: " + e.getMessage(), e);
                }
            }
        }

        @Override public void close() {
            out.close();
        }
    }
}

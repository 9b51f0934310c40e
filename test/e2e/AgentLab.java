package e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import swarm.agent.AgentInput;
import swarm.ca.Identity;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.ca.Tls;
import swarm.manager.ManagerInput;
import swarm.model.NodeId;
import swarm.node.AgentDoor;
import swarm.node.AgentLink;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Port;

/// Doors without managers behind them, and links without agents: what comes in waits in queues.
final class AgentLab {
    static final long PATIENCE_MS = 60_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RootCa root = RootCa.make(Instant.now(), RANDOM);
    private final List<Runnable> opened = new CopyOnWriteArrayList<>();

    /// A manager's port and door.
    final class Site {
        final AgentDoor door;
        final Port port;
        private final BlockingQueue<ManagerInput> said = new LinkedBlockingQueue<>();
        private final Semaphore ends = new Semaphore(0);

        private Site(String id) throws IOException {
            door = new AgentDoor(said::add);
            Tls tls = tls(id);
            port = Port.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    () -> tls, (_, _) -> Optional.empty(), this::serve, _ -> { });
        }

        String addr() {
            return "127.0.0.1:" + port.port();
        }

        /// What the manager's mailbox gets next.
        ManagerInput next() throws InterruptedException {
            return AgentLab.next(said);
        }

        void awaitEnds(int links) throws InterruptedException {
            if (!ends.tryAcquire(links, PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("no link has ended");
            }
        }

        private void serve(Link link) throws IOException {
            try {
                door.serve(link);
            } finally {
                ends.release();
            }
        }
    }

    /// An agent's links.
    static final class Caller {
        final AgentLink link;
        private final BlockingQueue<AgentInput> heard = new LinkedBlockingQueue<>();
        private final Semaphore free = new Semaphore(1);
        private final Semaphore begun = new Semaphore(0);

        private Caller(AgentLink.Surroundings around) {
            link = new AgentLink(new AgentLink.Surroundings(around.managers(), around.dialer(),
                    around.own(), this::hear, around.log()));
        }

        AgentInput next() throws InterruptedException {
            return AgentLab.next(heard);
        }

        void awaitUp() throws InterruptedException {
            await(AgentInput.LinkUp.class);
        }

        void await(Class<? extends AgentInput> kind) throws InterruptedException {
            while (!kind.isInstance(next())) {
                Thread.onSpinWait();
            }
        }

        /// Whether the agent's mailbox is full, so that who has something for it waits.
        void stuck(boolean on) throws InterruptedException {
            if (on) {
                free.acquire();
            } else {
                free.release();
            }
        }

        /// Somebody is about to put something into the agent's mailbox.
        void awaitPut() throws InterruptedException {
            if (!begun.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("nothing comes");
            }
        }

        private void hear(AgentInput input) {
            begun.release();
            free.acquireUninterruptibly();
            heard.add(input);
            free.release();
        }
    }

    Site site(String id) throws IOException {
        Site site = new Site(id);
        opened.add(site.port::close);
        return site;
    }

    Caller agent(String id, String... managers) {
        return opened(id, _ -> Optional.empty(), List.of(managers));
    }

    /// The agent of the site's own node, which knows other managers too.
    Caller ownAgent(String id, Site site, String... others) {
        AgentDoor.Own own = new AgentDoor.Own(site.door, new NodeId(id), "10.0.0.1");
        String addr = site.addr();
        return opened(id, to -> to.equals(addr) ? Optional.of(own) : Optional.empty(),
                List.of(others));
    }

    Tls tls(String id) {
        SigningKey key = SigningKey.make(RANDOM);
        NodeName name = new NodeName(id, id.startsWith("m") ? NodeName.Role.MANAGER
                : NodeName.Role.WORKER, "c1");
        Identity identity = new Identity(key, List.of(root.sign(SigningRequest.make(key, RANDOM),
                name, RootCa.NODE_VALIDITY, Instant.now(), RANDOM)));
        return Tls.of(identity, root.certificate(), InstantSource.system(), RANDOM);
    }

    void close() {
        opened.reversed().forEach(Runnable::run);
    }

    private Caller opened(String id,
            Function<String, Optional<AgentDoor.Own>> own,
            List<String> managers) {
        Dialer dialer = new Dialer(tls(id));
        Caller caller = new Caller(new AgentLink.Surroundings(() -> managers, () -> dialer, own,
                _ -> { }, _ -> { }));
        opened.add(caller.link::close);
        return caller;
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("nothing more came");
        }
        return next;
    }
}

package swarm.node;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import swarm.manager.ManagerInput;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.MessageCodec;
import swarm.raft.RaftInput;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// A manager's links to the other members of raft. Each is one-way: a member dials every other and
/// says there what it has to say, so no two ends ever wait for one another. The first frame says
/// who speaks to whom in which cluster: a message for the member that had this address before is
/// not this one's (F45). All that comes back is a byte, at most so often, that says we are heard.
///
///     from 8 | to 8 | letters 1 | cluster id | the speaker's address
///
/// A member that was away while the speaker took its seat finds the address there, and can answer.
/// A link that ends by itself is told to raft, which may ask whether the process behind it is gone:
/// only a refused dial says that.
public final class RaftLinks implements AutoCloseable {
    /// A dial to a machine that is there is answered in a fraction of this.
    private static final long DIAL_MS = 1_000;

    /// How often the other end is told that it is heard, and with what.
    private static final long HEARD_MS = 250;
    private static final byte[] HEARD = {1};

    /// Who speaks: this member, in this cluster, reached at this address.
    public record Self(MemberId member, String cluster, String addr) { }

    private final Self self;
    private final Supplier<Dialer> dialer;
    private final Function<MemberId, Optional<String>> addresses;
    private final Consumer<ManagerInput> manager;
    /// Where members said that they are, of whom nobody else has told yet.
    private final Map<MemberId, String> said = new ConcurrentHashMap<>();
    /// By member; closed when it is a member no more.
    private final Map<MemberId, RaftLink> links = new ConcurrentHashMap<>();
    /// Set once: no link is made ahead any more.
    private boolean closed;

    /// `manager` takes what members say, and may wait for room.
    public RaftLinks(Self self, Supplier<Dialer> dialer,
            Function<MemberId, Optional<String>> addresses, Consumer<ManagerInput> manager) {
        this.self = self;
        this.dialer = dialer;
        this.addresses = addresses;
        this.manager = manager;
    }

    /// Sends a message some time, or loses it; never waits.
    public void send(MemberId to, Message message) {
        link(to).offer(MessageCodec.encode(message));
    }

    private RaftLink link(MemberId to) {
        return links.computeIfAbsent(to, peer -> new RaftLink(peer, this));
    }

    /// Makes links to all members before they are needed; whoever is none is spoken to no more.
    public synchronized void keep(Configuration members) {
        if (closed) {
            return;
        }
        members.others(self.member()).forEach(this::link);
        links.forEach((member, link) -> {
            if (!members.contains(member)) {
                links.remove(member);
                link.close();
            }
        });
    }

    /// Finds out whether a process listens at a member's address.
    public void dialOnce(MemberId peer) {
        Thread.ofVirtual().name("raft-dial-" + peer).start(() -> {
            try (Link link = dial(peer)) {
                link.goodbye();
            } catch (ConnectException refused) {
                tell(new RaftInput.PeerRefused(peer));
            } catch (IOException alive) {
                // Something is there, or the way is closed: raft's own time-out decides.
                return;
            }
        });
    }

    /// Takes in what another member says, until its link ends. One that only looks whether somebody
    /// is here says goodbye first.
    public void serve(Link link) throws IOException {
        byte[] frame = link.receive();
        if (frame.length == 0) {
            return;
        }
        Greeting greeting = Greeting.of(frame);
        if (greeting.to() != self.member().number()
                || !greeting.cluster().equals(self.cluster())) {
            throw new IOException("a raft link from " + link.remoteAddress()
                    + " is meant for another member or cluster");
        }
        MemberId from = new MemberId(greeting.from());
        said.put(from, greeting.addr());
        if (take(link, from)) {
            tell(new RaftInput.PeerClosed(from));
        }
    }

    /// What the first frame says.
    private record Greeting(long from, long to, String cluster, String addr) {
        byte[] frame() {
            byte[] id = cluster.getBytes(StandardCharsets.US_ASCII);
            byte[] host = addr.getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(2 * Long.BYTES + 1 + id.length + host.length)
                    .putLong(from).putLong(to).put((byte) id.length).put(id).put(host).array();
        }

        static Greeting of(byte[] frame) throws IOException {
            ByteBuffer in = ByteBuffer.wrap(frame);
            try {
                long from = in.getLong();
                long to = in.getLong();
                byte[] id = new byte[in.get()];
                in.get(id);
                return new Greeting(from, to, new String(id, StandardCharsets.US_ASCII),
                        StandardCharsets.US_ASCII.decode(in).toString());
            } catch (BufferUnderflowException | NegativeArraySizeException e) {
                throw new IOException("a raft link that begins with nonsense", e);
            }
        }
    }

    /// Whether the link ended without a goodbye.
    private boolean take(Link link, MemberId from) {
        try {
            long saidAt = Time.now() - HEARD_MS;
            for (byte[] frame = link.receive(); frame.length > 0; frame = link.receive()) {
                if (Time.now() - saidAt >= HEARD_MS) {
                    saidAt = Time.now();
                    link.send(HEARD);
                }
                tell(new RaftInput.Received(from, MessageCodec.decode(frame)));
            }
            return false;
        } catch (IOException | MessageCodec.MalformedMessage ended) {
            return true;
        }
    }

    private void tell(RaftInput input) {
        manager.accept(new ManagerInput.ToRaft(input));
    }

    /// A link to a member, which has been told who speaks.
    Link open(MemberId peer) throws IOException {
        Link link = dial(peer);
        link.send(new Greeting(self.member().number(), peer.number(), self.cluster(),
                self.addr()).frame());
        return link;
    }

    private Link dial(MemberId peer) throws IOException {
        String addr = addresses.apply(peer).or(() -> Optional.ofNullable(said.get(peer)))
                .orElseThrow(() -> new IOException("the address of member " + peer
                        + " is not known"));
        return dialer.get().dial(addr, Protocol.RAFT, DIAL_MS);
    }

    @Override public synchronized void close() {
        closed = true;
        links.values().forEach(RaftLink::close);
    }
}

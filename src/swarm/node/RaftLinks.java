package swarm.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
///     from 8 | to 8 | cluster id, 25 letters
///
/// A link that ends by itself is told to raft, which may ask whether the process behind it is gone:
/// only a refused dial says that.
final class RaftLinks implements AutoCloseable {
    /// A dial to a machine that is there is answered in a fraction of this.
    private static final long DIAL_MS = 1_000;

    /// How often the other end is told that it is heard, and with what.
    private static final long HEARD_MS = 250;
    private static final byte[] HEARD = {1};

    /// Who speaks: this member, in this cluster.
    record Self(MemberId member, String cluster) { }

    private final Self self;
    private final Supplier<Dialer> dialer;
    private final AddressBook addresses;
    private final Mailbox<ManagerInput> manager;
    /// By member; closed when it is a member no more.
    private final Map<MemberId, RaftLink> links = new ConcurrentHashMap<>();
    /// Set once: no link is made ahead any more.
    private boolean closed;

    RaftLinks(Self self, Supplier<Dialer> dialer, AddressBook addresses,
            Mailbox<ManagerInput> manager) {
        this.self = self;
        this.dialer = dialer;
        this.addresses = addresses;
        this.manager = manager;
    }

    /// Sends a message some time, or loses it; never waits.
    void send(MemberId to, Message message) {
        link(to).offer(MessageCodec.encode(message));
    }

    private RaftLink link(MemberId to) {
        return links.computeIfAbsent(to, peer -> new RaftLink(peer, this));
    }

    /// Makes links to all members before they are needed; whoever is none is spoken to no more.
    synchronized void keep(Configuration members) {
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
    void dialOnce(MemberId peer) {
        Thread.ofVirtual().name("raft-dial-" + peer).start(() -> {
            try (Link link = dial(peer)) {
                link.goodbye();
            } catch (java.net.ConnectException refused) {
                tell(new RaftInput.PeerRefused(peer));
            } catch (IOException alive) {
                // Something is there, or the way is closed: raft's own time-out decides.
                return;
            }
        });
    }

    /// Takes in what another member says, until its link ends. One that only looks whether somebody
    /// is here says goodbye first.
    void serve(Link link) throws IOException {
        ByteBuffer greeting = ByteBuffer.wrap(link.receive());
        if (!greeting.hasRemaining()) {
            return;
        }
        boolean whole = greeting.remaining() > 2 * Long.BYTES;
        MemberId from = new MemberId(whole ? greeting.getLong() : 0);
        boolean meant = whole && greeting.getLong() == self.member().number()
                && StandardCharsets.US_ASCII.decode(greeting).toString().equals(self.cluster());
        if (!meant) {
            throw new IOException("a raft link from " + link.remoteAddress()
                    + " is meant for another member or cluster");
        }
        if (take(link, from)) {
            tell(new RaftInput.PeerClosed(from));
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
        manager.put(new ManagerInput.ToRaft(input));
    }

    /// A link to a member, which has been told who speaks.
    Link open(MemberId peer) throws IOException {
        Link link = dial(peer);
        byte[] cluster = self.cluster().getBytes(StandardCharsets.US_ASCII);
        link.send(ByteBuffer.allocate(2 * Long.BYTES + cluster.length)
                .putLong(self.member().number()).putLong(peer.number()).put(cluster).array());
        return link;
    }

    private Link dial(MemberId peer) throws IOException {
        String addr = addresses.of(peer).orElseThrow(
                () -> new IOException("the address of member " + peer + " is not known"));
        return dialer.get().dial(addr, Protocol.RAFT, DIAL_MS);
    }

    @Override public synchronized void close() {
        closed = true;
        links.values().forEach(RaftLink::close);
    }
}

package swarm.node;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import swarm.api.ApiAnswer;
import swarm.api.Deed;
import swarm.ca.NodeName;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.MemberId;
import swarm.store.View;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;
import swarm.wire.Rights;

/// A node's part as a manager: the machine and its log on their thread, the links to the other
/// managers, and the port by which managers, agents and those who want to join come in.
final class ManagerPart implements AutoCloseable {
    private static final ApiAnswer STOPPING = ApiAnswer.error(503, "the daemon is stopping");

    private final NodeState state;
    private final ManagerLoop loop;
    private final RaftLinks raft;
    private final AgentDoor agents;
    private final SnapshotPieces snapshots;
    private final Desk desk;
    /// Open from `open` to `close`.
    private Optional<Port> port = Optional.empty();

    /// Makes the part from what the state directory holds; nothing runs yet.
    ManagerPart(Member.Ground ground, NodeState state, Credentials credentials,
            AddressBook addresses) throws IOException {
        this.state = state;
        MemberId member = new MemberId(state.raftId());
        Snapshots stored = ground.snapshots();
        Wal.Opened opened = Wal.open(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES,
                stored.newest());
        Manager manager = new Manager(new Manager.Self(state.node(), member),
                opened.recovered(), ManagerLoop.load(stored, opened.recovered().snapshot()),
                ground.chance(), Time.now());
        Mailbox<ManagerInput> mailbox = new Mailbox<>();
        raft = new RaftLinks(new RaftLinks.Self(member, state.cluster()), credentials::dialer,
                addresses, mailbox);
        snapshots = new SnapshotPieces(stored, mailbox, ground.log(), raft::send);
        agents = new AgentDoor(mailbox::put);
        loop = new ManagerLoop(manager, opened.wal(), mailbox, new ManagerLoop.Surroundings(
                agents::tell, raft, snapshots, addresses, ground.log(), ground.broken()));
        desk = new Desk(this, credentials, ground.chance());
    }

    /// Runs it, and lets others in.
    ///
    /// @throws IOException when the port cannot be had; nothing runs then
    void start(Credentials credentials, EventLog log) throws IOException {
        try {
            port = Optional.of(Port.open(Address.socket(state.listen()), credentials::tls,
                    (protocol, peer) -> Rights.refusal(protocol, peer, state.cluster(),
                            protocol == Protocol.RAFT ? member(peer) : standing(peer)),
                    this::serve, e -> log.trouble("a connection to this manager", e)));
        } catch (IOException refused) {
            close();
            throw refused;
        }
        loop.start();
    }

    private void serve(Link link) throws IOException {
        switch (link.protocol()) {
            case JOIN, ASK -> desk.serve(link);
            case AGENT -> agents.serve(link);
            case RAFT -> raft.serve(link);
            case HELLO -> { }
        }
    }

    /// What the store says of the node that a certificate names. A store that has not caught up
    /// with its own log since the start says nothing of nodes that it does not know: without them
    /// there might be no leader from whom to learn of them.
    Rights.Standing standing(Optional<NodeName> peer) {
        Optional<Node> row = peer.flatMap(name -> loop.view().node(new NodeId(name.nodeId())));
        if (row.isEmpty()) {
            return loop.current() ? Rights.Standing.UNKNOWN : Rights.Standing.EMPTY_STORE;
        }
        return row.get().manager().isPresent()
                ? Rights.Standing.MANAGER : Rights.Standing.WORKER;
    }

    /// Likewise for one that speaks as a member of raft. While no leader is heard the rows may be
    /// of long ago: the next leader may have taken its seat meanwhile, and it alone can say so.
    private Rights.Standing member(Optional<NodeName> peer) {
        return loop.hearsLeader() ? standing(peer) : Rights.Standing.EMPTY_STORE;
    }

    /// Whether this manager has a vote in raft and knows of its own seat.
    boolean votes() {
        MemberId self = new MemberId(state.raftId());
        return loop.members().isVoter(self) && loop.view().node(state.node())
                .flatMap(Node::manager).filter(seat -> seat.raftId() == self.number()).isPresent();
    }

    /// Whether raft counts this manager among its members.
    boolean belongs() {
        return loop.members().contains(new MemberId(state.raftId()));
    }

    /// What is committed here; a leader's may be behind by what it has not told yet.
    View view() {
        return loop.view();
    }

    /// The way in for this node's own agent.
    AgentDoor.Own own(String addr) {
        return new AgentDoor.Own(agents, state.node(), addr);
    }

    /// Whether this manager is the one at an address.
    boolean at(String addr) {
        return loop.view().node(state.node()).flatMap(Node::manager)
                .filter(seat -> seat.addr().equals(addr)).isPresent();
    }

    /// A client's write: `Answer`, or `Elsewhere`.
    ManagerOutput write(String requestId, Deed deed) {
        Optional<String> shortage = loop.shortage();
        return shortage.isPresent()
                ? new ManagerOutput.Answer(0, ApiAnswer.error(503, shortage.get()))
                : ask(token -> new ManagerInput.Write(token, requestId, deed));
    }

    /// A view that holds every write acknowledged before now: `Readable`, or why there is none:
    /// `Answer` or `Elsewhere`.
    ManagerOutput read() {
        return ask(ManagerInput.Read::new);
    }

    /// Hands leadership to another manager, if this one has it and there is another.
    ManagerOutput handOver() {
        return ask(ManagerInput.HandOver::new);
    }

    private ManagerOutput ask(LongFunction<ManagerInput> question) {
        try {
            return loop.clients().ask(question);
        } catch (TimeoutException e) {
            return new ManagerOutput.Answer(0, STOPPING);
        }
    }

    /// Lets nobody in any more, and ends the threads; what was acknowledged is on the disk.
    @Override public void close() throws IOException {
        port.ifPresent(Port::close);
        loop.close();
        raft.close();
        snapshots.close();
    }
}

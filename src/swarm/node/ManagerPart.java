package swarm.node;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import swarm.api.ApiAnswer;
import swarm.api.Deed;
import swarm.api.Route;
import swarm.ca.NodeName;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.node.Question.Reply;
import swarm.raft.MemberId;
import swarm.store.View;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;
import swarm.wire.Rights;

/// A node's part as a manager: the machine and its log on their thread, the links to the other
/// managers, and the port by which managers, agents and those who want to join come in.
final class ManagerPart implements AutoCloseable {
    /// Of a manager that does not even say what it knows.
    static final String MUTE = "this manager does not answer: it waits for its disk, or the daemon "
            + "is stopping";
    private static final String STOPPING = "the daemon is stopping";
    /// How long one waits for what needs no other manager.
    private static final long LOOK_MS = 1_000;

    private final NodeState state;
    private final ManagerLoop loop;
    private final RaftLinks raft;
    private final AgentDoor agents;
    private final SnapshotPieces snapshots;
    private final NodeLogs logs;
    private final Desk desk;
    /// Open from `open` to `close`.
    private Optional<Port> port = Optional.empty();

    /// Makes the part from what the state directory holds; nothing runs yet.
    ManagerPart(Member.Ground ground, NodeState state, Credentials credentials,
            AddressBook addresses, TaskLogs ownLogs) throws IOException {
        this.state = state;
        MemberId member = new MemberId(state.raftId());
        Snapshots stored = ground.snapshots();
        Wal.Opened opened = Wal.open(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES,
                stored.newest());
        Manager manager = new Manager(new Manager.Self(state.node(), member),
                opened.recovered(), ManagerLoop.load(stored, opened.recovered().snapshot()),
                ground.chance(), Time.now());
        Mailbox<ManagerInput> mailbox = new Mailbox<>();
        raft = new RaftLinks(new RaftLinks.Self(member, state.cluster(), state.advertised()),
                credentials::dialer, addresses::of, mailbox::put);
        snapshots = new SnapshotPieces(stored, mailbox, ground.log(), raft::send);
        agents = new AgentDoor(mailbox::put);
        loop = new ManagerLoop(manager, opened.wal(), mailbox, new ManagerLoop.Surroundings(
                agents::tell, raft, snapshots, addresses, ground.log(), ground.broken()));
        logs = new NodeLogs(state.node(), this::addr, ownLogs, agents::tell, ground.chance());
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
        return addr.equals(addr());
    }

    /// Where others dial this manager; empty before it has a seat.
    private String addr() {
        return loop.view().node(state.node()).flatMap(Node::manager).map(Node.Manager::addr)
                .orElse("");
    }

    /// A client's write: `Answer`, `Elsewhere` or `Leaderless`.
    ManagerOutput write(String requestId, Deed deed) {
        Optional<String> shortage = loop.shortage();
        return shortage.isPresent()
                ? new ManagerOutput.Answer(0, ApiAnswer.error(503, shortage.get()))
                : ask(token -> new ManagerInput.Write(token, requestId, deed),
                        Manager.outcomeUnknown(STOPPING));
    }

    /// A view that holds every write acknowledged before now: `Readable`, or why there is none:
    /// `Elsewhere` or `Leaderless`.
    ManagerOutput read() {
        return ask(ManagerInput.Read::new, ApiAnswer.error(503, STOPPING));
    }

    /// This manager's own view, which may be old: `Readable`, or soon an `Answer` that it cannot.
    ManagerOutput look() {
        try {
            return loop.clients().ask(ManagerInput.Look::new, LOOK_MS);
        } catch (TimeoutException e) {
            return new ManagerOutput.Answer(0, ApiAnswer.error(503, MUTE));
        }
    }

    /// Gives a client the output it asks for; a reply says why not, or where to ask.
    Optional<Reply> logs(Route.LogTarget target, LogClient client) throws IOException {
        try (ServiceLogs stream = new ServiceLogs(this::read, logs, target, client)) {
            return stream.serve();
        }
    }

    /// Takes in the output with which a node has come.
    Optional<Reply> output(Link link, String stream) throws IOException {
        return logs.serve(link, stream);
    }

    /// Hands leadership to another manager, if this one has it and there is another.
    ManagerOutput handOver() {
        return ask(ManagerInput.HandOver::new, ApiAnswer.error(503, STOPPING));
    }

    private ManagerOutput ask(LongFunction<ManagerInput> question, ApiAnswer stopping) {
        try {
            return loop.clients().ask(question);
        } catch (TimeoutException e) {
            return new ManagerOutput.Answer(0, stopping);
        }
    }

    /// Ends the threads, and lets nobody in any more; what was acknowledged is on the disk. Those
    /// who wait for the manager are sent away first, for the port waits for them.
    @Override public void close() throws IOException {
        loop.close();
        agents.close();
        port.ifPresent(Port::close);
        raft.close();
        snapshots.close();
    }
}

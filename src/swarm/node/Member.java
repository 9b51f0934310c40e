package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import swarm.agent.Agent;
import swarm.agent.AgentConfig;
import swarm.agent.AgentInput;
import swarm.agent.Restored;
import swarm.api.ApiAnswer;
import swarm.api.Deed;
import swarm.disk.Seal;
import swarm.disk.Snapshots;
import swarm.disk.StateDir;
import swarm.disk.StateFiles;
import swarm.disk.Wal;
import swarm.dispatcher.AgentMessage;
import swarm.engine.Engine;
import swarm.json.JsonException;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.Ids;
import swarm.raft.MemberId;

/// A node that is in a swarm: its manager, its agent, and the wires between the two, which carry
/// the same messages that others' agents will send over the network. A full mailbox drops what
/// passes between them rather than let one wait for the other: both say again what went unheard.
final class Member implements AutoCloseable {
    /// What a member stands on.
    record Ground(StateDir dir, SecureRandom chance, Engine engine, String hostname,
            EventLog log, Consumer<Throwable> broken) {
        /// The directory's own data key, made when there is none.
        Seal seal() throws IOException {
            return new Seal(dir.dataKey(chance), chance);
        }

        Snapshots snapshots() throws IOException {
            return new Snapshots(dir.log(), seal(), 0);
        }

        StateFiles files() {
            return dir.files();
        }
    }

    private final NodeState state;
    private final ManagerLoop manager;
    private final AgentLoop agent;
    private final SecureRandom chance;

    private Member(NodeState state, ManagerLoop manager, AgentLoop agent, SecureRandom chance) {
        this.state = state;
        this.manager = manager;
        this.agent = agent;
        this.chance = chance;
    }

    /// Starts the node as its state directory left it.
    ///
    /// @throws IOException in one sentence, when the state cannot be read or is damaged
    static Member start(Ground ground, NodeState state) throws IOException {
        Wires wires = new Wires(state);
        ManagerLoop manager = manager(ground, state, wires);
        AgentLoop agent = agent(ground, state, wires);
        wires.connect(manager, agent);
        manager.start();
        agent.start();
        return new Member(state, manager, agent, ground.chance());
    }

    NodeState state() {
        return state;
    }

    /// A client's write, until it is done or its time is over.
    ApiAnswer write(Deed deed) {
        Optional<String> shortage = manager.shortage();
        if (shortage.isPresent()) {
            return ApiAnswer.error(503, shortage.get());
        }
        String requestId = Ids.draw(chance);
        return switch (ask(token -> new ManagerInput.Write(token, requestId, deed))) {
            case ManagerOutput.Answer answer -> answer.answer();
            case ManagerOutput.Readable _, ManagerOutput.FromRaft _, ManagerOutput.Tell _,
                 ManagerOutput.CutSnapshot _, ManagerOutput.Happened _,
                 ManagerOutput.Elsewhere _ -> STOPPING;
        };
    }

    /// A view that holds every write acknowledged before now, or why there is none: one of the two
    /// outputs `Readable` and `Answer`.
    ManagerOutput read() {
        return ask(ManagerInput.Read::new);
    }

    /// Ends the threads; containers go on running.
    @Override public void close() throws IOException {
        agent.close();
        manager.close();
    }

    private static final ApiAnswer STOPPING = ApiAnswer.error(503, "the daemon is stopping");

    private ManagerOutput ask(LongFunction<ManagerInput> question) {
        try {
            return manager.clients().ask(question);
        } catch (TimeoutException e) {
            return new ManagerOutput.Answer(0, STOPPING);
        }
    }

    private static ManagerLoop manager(Ground ground, NodeState state, Wires wires)
            throws IOException {
        Snapshots snapshots = ground.snapshots();
        Wal.Opened opened = Wal.open(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES,
                snapshots.newest());
        Manager manager = new Manager(
                new Manager.Self(state.node(), new MemberId(state.raftId())), opened.recovered(),
                ManagerLoop.load(snapshots, opened.recovered().snapshot()), ground.chance(),
                Time.now());
        return new ManagerLoop(manager, opened.wal(), snapshots, new ManagerLoop.Surroundings(
                wires::toAgent, ground.log(), ground.broken()));
    }

    private static AgentLoop agent(Ground ground, NodeState state, Wires wires)
            throws IOException {
        if (NodeState.identity(ground.files()).expiredAt(Time.wall())) {
            ground.log().say("this node's certificate has expired; other nodes will refuse it");
        }
        AgentConfig config = new AgentConfig(state.node(), state.cluster(),
                Ids.draw(ground.chance()), ground.hostname(),
                Founding.tlsInfo(NodeState.root(ground.files())));
        Agent agent = new Agent(config, restored(ground.files()), ground.chance(), Time.now());
        return new AgentLoop(agent, ground.engine(), new AgentLoop.Surroundings(
                wires::toManager, ground.files(), ground.log(), ground.broken()));
    }

    private static Restored restored(StateFiles files) throws IOException {
        Optional<byte[]> saved = files.read(AgentLoop.FILE);
        try {
            return saved.isEmpty() ? Restored.NONE : Restored.fromBytes(saved.get());
        } catch (JsonException e) {
            throw new IOException("the agent's saved tasks are damaged (" + e.getMessage()
                    + "); remove " + AgentLoop.FILE + " from the state directory: the manager "
                    + "tells the agent its tasks again", e);
        }
    }

    /// The way between the two machines of one node.
    private static final class Wires {
        private final NodeState state;
        /// Both are set once, before either thread starts.
        private Optional<ManagerLoop> manager = Optional.empty();
        private Optional<AgentLoop> agent = Optional.empty();

        Wires(NodeState state) {
            this.state = state;
        }

        void connect(ManagerLoop manager, AgentLoop agent) {
            this.manager = Optional.of(manager);
            this.agent = Optional.of(agent);
        }

        void toAgent(AgentMessage.ToAgent message) {
            agent.orElseThrow().mailbox().offer(new AgentInput.FromManager(message));
        }

        void toManager(AgentMessage.ToManager message) {
            manager.orElseThrow().mailbox()
                    .offer(new ManagerInput.FromAgent(state.node(), state.addr(), message));
        }
    }
}

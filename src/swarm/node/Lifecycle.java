package swarm.node;

import java.io.IOException;
import java.util.Optional;
import swarm.agent.Owner;
import swarm.api.ApiAnswer;
import swarm.api.Messages;
import swarm.api.Route;
import swarm.disk.StateFiles;
import swarm.disk.Wal;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.http.HttpException;
import swarm.json.Json;
import swarm.manager.ManagerOutput;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.TlsInfo;

/// This node's membership: in no swarm, or in one with the threads that this takes. Its steps are
/// done one at a time; each leaves the node wholly before it or wholly after it.
final class Lifecycle implements AutoCloseable {
    /// How long a join waits for the node to be heard; it goes on beyond that by itself.
    private static final long JOINED_MS = 20_000;

    private final Member.Ground ground;
    /// Present while the node is in a swarm; set by the step under way, read by every connection.
    private volatile Optional<Member> member = Optional.empty();

    Lifecycle(Member.Ground ground) {
        this.ground = ground;
    }

    /// Takes up the membership that the state directory holds, if any. What a founding that never
    /// finished has left is cleared away; what an agent has written is no such thing.
    ///
    /// @throws IOException in one sentence, when the state cannot be read or is damaged
    synchronized void resume() throws IOException {
        Optional<NodeState> state = NodeState.read(ground.files());
        if (state.isPresent()) {
            take(state.get());
        } else if (ground.files().read(AgentLoop.FILE).isPresent()) {
            throw new IOException(NodeState.missing());
        } else {
            ground.dir().wipe();
        }
    }

    /// That it was removed is said by one of the member's own threads, which its end waits for.
    private void take(NodeState state) throws IOException {
        member = Optional.of(Member.start(ground, state, gone ->
                Thread.ofVirtual().name("removed").start(() -> removed(gone))));
    }

    Optional<Member> member() {
        return member;
    }

    /// Does a step that a client asks for.
    synchronized ApiAnswer step(Route.Step step) {
        try {
            return switch (step) {
                case Route.Init init -> init(init);
                case Route.Join join -> join(join);
                case Route.Leave leave -> leave(leave.force());
                case Route.Unlock _ -> member.isPresent()
                        ? ApiAnswer.error(409, "swarm is not locked")
                        : ApiAnswer.error(503, Messages.NOT_A_MANAGER);
            };
        } catch (HttpException refused) {
            return ApiAnswer.error(refused.status(), refused.getMessage());
        } catch (IOException e) {
            ground.log().trouble("failed: " + step.getClass().getSimpleName(), e);
            return ApiAnswer.error(500, String.valueOf(e.getMessage()));
        }
    }

    /// Before the daemon stops: another manager takes over while this one still answers.
    synchronized void handOver() {
        member.ifPresent(Member::handOver);
    }

    @Override public synchronized void close() throws IOException {
        if (member.isPresent()) {
            member.get().close();
            member = Optional.empty();
        }
    }

    private ApiAnswer init(Route.Init wanted) throws IOException {
        if (wanted.forceNewCluster()) {
            return ApiAnswer.error(501, "--force-new-cluster is not part of this version of swarm");
        }
        if (wanted.autoLockManagers()) {
            return ApiAnswer.error(501, "--autolock is not part of this version of swarm");
        }
        if (member.isPresent()) {
            return ApiAnswer.error(503, Messages.ALREADY_IN_A_SWARM);
        }
        Address.Chosen addr = Address.choose(wanted.advertiseAddr());
        String listen = Address.listen(wanted.listenAddr(), addr);
        begin(() -> found(wanted, addr, listen));
        return ready(member.orElseThrow());
    }

    /// What makes this node a member, and says as which.
    private interface Beginning {
        NodeState begin() throws IOException;
    }

    /// Takes up a new membership, or leaves nothing of it.
    private void begin(Beginning beginning) throws IOException {
        ground.dir().wipe();
        try {
            take(beginning.begin());
        } catch (IOException e) {
            ground.dir().wipe();
            throw e;
        }
    }

    private NodeState found(Route.Init wanted, Address.Chosen addr, String listen)
            throws IOException {
        Founding.Wish wish = new Founding.Wish(wanted.spec().orElse(ClusterSpec.initial()),
                addr, listen, wanted.availability().orElse(Node.Availability.ACTIVE), describe(),
                wanted.defaultAddrPool(), wanted.subnetSize(), wanted.dataPathPort());
        Wal wal = Wal.create(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES);
        try {
            return new Founding(ground.chance(), Time.wall()).found(wish, wal, ground.files());
        } finally {
            wal.close();
        }
    }

    /// What the engine says of this machine; hardly anything when none answers, which is no reason
    /// not to be a manager.
    private Node.Description describe() throws IOException {
        TlsInfo none = TlsInfo.NONE;
        return switch (ground.engine().perform(new EngineCall.Describe())) {
            case EngineAnswer.Described said -> new Node.Description(ground.hostname(),
                    said.platform(), said.resources(), said.engine(), none);
            case EngineAnswer.Failed failed when failed.cause() == EngineAnswer.Cause.REFUSED ->
                throw new IOException(failed.message());
            case EngineAnswer.Failed _, EngineAnswer.Done _, EngineAnswer.Listed _,
                 EngineAnswer.Inspected _, EngineAnswer.Created _ ->
                new Node.Description(ground.hostname(), new Placement.Platform("", ""),
                        Resources.NONE, Node.Description.UNSAID.engine(), none);
        };
    }

    /// Waits until the founded swarm answers, and gives its first node's id.
    private static ApiAnswer ready(Member member) {
        return switch (member.manager().orElseThrow().read()) {
            case ManagerOutput.Readable _ ->
                ApiAnswer.json(200, new Json.Str(member.state().node().text()));
            case ManagerOutput.Answer refused -> refused.answer();
            case ManagerOutput.Leaderless refused -> refused.answer();
            case ManagerOutput _ -> ApiAnswer.error(500, "no answer to a read");
        };
    }

    private ApiAnswer join(Route.Join wanted) throws IOException {
        if (member.isPresent()) {
            return ApiAnswer.error(503, Messages.ALREADY_IN_A_SWARM);
        }
        begin(() -> new Joining(ground, wanted).join());
        return member.orElseThrow().settled(JOINED_MS) ? ApiAnswer.empty(200)
                : ApiAnswer.error(503, Messages.JOIN_GOES_ON);
    }

    private ApiAnswer leave(boolean force) throws IOException {
        if (member.isEmpty()) {
            return ApiAnswer.error(503, Messages.NOT_IN_A_SWARM);
        }
        Member leaving = member.get();
        if (!force && leaving.manager().isPresent()) {
            return ApiAnswer.error(503, Messages.leavingManager(
                    leaving.addresses().managers().size()));
        }
        leaving.sayGoodbye();
        forget(leaving);
        return ApiAnswer.empty(200);
    }

    /// The swarm has removed this node: nothing is left to stay for.
    private synchronized void removed(Member gone) {
        if (member.equals(Optional.of(gone))) {
            ground.log().say("this node was removed from the swarm, and leaves it");
            try {
                forget(gone);
            } catch (IOException e) {
                ground.broken().accept(e);
            }
        }
    }

    private void forget(Member leaving) throws IOException {
        member = Optional.empty();
        leaving.close();
        ground.dir().wipe();
        removeContainers(leaving.state());
    }

    /// What cannot be removed now (the engine is away) is named in the log and left: it carries our
    /// label with an id that no swarm has any more.
    private void removeContainers(NodeState state) {
        EngineCall list = new EngineCall.ListContainers(Owner.LABEL,
                Owner.of(state.cluster(), state.node()));
        switch (ground.engine().perform(list)) {
            case EngineAnswer.Listed listed -> listed.containers().forEach(this::remove);
            case EngineAnswer.Failed failed ->
                ground.log().say("left the swarm, but its containers could not be listed: "
                        + failed.message());
            case EngineAnswer.Done _, EngineAnswer.Described _, EngineAnswer.Inspected _,
                 EngineAnswer.Created _ -> { }
        }
    }

    private void remove(Container container) {
        if (ground.engine().perform(new EngineCall.Remove(container.id()))
                instanceof EngineAnswer.Failed failed) {
            ground.log().say("container " + container.name() + " is left behind: "
                    + failed.message());
        }
    }
}

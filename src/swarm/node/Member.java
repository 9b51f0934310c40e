package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import swarm.agent.Agent;
import swarm.agent.AgentConfig;
import swarm.agent.AgentInput;
import swarm.agent.Restored;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Messages;
import swarm.api.Route;
import swarm.disk.Seal;
import swarm.disk.Snapshots;
import swarm.disk.StateDir;
import swarm.disk.StateFiles;
import swarm.dispatcher.AgentMessage;
import swarm.engine.Engine;
import swarm.json.JsonException;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.Ids;
import swarm.node.Question.Reply;

/// A node that is in a swarm: its agent, its part as a manager if it has one, and the ways to the
/// managers: the agent's link, and the courier of what this node or its clients ask of others.
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

    /// Stands for this node's own manager, whatever its address.
    private static final String OWN = "";
    /// How long one try to say goodbye may take.
    private static final long TRY_MS = 2_500;
    private static final long RETRY_MS = 50;
    /// How long a node that goes waits to be told that the others know.
    private static final long LEAVE_MS = 5_000;
    /// The answer to a manager that goes: raft does not do without it yet.
    private static final int NOT_YET = 202;

    private final Ground ground;
    private final Credentials credentials;
    private final AddressBook addresses;
    private final Courier courier;
    private final TaskLogs taskLogs;
    private final AgentLoop agent;
    private final AgentLink link;
    private final Roles roles;

    private Member(Ground ground, NodeState state, Consumer<Member> removed)
            throws IOException {
        this.ground = ground;
        credentials = new Credentials(NodeState.identity(ground.files()),
                NodeState.root(ground.files()), ground.chance());
        addresses = AddressBook.open(ground.files(), ground.log());
        courier = new Courier(credentials::dialer);
        taskLogs = new TaskLogs(state.node(), ground.engine(), credentials::dialer,
                ground.log());
        Mailbox<AgentInput> mailbox = new Mailbox<>();
        roles = new Roles(ground, state, new Roles.Means(credentials, addresses, taskLogs),
                () -> removed.accept(this));
        link = new AgentLink(new AgentLink.Surroundings(this::managers, credentials::dialer,
                addr -> manager().filter(part -> addr.equals(OWN) || part.at(addr))
                        .map(part -> part.own(state.addr())),
                input -> hear(input, mailbox), ground.log()::say));
        agent = agent(state, mailbox);
    }

    /// Starts the node as its state directory left it. `removed` is told when the swarm has this
    /// node no more, on a thread that the node's end waits for.
    ///
    /// @throws IOException in one sentence, when the state cannot be read or is damaged, or the
    ///     manager's port cannot be had
    static Member start(Ground ground, NodeState state, Consumer<Member> removed)
            throws IOException {
        Member member = new Member(ground, state, removed);
        member.roles.start(member.agent::inSession);
        member.agent.start();
        return member;
    }

    NodeState state() {
        return roles.state();
    }

    /// Where the agent may dial, its own manager first.
    private List<String> managers() {
        List<String> all = new ArrayList<>(manager().isPresent() ? List.of(OWN) : List.of());
        all.addAll(addresses.addresses());
        return all;
    }

    Optional<ManagerPart> manager() {
        return roles.manager();
    }

    AddressBook addresses() {
        return addresses;
    }

    /// A client's read or write, answered by the leader, or by this manager as it can.
    ApiAnswer answer(ApiRequest request, Route.Swarm route) {
        Optional<ManagerPart> part = manager();
        return part.isEmpty() ? ApiAnswer.error(503, Messages.WORKER)
                : new Errand(part.get(), courier, request, route, Ids.draw(ground.chance())).run();
    }

    private Reply ask(String addr, Question question, long replyMs) {
        try {
            return courier.ask(addr, question, replyMs);
        } catch (IOException lost) {
            return new Reply.Elsewhere("");
        }
    }

    /// Gives a client the output that it asks for, or says why it does not.
    Optional<ApiAnswer> logs(Route.LogTarget target, LogClient client) throws IOException {
        Optional<ManagerPart> part = manager();
        return part.isEmpty() ? Optional.of(ApiAnswer.error(503, Messages.WORKER))
                : new LogRelay(part.get(), credentials::dialer).serve(target, client);
    }

    /// Waits until the swarm knows this node as what it is: a worker when a manager has granted its
    /// agent a session, a manager when it is a voter that knows its own row. False if not in time.
    boolean settled(long ms) {
        long deadline = Time.now() + ms;
        while (Time.now() < deadline) {
            if (agent.inSession() && manager().map(ManagerPart::votes).orElse(true)) {
                return true;
            }
            Time.pause(RETRY_MS);
        }
        return false;
    }

    /// Hands the leadership on, if this node has it and there is another manager.
    void handOver() {
        manager().ifPresent(ManagerPart::handOver);
    }

    /// Tells the managers that this node goes, as far as one can be told in a few seconds. One that
    /// leads hands over first; a manager stays until raft does without it, for a member that is
    /// gone before it is removed counts as one that is lost.
    void sayGoodbye() {
        roles.close();
        List<String> others = addresses.addresses().stream().filter(addr ->
                manager().isEmpty() || !addr.equals(state().advertised())).toList();
        if (others.isEmpty()) {
            return;
        }
        handOver();
        long deadline = Time.now() + LEAVE_MS;
        String hint = "";
        for (int turn = 0; Time.now() < deadline; turn++) {
            String addr = hint.isEmpty() ? others.get(turn % others.size()) : hint;
            switch (ask(addr, new Question.Leave(), TRY_MS)) {
                case Reply.Elsewhere elsewhere ->
                    hint = others.contains(elsewhere.addr()) ? elsewhere.addr() : "";
                case Reply.Answered(var answer) when answer.status() == NOT_YET -> hint = addr;
                case Reply _ -> {
                    return;
                }
            }
            Time.pause(RETRY_MS);
        }
    }

    /// Ends the threads; containers go on running.
    @Override public void close() throws IOException {
        roles.close();
        link.close();
        taskLogs.close();
        agent.close();
        courier.close();
        if (manager().isPresent()) {
            manager().get().close();
        }
    }

    private AgentLoop agent(NodeState state, Mailbox<AgentInput> mailbox) throws IOException {
        if (credentials.identity().expiredAt(Time.wall())) {
            ground.log().say("this node's certificate has expired; other nodes will refuse it");
        }
        AgentConfig config = new AgentConfig(state.node(), state.cluster(),
                Ids.draw(ground.chance()), ground.hostname(),
                Founding.tlsInfo(credentials.root()));
        Agent machine = new Agent(config, restored(ground.files()), ground.chance(), Time.now());
        return new AgentLoop(machine, mailbox, ground.engine(), new AgentLoop.Surroundings(
                link, roles, ground.files(), ground.log(), ground.broken()));
    }

    /// What a manager says is for the agent, but for its orders for output.
    private void hear(AgentInput input, Mailbox<AgentInput> mailbox) {
        if (input instanceof AgentInput.FromManager(AgentMessage.Logs order)) {
            taskLogs.pour(order);
        } else {
            mailbox.put(input);
        }
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
}

package sim;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import swarm.agent.Agent;
import swarm.agent.AgentConfig;
import swarm.agent.AgentEvent;
import swarm.agent.AgentInput;
import swarm.agent.AgentOutput;
import swarm.agent.Restored;
import swarm.dispatcher.AgentMessage;
import swarm.dispatcher.Dispatcher;
import swarm.json.JsonException;
import swarm.model.Ids;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TlsInfo;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Moment;
import swarm.store.Store;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Agents, their engines, a dispatcher and the store in one thread and virtual time, without raft:
/// what is proposed on the tip is committed a little later, and thrown away when the leader is
/// changed in between. Links can be slow, cut or closed; agents and engines can die and come back.
/// Managers that do not lead are no more than what they answer: nobody's name during an election,
/// the leader's after it.
public final class AgentWorld {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final long COMMIT_MS = 5;
    private static final long LINK_MS = 2;
    private static final long DIAL_MS = 20;
    private static final String LEADER = "10.0.0.9:2377";

    private final RandomGenerator chance;
    private final SortedMap<NodeId, Host> hosts = new TreeMap<>();
    private final Deque<Commit> commits = new ArrayDeque<>();
    private final List<Due> dues = new ArrayList<>();
    private Dispatcher dispatcher;
    private View tip = View.empty();
    private View committed = View.empty();
    private int leaky;
    private int astray;
    private long electedAt;
    private long now = 1_000_000;
    private long dueNumber;

    /// One machine: its agent while it lives, its engine, and what its disk holds.
    public static final class Host {
        private final NodeId id;
        private final SimEngine engine;
        private Optional<Agent> agent = Optional.empty();
        private byte[] saved = new byte[0];
        private boolean cut;
        private boolean linked;
        private boolean toLeader;
        private int link;
        private final List<AgentEvent> events = new ArrayList<>();
        private final List<AgentOutput.Belongs> belongs = new ArrayList<>();
        private final List<AgentMessage.ToManager> said = new ArrayList<>();
        private final List<AgentMessage.ToAgent> heard = new ArrayList<>();

        Host(NodeId id, SimEngine engine) {
            this.id = id;
            this.engine = engine;
        }

        public NodeId id() {
            return id;
        }

        public SimEngine engine() {
            return engine;
        }

        public List<AgentEvent> events() {
            return events;
        }

        public List<AgentOutput.Belongs> belongs() {
            return belongs;
        }

        public List<AgentMessage.ToManager> said() {
            return said;
        }

        public List<AgentMessage.ToAgent> heard() {
            return heard;
        }
    }

    private record Commit(long at, View view, List<StoreEvent> events) { }

    private record Due(long at, long number, Runnable what) { }

    public AgentWorld(RandomGenerator chance, List<String> nodes) {
        this.chance = chance;
        for (String node : nodes) {
            hosts.put(new NodeId(node), new Host(new NodeId(node), new SimEngine(chance)));
        }
        lead();
        change(nodes.stream().<Change>map(node ->
                new Change.Create(Objects.node(node, Node.State.UNKNOWN))).toList());
        hosts.values().forEach(this::boot);
    }

    public Host host(String node) {
        return hosts.get(new NodeId(node));
    }

    public View view() {
        return committed;
    }

    public View tip() {
        return tip;
    }

    public long now() {
        return now;
    }

    public Task task(String id) {
        return committed.task(new TaskId(id)).orElseThrow();
    }

    /// Somebody's changes, decided on the tip.
    public void change(List<Change> changes) {
        propose(List.of(Transaction.of(changes)));
    }

    /// Starts the agent's process on what its disk holds.
    public void boot(Host host) {
        AgentConfig config = new AgentConfig(host.id, "cluster", Ids.draw(chance),
                host.id + ".host", TlsInfo.NONE);
        host.agent = Optional.of(new Agent(config, restored(host), chance, now));
        step(host, new AgentInput.Tick());
    }

    /// Kills the agent's process; its containers go on.
    public void kill(Host host) {
        host.agent = Optional.empty();
        host.engine.agentDied();
        host.linked = false;
        host.link++;
        dispatcher.onLinkClosed(host.id);
    }

    /// The host's disk holds nothing any more.
    public void wipe(Host host) {
        host.saved = new byte[0];
    }

    public boolean lives(Host host) {
        return host.agent.isPresent();
    }

    /// Messages of the host are lost from now on, or go through again; nobody is told.
    public void cut(Host host, boolean on) {
        host.cut = on;
    }

    /// One message in so many is dropped by a full mailbox; 0 for none.
    public void leaky(int oneIn) {
        leaky = oneIn;
    }

    /// One dial in so many reaches a manager that does not lead, unless a leader was named; 0 for
    /// none.
    public void astray(int oneIn) {
        astray = oneIn;
    }

    /// The leader is lost; there is another after so long, and until then nobody leads.
    public void elect(long ms) {
        lead();
        electedAt = now + ms;
        after(ms, this::takeOver);
    }

    /// Another leader, who knows what is committed and nothing else; all links close.
    public void lead() {
        takeOver();
        for (Host host : hosts.values()) {
            host.linked = false;
            host.link++;
            step(host, new AgentInput.LinkDown("the leader changed"));
        }
        round();
    }

    private void takeOver() {
        commits.clear();
        tip = committed;
        dispatcher = new Dispatcher();
        dispatcher.onStart(tip, moment());
    }

    /// Lets time go on.
    public void run(long ms) {
        long until = now + ms;
        int turns = 0;
        while (next() <= until) {
            turns = next() > now ? 0 : turns + 1;
            if (turns > 10_000) {
                throw new IllegalStateException("time stands still at " + now + ": "
                        + dispatcher.deadline() + " " + hosts.values().stream().map(host ->
                        host.agent.map(Agent::deadline) + " " + host.engine.next()).toList());
            }
            now = Math.max(now, next());
            turn();
        }
        now = until;
    }

    /// The process of the leader stands still: messages wait, its clock goes on.
    public void freezeLeader(long ms) {
        now += ms;
    }

    private void turn() {
        while (!commits.isEmpty() && commits.peek().at <= now) {
            Commit commit = commits.poll();
            committed = commit.view;
            commit.events.forEach(dispatcher::onCommitted);
        }
        dues.stream().filter(due -> due.at <= now)
                .min((a, b) -> Long.compare(a.number, b.number)).ifPresent(due -> {
                    dues.remove(due);
                    due.what.run();
                });
        for (Host host : hosts.values()) {
            for (AgentInput input : host.engine.run(now)) {
                step(host, input);
            }
            if (host.agent.filter(agent -> agent.deadline() <= now).isPresent()) {
                step(host, new AgentInput.Tick());
            }
        }
        round();
    }

    private long next() {
        long next = dispatcher.deadline();
        next = commits.isEmpty() ? next : Math.min(next, commits.peek().at);
        for (Due due : dues) {
            next = Math.min(next, due.at);
        }
        for (Host host : hosts.values()) {
            next = Math.min(next, host.engine.next());
            next = Math.min(next, host.agent.map(Agent::deadline).orElse(Long.MAX_VALUE));
        }
        return next;
    }

    private void round() {
        List<Transaction> decided = dispatcher.decide(tip, moment());
        for (int turn = 0; !decided.isEmpty(); turn++) {
            if (turn > 1_000) {
                throw new IllegalStateException("the dispatcher never has enough: " + decided);
            }
            propose(decided);
            decided = dispatcher.decide(tip, moment());
        }
        for (Dispatcher.Told told : dispatcher.tell(committed, moment())) {
            Host host = hosts.get(told.to());
            if (host.toLeader) {
                answer(host, told.message());
            }
        }
    }

    private void answer(Host host, AgentMessage.ToAgent message) {
        int link = host.link;
        after(LINK_MS, () -> {
            if (arrives(host, link)) {
                host.heard.add(message);
                step(host, new AgentInput.FromManager(message));
            }
        });
    }

    private void receive(Host host, AgentMessage.ToManager message) {
        if (now < electedAt) {
            answer(host, Dispatcher.notLeading(message, ""));
        } else if (host.toLeader) {
            dispatcher.onMessage(host.id, "10.0.0.1", message, now);
        } else {
            answer(host, Dispatcher.notLeading(message, LEADER));
        }
    }

    private void propose(List<Transaction> transactions) {
        Store.Applied applied = Store.apply(tip, tip.index() + 1,
                new Command(wall(), transactions));
        for (var outcome : applied.outcomes()) {
            if (!(outcome instanceof swarm.store.Outcome.Done)) {
                throw new IllegalStateException("refused: " + outcome + " of " + transactions);
            }
        }
        tip = applied.view();
        commits.add(new Commit(now + COMMIT_MS, tip, applied.events()));
        applied.events().forEach(event -> dispatcher.onEvent(event, tip));
    }

    private void step(Host host, AgentInput input) {
        host.agent.ifPresent(agent -> {
            for (AgentOutput output : agent.step(now, wall(), input)) {
                perform(host, output);
            }
        });
    }

    private void perform(Host host, AgentOutput output) {
        switch (output) {
            case AgentOutput.ToManager to -> {
                host.said.add(to.message());
                int link = host.link;
                after(LINK_MS, () -> {
                    if (arrives(host, link)) {
                        receive(host, to.message());
                    }
                });
            }
            case AgentOutput.Call call -> host.engine.call(call.callId(), call.call(), now);
            case AgentOutput.Save save -> host.saved = save.state();
            case AgentOutput.Redial redial -> {
                Optional<Agent> dialler = host.agent;
                boolean lost = astray > 0 && redial.to().isEmpty() && chance.nextInt(astray) == 0;
                after(DIAL_MS, () -> {
                    if (!host.cut && host.agent.equals(dialler)) {
                        host.linked = true;
                        host.toLeader = !lost;
                        host.link++;
                        step(host, new AgentInput.LinkUp());
                    }
                });
            }
            case AgentOutput.Belongs belongs -> host.belongs.add(belongs);
            case AgentOutput.Event event -> host.events.add(event.event());
        }
    }

    private boolean arrives(Host host, int link) {
        boolean dropped = leaky > 0 && chance.nextInt(leaky) == 0;
        return host.linked && !host.cut && host.link == link && !dropped;
    }

    private void after(long ms, Runnable what) {
        dues.add(new Due(now + ms, ++dueNumber, what));
    }

    private static Restored restored(Host host) {
        try {
            return Restored.fromBytes(host.saved);
        } catch (JsonException e) {
            throw new IllegalStateException(e);
        }
    }

    private Moment moment() {
        return new Moment(now, wall(), chance);
    }

    private Instant wall() {
        return EPOCH.plusMillis(now);
    }

    /// Names of all containers on the host's engine that run.
    public static SortedSet<String> alive(Host host) {
        SortedSet<String> names = new TreeSet<>();
        host.engine.containers().stream().filter(container -> container.alive())
                .forEach(container -> names.add(container.name()));
        return names;
    }
}

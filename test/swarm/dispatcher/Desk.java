package swarm.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import sim.Objects;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Moment;
import swarm.store.Store;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// A dispatcher by hand: two nodes, a tip, and what of it is committed, when the test says so.
class Desk {
    static final NodeId N1 = new NodeId("n1");
    static final Instant WALL = Instant.parse("2026-01-01T00:00:00Z");
    static final Node.Description DESCRIPTION = new Node.Description("host",
            Node.Description.UNSAID.platform(), Node.Description.UNSAID.resources(),
            Node.Description.UNSAID.engine(), Node.Description.UNSAID.tlsInfo());

    final Random chance = new Random(1);
    final List<StoreEvent> uncommitted = new ArrayList<>();
    Dispatcher dispatcher = new Dispatcher();
    View tip = View.empty();
    View committed = View.empty();
    long now = 1_000_000;

    @BeforeEach
    void twoNodesAreKnown() {
        change(new Change.Create(Objects.node("n1", Node.State.UNKNOWN)));
        change(new Change.Create(Objects.node("n2", Node.State.READY)));
        commit();
        lead();
    }

    void lead() {
        dispatcher = new Dispatcher();
        dispatcher.onStart(tip, moment());
    }

    void say(NodeId from, AgentMessage.ToManager message) {
        dispatcher.onMessage(from, "10.0.0.1", message, now);
    }

    String register(String boot) {
        say(N1, new AgentMessage.Register(boot, DESCRIPTION));
        String session = ((AgentMessage.Session) settle().getFirst()).session();
        say(N1, new AgentMessage.Assigned(session, 1));
        return session;
    }

    List<AgentMessage.ToAgent> settle() {
        round();
        commit();
        return tell();
    }

    void round() {
        for (List<Transaction> decided = dispatcher.decide(tip, moment()); !decided.isEmpty();
                decided = dispatcher.decide(tip, moment())) {
            propose(decided);
        }
        assertTrue(dispatcher.deadline() > now, "it has decided, yet it asks to be called");
    }

    void change(Change change) {
        propose(List.of(Transaction.of(change)));
    }

    void propose(List<Transaction> transactions) {
        Store.Applied applied = Store.apply(tip, tip.index() + 1, new Command(WALL, transactions));
        applied.outcomes().forEach(outcome ->
                assertInstanceOf(swarm.store.Outcome.Done.class, outcome));
        tip = applied.view();
        applied.events().forEach(event -> dispatcher.onEvent(event, tip));
        uncommitted.addAll(applied.events());
    }

    void commit() {
        committed = tip;
        uncommitted.forEach(dispatcher::onCommitted);
        uncommitted.clear();
    }

    List<AgentMessage.ToAgent> tell() {
        return dispatcher.tell(committed, moment()).stream()
                .filter(told -> told.to().equals(N1)).map(Dispatcher.Told::message).toList();
    }

    AgentMessage.TaskChanges changes() {
        List<AgentMessage.ToAgent> told = tell();
        assertEquals(1, told.size(), told.toString());
        return (AgentMessage.TaskChanges) told.getFirst();
    }

    /// Lets time pass as the manager does: it wakes the loop when it asks to be woken.
    void pass(long ms) {
        long until = now + ms;
        while (dispatcher.deadline() <= until) {
            now = Math.max(now, dispatcher.deadline());
            round();
        }
        now = until;
        round();
    }

    Moment moment() {
        return new Moment(now, WALL, chance);
    }

    Node node(View view) {
        return view.node(N1).orElseThrow();
    }

    Task task(String id) {
        return tip.task(new TaskId(id)).orElseThrow();
    }
}

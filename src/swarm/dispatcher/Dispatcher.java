package swarm.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.model.Cluster;
import swarm.model.Ids;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// The leader's side of the conversation with all agents. What agents say is taken in by
/// [#onMessage], turned into changes on the tip by [#decide], and answered by [#tell] once the
/// committed view shows it, so that no agent knows what a lost leader might take back.
/// A leader change writes nothing by itself: nodes keep their state while they find the new leader,
/// and only those that do not come are marked down. (Departs: swarmkit marks all nodes unknown.)
/// (swarmkit manager/dispatcher/dispatcher.go)
public final class Dispatcher implements Loop {
    private static final long NS_PER_MS = 1_000_000;

    /// Registrations waiting to be decided: as many as the nodes of the largest swarm, and some.
    private static final int REGISTERING_MAX = 10_000;

    private final Liveness liveness = new Liveness();

    /// By node, from registration until the node is down, deleted or registers again.
    private final SortedMap<NodeId, NodeSession> sessions = new TreeMap<>();

    /// What nodes said to register, not yet decided; the newest of each node.
    private final SortedMap<NodeId, Registering> registering = new TreeMap<>();

    /// Nodes created in this leader's time that have still to be given a deadline.
    private final List<NodeId> fresh = new ArrayList<>();

    /// What needs no commit; emptied by each [#tell].
    private final List<Told> replies = new ArrayList<>();

    /// Where the managers are, sorted, as committed; made anew when `moved` says that it must be.
    private List<String> managers = List.of();
    private boolean moved = true;

    /// The heartbeat period in force, in ms; follows the cluster's spec.
    private long periodMs = 1_000;

    /// A message for one node's agent.
    public record Told(NodeId to, AgentMessage.ToAgent message) { }

    private record Registering(String addr, AgentMessage.Register message) { }

    /// What a manager that does not lead answers to anything; the leader's address may be empty.
    public static AgentMessage.ToAgent notLeading(AgentMessage.ToManager message, String leader) {
        return new AgentMessage.NotLeading(message.session(), leader);
    }

    @Override public void onStart(View view, Moment moment) {
        liveness.ran(moment.now());
        view.cluster().ifPresent(this::follow);
        List<Node> nodes = view.nodes();
        for (Node node : nodes) {
            if (node.status().state() == Node.State.DOWN) {
                liveness.down(node.id(), moment.now());
            } else {
                liveness.unheard(node.id(), moment.now(), periodMs, nodes.size());
            }
        }
    }

    @Override public void onEvent(StoreEvent event, View view) {
        switch (event.object()) {
            case Cluster cluster -> follow(cluster);
            case Node node -> {
                switch (event) {
                    case StoreEvent.Created _ -> fresh.add(node.id());
                    case StoreEvent.Deleted _ -> liveness.forget(node.id());
                    case StoreEvent.Updated updated -> follow(node, updated.before());
                }
            }
            case Service _, Task _ -> { }
        }
    }

    /// A node that leaves is down at once, by its own word: its session ends, so that the silence
    /// that follows is not taken for a failure. When it joins again it is waited for as a new one.
    private void follow(Node node, StoredObject before) {
        boolean away = before instanceof Node was && was.left();
        if (node.left()) {
            sessions.remove(node.id());
            liveness.left(node.id());
        } else if (away) {
            liveness.forget(node.id());
            fresh.add(node.id());
        }
    }

    /// Takes a message in; what it leads to comes with the next [#decide] and [#tell].
    public void onMessage(NodeId from, String addr, AgentMessage.ToManager message, long now) {
        liveness.ran(now);
        if (message instanceof AgentMessage.Register register) {
            if (registering.size() < REGISTERING_MAX) {
                registering.put(from, new Registering(addr, register));
            }
            return;
        }
        Optional<NodeSession> known = Optional.ofNullable(sessions.get(from))
                .filter(session -> session.id().equals(message.session()));
        known.ifPresentOrElse(session -> {
            session.spokeFrom(addr);
            hear(from, session, message, now);
        }, () -> replies.add(new Told(from,
                new AgentMessage.Refused(message.session(), "session invalid", true))));
    }

    /// The node has no link to this manager any more. Its session lives on for a link to come.
    public void onLinkClosed(NodeId from) {
        Optional.ofNullable(sessions.get(from)).ifPresent(NodeSession::linkClosed);
    }

    /// An event of the committed view, for the differences that agents are told.
    public void onCommitted(StoreEvent event) {
        switch (event.object()) {
            case Task task -> task.nodeId().map(sessions::get)
                    .filter(_ -> tellsAgent(event, task))
                    .ifPresent(session -> session.changed(task.id()));
            case Node node -> onNode(event, node);
            case Cluster _, Service _ -> { }
        }
    }

    private void onNode(StoreEvent event, Node node) {
        switch (event) {
            case StoreEvent.Created _ -> moved |= node.manager().isPresent();
            case StoreEvent.Updated updated -> {
                if (updated.before() instanceof Node before) {
                    moved |= !node.manager().equals(before.manager());
                    if (node.spec().role() != before.spec().role()) {
                        Optional.ofNullable(sessions.get(node.id()))
                                .ifPresent(NodeSession::membershipChanged);
                    }
                }
            }
            case StoreEvent.Deleted _ -> {
                moved |= node.manager().isPresent();
                Optional.ofNullable(sessions.remove(node.id())).ifPresent(session ->
                        replies.add(new Told(node.id(), new AgentMessage.Refused(session.id(),
                                "the node was removed from the swarm", false))));
            }
        }
    }

    @Override public List<Transaction> decide(View tip, Moment moment) {
        liveness.ran(moment.now());
        for (NodeId node : fresh) {
            liveness.unheard(node, moment.now(), periodMs, tip.nodes().size());
        }
        fresh.clear();
        List<Change> changes = new ArrayList<>();
        register(tip, moment);
        silent(tip, moment, changes);
        describe(tip, changes);
        statuses(tip, moment, changes);
        orphans(tip, moment, changes);
        return changes.isEmpty() ? List.of() : List.of(Transaction.of(changes));
    }

    /// What the agents may be told now.
    public List<Told> tell(View committed, Moment moment) {
        liveness.ran(moment.now());
        List<Told> told = new ArrayList<>(replies);
        replies.clear();
        findManagers(committed);
        sessions.forEach((node, session) -> {
            for (AgentMessage.ToAgent message
                    : session.tell(committed, managers, periodMs, moment.now())) {
                told.add(new Told(node, message));
            }
        });
        return told;
    }

    @Override public long deadline() {
        boolean pending = !registering.isEmpty() || !fresh.isEmpty()
                || sessions.values().stream().anyMatch(NodeSession::pending);
        return pending ? 0 : liveness.deadline();
    }

    /// Looks through the nodes once per change, not once per session.
    private void findManagers(View committed) {
        if (moved) {
            moved = false;
            managers = committed.nodes().stream().flatMap(node -> node.manager().stream())
                    .map(Node.Manager::addr).sorted().toList();
            sessions.values().forEach(NodeSession::membershipChanged);
        }
    }

    private void follow(Cluster cluster) {
        periodMs = Math.max(1, cluster.spec().dispatcher().heartbeatPeriod() / NS_PER_MS);
    }

    private void hear(NodeId from, NodeSession session, AgentMessage.ToManager message, long now) {
        switch (message) {
            case AgentMessage.Register _ -> { }
            case AgentMessage.Heartbeat _ -> {
                liveness.heard(from, now, periodMs);
                replies.add(new Told(from,
                        new AgentMessage.HeartbeatHeard(session.id(), periodMs)));
            }
            case AgentMessage.Described described -> session.describes(described.description());
            case AgentMessage.Statuses statuses -> session.reports(statuses);
            case AgentMessage.Assigned assigned -> session.acknowledges(assigned.number(), now);
        }
    }

    /// Whether an agent is to hear of this: its task came, went, or more than the status changed.
    private static boolean tellsAgent(StoreEvent event, Task task) {
        return switch (event) {
            case StoreEvent.Created _, StoreEvent.Deleted _ -> NodeSession.assigned(task);
            case StoreEvent.Updated updated -> NodeSession.assigned(task)
                    && !(updated.before() instanceof Task before && NodeSession.assigned(before)
                    && task.withStatus(before.status()).stamped(before.version(),
                            before.createdAt(), before.updatedAt()).equals(before));
        };
    }

    private void register(View tip, Moment moment) {
        registering.forEach((node, waiting) -> refusal(tip, node, waiting).ifPresentOrElse(
                refused -> replies.add(new Told(node, refused)), () -> {
                    String id = Ids.draw(moment.chance());
                    sessions.put(node,
                            new NodeSession(node, id, waiting.message(), waiting.addr()));
                    liveness.heard(node, moment.now(), periodMs);
                }));
        registering.clear();
    }

    /// On the tip alone a node may be gone and yet be back, so it is not sent away for good.
    private Optional<AgentMessage.ToAgent> refusal(View tip, NodeId node, Registering waiting) {
        if (tip.node(node).isEmpty()) {
            return Optional.of(new AgentMessage.Refused("",
                    "node " + node + " is not a member of this swarm", true));
        }
        if (tip.node(node).filter(Node::left).isPresent()) {
            return Optional.of(new AgentMessage.Refused("", "node " + node
                    + " has left this swarm; it must join again", false));
        }
        return Optional.ofNullable(sessions.get(node))
                .filter(session -> session.heldBy(waiting.message().boot()))
                .map(other -> new AgentMessage.Refused("", "node " + node
                        + " is in use by another machine, at " + other.addr()
                        + "; a copy of a machine must leave the swarm and join on its own", true));
    }

    private void describe(View tip, List<Change> changes) {
        for (Map.Entry<NodeId, NodeSession> entry : sessions.entrySet()) {
            if (entry.getValue().pending() && changes.size() < BATCH_CHANGES) {
                tip.node(entry.getKey()).flatMap(entry.getValue()::takeRow)
                        .ifPresent(row -> changes.add(new Change.Update(row)));
            }
        }
    }

    private void silent(View tip, Moment moment, List<Change> changes) {
        for (NodeId id : liveness.silent(moment.now())) {
            if (changes.size() >= BATCH_CHANGES) {
                return;
            }
            liveness.down(id, moment.now());
            sessions.remove(id);
            tip.node(id).ifPresent(node -> changes.add(new Change.Update(node.withStatus(
                    new Node.Status(Node.State.DOWN, silence(node), node.status().addr())))));
        }
    }

    private static String silence(Node node) {
        return node.status().state() == Node.State.UNKNOWN
                ? "heartbeat failure for node in \"unknown\" state" : "heartbeat failure";
    }

    private void statuses(View tip, Moment moment, List<Change> changes) {
        StatusUpdates updates = new StatusUpdates(tip, moment.wall());
        for (Map.Entry<NodeId, NodeSession> entry : sessions.entrySet()) {
            if (changes.size() + updates.size() < BATCH_CHANGES) {
                entry.getValue().takeStatuses()
                        .ifPresent(statuses -> updates.add(entry.getKey(), statuses));
            }
        }
        updates.updated().forEach(task -> changes.add(new Change.Update(task)));
    }

    private void orphans(View tip, Moment moment, List<Change> changes) {
        for (NodeId node : liveness.lost(moment.now())) {
            List<Task> left = tip.tasksOn(node).stream().filter(task ->
                    NodeSession.assigned(task) && !task.state().terminal()).toList();
            for (Task task : left) {
                if (changes.size() >= BATCH_CHANGES) {
                    return;
                }
                changes.add(new Change.Update(task.withStatus(task.status().moved(moment.wall(),
                        TaskState.ORPHANED, "node has been down for 24 hours"))));
            }
            liveness.orphaned(node);
        }
    }
}

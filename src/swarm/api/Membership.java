package swarm.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import swarm.model.Cluster;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.View;

/// How nodes come into the swarm and leave it: what of it is in the store. A node's id is a digest
/// of its key, so a join can be repeated, and a machine that comes back with its key takes its old
/// row. The row says who has a seat in raft; the leader then makes raft's members follow.
public final class Membership {
    private Membership() { }

    /// The role that a join token grants; none when it is not, or no longer, one of the swarm's.
    public static Optional<Node.Role> roleOf(View view, String token) {
        Optional<Cluster.JoinTokens> tokens = view.cluster().map(Cluster::joinTokens);
        boolean worker = tokens.filter(all -> same(all.worker(), token)).isPresent();
        boolean manager = tokens.filter(all -> same(all.manager(), token)).isPresent();
        return manager ? Optional.of(Node.Role.MANAGER)
                : worker ? Optional.of(Node.Role.WORKER) : Optional.empty();
    }

    /// A machine joins as a worker.
    public static Deed worker(String token, NodeId id, Node.Availability availability,
            String addr) {
        return (tip, moment) -> {
            if (!roleOf(tip, token).equals(Optional.of(Node.Role.WORKER))) {
                return invalidToken();
            }
            Optional<Node> old = tip.node(id);
            if (old.flatMap(Node::manager).isPresent()) {
                return new Decision.Refuse(Rpc.ALREADY_EXISTS.error("node " + id + " is already a "
                        + "manager of this swarm; demote it, or let it leave the swarm first"));
            }
            return propose(row(old.orElseGet(() -> fresh(id, addr, moment.wall())),
                    Node.Role.WORKER, availability, addr));
        };
    }

    /// A machine that was dialled back takes a seat in raft, as `raftId` at `addr`: with a
    /// manager's token, or without any if an operator wants this node as a manager.
    public static Deed seat(Optional<String> token, NodeId id, long raftId, String addr,
            Node.Availability availability) {
        return (tip, moment) -> {
            Optional<Node> old = tip.node(id);
            boolean allowed = token.map(text -> roleOf(tip, text))
                    .orElseGet(() -> old.map(node -> node.spec().role()))
                    .equals(Optional.of(Node.Role.MANAGER));
            if (!allowed) {
                return invalidToken();
            }
            Optional<Node> holder = tip.nodes().stream().filter(node -> !node.id().equals(id)
                    && node.manager().filter(m -> m.addr().equals(addr)).isPresent()).findFirst();
            if (holder.filter(node -> node.status().state() != Node.State.DOWN).isPresent()) {
                return new Decision.Refuse(Rpc.ALREADY_EXISTS.error("node " + holder.get().id()
                        + " is a manager at " + addr + "; let this machine advertise another "
                        + "address, or wait until that node is down"));
            }
            Node before = old.orElseGet(() -> fresh(id, host(addr), moment.wall()));
            Node row = row(before, Node.Role.MANAGER, token.isPresent() ? availability
                    : before.spec().availability(), host(addr));
            List<Change> changes = new ArrayList<>();
            holder.ifPresent(node -> changes.add(new Change.Update(unseated(node))));
            changes.add(put(row.withManager(Optional.of(new Node.Manager(raftId, addr)))));
            return new Decision.Propose(changes, ApiAnswer.empty(200));
        };
    }

    /// A node leaves. Its row stays, as a worker that is down, until an operator removes it. A
    /// manager is a worker first, and asks again until raft does without it: 202 until then.
    public static Deed leave(NodeId id) {
        return (tip, _) -> {
            Optional<Node> node = tip.node(id);
            if (node.isEmpty()) {
                return new Decision.Propose(List.of(), ApiAnswer.empty(200));
            }
            Node worker = withRole(node.get(), Node.Role.WORKER);
            if (node.get().manager().isEmpty()) {
                return propose(worker.withStatus(new Node.Status(Node.State.DOWN, Node.LEFT,
                        node.get().status().addr())));
            }
            if (seats(tip).allMatch(other -> other.id().equals(id))) {
                return new Decision.Refuse(ApiAnswer.error(503, Messages.LAST_MANAGER));
            }
            return new Decision.Propose(worker.equals(node.get()) ? List.of()
                    : List.of(put(worker)), ApiAnswer.empty(202));
        };
    }

    /// The nodes that have a seat in raft and are to keep it.
    static Stream<Node> seats(View view) {
        return view.nodes().stream().filter(node -> node.manager().isPresent()
                && node.spec().role() == Node.Role.MANAGER);
    }

    private static Decision invalidToken() {
        return new Decision.Refuse(Rpc.INVALID_ARGUMENT.error(
                "A valid join token is necessary to join this cluster"));
    }

    /// Compares in a time that does not tell where they differ.
    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8),
                other.getBytes(StandardCharsets.UTF_8));
    }

    private static Node fresh(NodeId id, String addr, Instant now) {
        return new Node(id, Version.NONE, now, now,
                new Node.Spec("", new TreeMap<>(), Node.Role.WORKER, Node.Availability.ACTIVE),
                Node.Description.UNSAID, new Node.Status(Node.State.UNKNOWN, "", addr),
                Optional.empty());
    }

    /// The row with what the joining machine says. Whether it is heard is for its agent to show,
    /// who may do so again if the node had left.
    private static Node row(Node node, Node.Role role, Node.Availability availability,
            String addr) {
        Node.Spec spec = node.spec();
        return node.withSpec(new Node.Spec(spec.name(), spec.labels(), role, availability))
                .withStatus(node.left() ? new Node.Status(Node.State.UNKNOWN, "", addr)
                        : new Node.Status(node.status().state(), node.status().message(), addr));
    }

    private static Node unseated(Node node) {
        return withRole(node.withManager(Optional.empty()), Node.Role.WORKER);
    }

    private static Node withRole(Node node, Node.Role role) {
        Node.Spec spec = node.spec();
        return node.withSpec(new Node.Spec(spec.name(), spec.labels(), role,
                spec.availability()));
    }

    private static String host(String addr) {
        String host = addr.substring(0, Math.max(0, addr.lastIndexOf(':')));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Change put(Node node) {
        return node.version().equals(Version.NONE) ? new Change.Create(node)
                : new Change.Update(node);
    }

    private static Decision propose(Node node) {
        return new Decision.Propose(List.of(put(node)), ApiAnswer.empty(200));
    }
}

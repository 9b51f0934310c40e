package sim;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.TlsInfo;
import swarm.model.Version;
import swarm.raft.MemberId;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Transaction;

/// The first entry of a swarm's log.
final class Founder {
    private Founder() { }

    static Command objects(Machine machine, MemberId seat, long snapshotInterval) {
        ClusterSpec initial = ClusterSpec.initial();
        ClusterSpec spec = new ClusterSpec("default", new TreeMap<>(), initial.orchestration(),
                new ClusterSpec.Raft(snapshotInterval, Optional.of(0L), 500, 10, 1),
                initial.dispatcher(), initial.caConfig(), initial.taskDefaults(),
                initial.encryptionConfig());
        Cluster cluster = new Cluster(Machine.CLUSTER, Version.NONE, machine.wall(),
                machine.wall(), spec, TlsInfo.NONE, false, List.of(), 24, 4789,
                new Cluster.JoinTokens("w", "m"), "key", new Cluster.Epoch(1, "l"));
        Node node = new Node(machine.node, Version.NONE, machine.wall(), machine.wall(),
                new Node.Spec("", new TreeMap<>(), Node.Role.MANAGER, Node.Availability.ACTIVE),
                Node.Description.UNSAID,
                new Node.Status(Node.State.UNKNOWN, "", machine.host()),
                Optional.of(new Node.Manager(seat.number(), machine.addr())));
        return new Command(machine.wall(), List.of(Transaction.of(
                List.of(new Change.Create(cluster), new Change.Create(node)))));
    }
}

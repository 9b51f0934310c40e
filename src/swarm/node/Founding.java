package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.JoinToken;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.disk.StateFiles;
import swarm.disk.Wal;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.Ids;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.TlsInfo;
import swarm.model.Version;
import swarm.raft.Entry;
import swarm.raft.MemberId;
import swarm.raft.Recovered;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Transaction;

/// Makes a swarm out of nothing: root certificate, tokens, the first node's identity, and a log
/// whose first two entries are raft's configuration and the objects of swarm and node. All is
/// durable before the node's state file says that it is a member, so a founding that fails or is
/// killed leaves no half swarm.
final class Founding {
    /// Docker's subnet size and data port, which clients expect to see.
    private static final long SUBNET_SIZE = 24;
    private static final long DATA_PATH_PORT = 4789;
    private static final int LINEAGE_BYTES = 16;

    /// What the founder asks for, with its defaults filled in.
    record Wish(ClusterSpec spec, Address.Chosen addr, String listen,
            Node.Availability availability,
            Node.Description description, List<String> addrPool, long subnetSize,
            long dataPathPort) { }

    private final SecureRandom chance;
    private final Instant now;

    Founding(SecureRandom chance, Instant now) {
        this.chance = chance;
        this.now = now;
    }

    /// Founds the swarm on an empty log and returns who the node now is.
    NodeState found(Wish wish, Wal wal, StateFiles files) throws IOException {
        RootCa root = RootCa.make(now, chance);
        SigningKey key = NodeState.key(files, chance);
        SigningRequest request = SigningRequest.make(key, chance);
        NodeState state = new NodeState(new NodeId(request.nodeId()), Ids.draw(chance),
                chance.nextLong(1, Long.MAX_VALUE), wish.addr().address(), wish.addr().port(),
                wish.listen());
        Identity identity = new Identity(key, List.of(certificate(root, state, request)));
        Recovered first = Recovered.firstServer(new MemberId(state.raftId()));
        List<Entry> entries = new ArrayList<>(first.entries());
        entries.add(new Entry(2, 1, Entry.Kind.COMMAND, objects(wish, state, root).toBytes()));
        wal.saveHardState(first.hardState());
        wal.append(entries);
        wal.sync();
        state.write(files, identity, root.certificate());
        return state;
    }

    private Certificate certificate(RootCa root, NodeState state, SigningRequest request) {
        NodeName name =
                new NodeName(state.node().text(), NodeName.Role.MANAGER, state.cluster());
        return root.sign(request, name, RootCa.NODE_VALIDITY, now, chance);
    }

    private Command objects(Wish wish, NodeState state, RootCa root) {
        byte[] lineage = new byte[LINEAGE_BYTES];
        chance.nextBytes(lineage);
        Cluster cluster = new Cluster(state.cluster(), Version.NONE, now, now, wish.spec(),
                tlsInfo(root.certificate()), false, wish.addrPool(),
                wish.subnetSize() == 0 ? SUBNET_SIZE : wish.subnetSize(),
                wish.dataPathPort() == 0 ? DATA_PATH_PORT : wish.dataPathPort(),
                new Cluster.JoinTokens(JoinToken.draw(root.certificate(), chance).text(),
                        JoinToken.draw(root.certificate(), chance).text()),
                root.key().pem(), new Cluster.Epoch(1, HexFormat.of().formatHex(lineage)));
        Node node = new Node(state.node(), Version.NONE, now, now,
                new Node.Spec("", new TreeMap<>(), Node.Role.MANAGER, wish.availability()),
                wish.description(), new Node.Status(Node.State.UNKNOWN, "", wish.addr().address()),
                Optional.of(new Node.Manager(state.raftId(), wish.addr().text())));
        return new Command(now, List.of(Transaction.of(
                List.of(new Change.Create(cluster), new Change.Create(node)))));
    }

    /// A root certificate as Docker's API shows it.
    static TlsInfo tlsInfo(Certificate root) {
        Base64.Encoder base64 = Base64.getEncoder();
        return new TlsInfo(root.pem(), base64.encodeToString(root.subject()),
                base64.encodeToString(root.publicKey()));
    }
}

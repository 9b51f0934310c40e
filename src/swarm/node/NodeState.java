package swarm.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.MalformedException;
import swarm.ca.SigningKey;
import swarm.disk.StateDir;
import swarm.disk.StateFiles;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.NodeId;

/// What a node remembers of its membership across restarts, beside its log, its agent's tasks and
/// the managers' addresses: who it is, in which swarm, its number in raft (0: it is no manager),
/// the address by which it is known and, for managers, the port there, and where it listens as a
/// manager. Its presence in the state directory is what makes the node a member: it is written last
/// when one joins and removed first when one leaves.
record NodeState(NodeId node, String cluster, long raftId, String addr, long port,
        String listen) {
    private static final String FILE = "node.json";
    private static final String CERTIFICATE = "node.crt";
    private static final String KEY = StateDir.NODE_KEY;
    private static final String ROOT = "root.crt";
    /// No daemon runs on a damaged state, so nothing that needs one can help.
    private static final String CURE =
            "restore it from a copy, or move the directory away to start anew";

    /// What the directory holds; absent when the node is in no swarm.
    ///
    /// @throws IOException when it cannot be read or is damaged
    static Optional<NodeState> read(StateFiles files) throws IOException {
        Optional<byte[]> bytes = files.read(FILE);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(RecordCodec.fromBytes(NodeState.class, bytes.get()));
        } catch (JsonException e) {
            throw new IOException("the state directory's " + FILE + " is damaged ("
                    + e.getMessage() + "); " + CURE, e);
        }
    }

    /// What to say of a directory that holds a member's state, and not this.
    static String missing() {
        return "the state directory lacks " + FILE + " and holds a swarm's state; " + CURE;
    }

    /// Makes the node a member with this identity, of the machine's own key, under this root.
    void write(StateFiles files, Identity identity, Certificate root) throws IOException {
        files.replace(ROOT, bytes(root.pem()));
        certify(files, identity);
        write(files);
    }

    /// Keeps another certificate of the same key.
    static void certify(StateFiles files, Identity identity) throws IOException {
        files.replace(CERTIFICATE, bytes(identity.certificatePem()));
    }

    /// Changes what a member remembers.
    void write(StateFiles files) throws IOException {
        files.replace(FILE, RecordCodec.toBytes(this, Audience.LOG));
    }

    /// The same node with another seat in raft, or, with 0, none.
    NodeState seated(long number) {
        return new NodeState(node, cluster, number, addr, port, listen);
    }

    /// Where other managers dial this one, if it is one.
    String advertised() {
        return new Address.Chosen(addr, Math.toIntExact(port)).text();
    }

    /// Whether the node has a seat in raft.
    boolean manager() {
        return raftId != 0;
    }

    /// The key that this machine was given once; it outlives a membership, so that a node that
    /// joins again is the same node.
    static SigningKey key(StateFiles files, SecureRandom chance) throws IOException {
        if (files.read(KEY).isEmpty()) {
            SigningKey made = SigningKey.make(chance);
            files.replace(KEY, bytes(made.pem()));
            return made;
        }
        try {
            return SigningKey.fromPem(text(files, KEY));
        } catch (MalformedException e) {
            throw new IOException("the state directory's " + KEY + " is damaged ("
                    + e.getMessage() + "); " + CURE, e);
        }
    }

    /// The key and certificate beside it.
    static Identity identity(StateFiles files) throws IOException {
        try {
            return Identity.fromPem(text(files, CERTIFICATE), text(files, KEY));
        } catch (MalformedException e) {
            throw new IOException("the state directory's " + CERTIFICATE + " or " + KEY
                    + " is damaged (" + e.getMessage() + "); " + CURE, e);
        }
    }

    /// The root certificate that the node trusts.
    static Certificate root(StateFiles files) throws IOException {
        try {
            return Certificate.listFromPem(text(files, ROOT)).getFirst();
        } catch (MalformedException e) {
            throw new IOException("the state directory's " + ROOT + " is damaged ("
                    + e.getMessage() + "); " + CURE, e);
        }
    }

    private static String text(StateFiles files, String name) throws IOException {
        return new String(files.read(name).orElseThrow(
                () -> new IOException("the state directory lacks " + name
                        + "; " + CURE)),
                StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

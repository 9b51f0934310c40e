package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.MalformedException;
import swarm.ca.NodeName;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.disk.Wal;
import swarm.model.Node;
import swarm.node.Question.Known;
import swarm.node.Question.Reply;
import swarm.wire.Port;
import swarm.wire.Protocol;

/// How a node gets a seat in raft: it opens its port with the certificate that it has, asks the
/// leader, who dials back, and begins an empty log. What it was granted is the caller's to write
/// down: until then the node is no manager, and may ask again.
final class Seating {
    private Seating() { }

    /// What a node has that was given a seat.
    record Seat(NodeState state, Identity identity, List<Known> managers) { }

    /// Takes a seat: by a token, or, where that is empty, because an operator wants it.
    static Seat take(Member.Ground ground, NodeState state, Credentials credentials,
            Asker asker, Wanted wanted) throws IOException {
        SigningKey key = credentials.identity().key();
        Question.Seat question = new Question.Seat(wanted.token(),
                SigningRequest.make(key, ground.chance()).pem(), state.advertised(),
                wanted.availability());
        Reply reply;
        try (Port _ = Port.open(Address.socket(state.listen()), credentials::tls,
                (protocol, peer) -> onlyDialBack(protocol, peer, state.cluster()),
                _ -> { }, e -> ground.log().trouble("a connection failed", e))) {
            reply = asker.ask(question);
        }
        if (!(reply instanceof Reply.Seated seated)) {
            throw new IOException("the leader gave an answer that grants no seat");
        }
        ground.dir().forgetLog();
        Wal.create(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES).close();
        return new Seat(state.seated(seated.raftId()), identity(seated.certificate(), key),
                seated.managers());
    }

    /// By what right, and as what its row is begun.
    record Wanted(String token, Node.Availability availability) { }

    /// Brings a question to the leader.
    interface Asker {
        Reply ask(Question question) throws IOException;
    }

    private static Optional<String> onlyDialBack(Protocol protocol, Optional<NodeName> peer,
            String cluster) {
        boolean manager = peer.filter(name -> name.clusterId().equals(cluster)
                && name.role() == NodeName.Role.MANAGER).isPresent();
        return protocol == Protocol.HELLO && manager ? Optional.empty()
                : Optional.of("this node is not a manager yet");
    }

    /// What a manager signed, with the key that it is for.
    static Identity identity(String certificate, SigningKey key) throws IOException {
        try {
            return new Identity(key, Certificate.listFromPem(certificate));
        } catch (MalformedException | IllegalArgumentException e) {
            throw new IOException("the certificate that the manager signed is of no use: "
                    + e.getMessage(), e);
        }
    }
}

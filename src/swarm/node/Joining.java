package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import swarm.api.Route;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.JoinToken;
import swarm.ca.MalformedException;
import swarm.ca.NodeName;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.ca.Tls;
import swarm.disk.Wal;
import swarm.http.HttpException;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.node.Question.Known;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Port;
import swarm.wire.Protocol;

/// Brings this machine into a swarm. It asks a manager that is under the root which the token
/// means; one that does not lead names the leader. A worker is in when the leader has its row. A
/// manager gets a worker's certificate first, opens its port with it, and asks for a seat: the
/// leader dials back, and only if the node answers there is there a row at all. What is written is
/// written when everything is granted, so a join that is refused or interrupted leaves nothing.
final class Joining {
    /// What the join as a whole may take, a swarm without a leader included.
    private static final long PATIENCE_MS = 15_000;
    private static final long REPLY_MS = 12_000;
    private static final long RETRY_MS = 200;

    private final Member.Ground ground;
    private final Route.Join wanted;
    private final long deadline = Time.now() + PATIENCE_MS;

    Joining(Member.Ground ground, Route.Join wanted) {
        this.ground = ground;
        this.wanted = wanted;
    }

    /// Joins, and returns who this node now is.
    ///
    /// @throws IOException in one sentence, which names the cause; nothing has changed then
    NodeState join() throws IOException {
        JoinToken token = token();
        SigningKey key = NodeState.key(ground.files(), ground.chance());
        String request = SigningRequest.make(key, ground.chance()).pem();
        Dialer stranger = new Dialer(Tls.joining(token, Time::wall, ground.chance()));
        Question.Join question = new Question.Join(wanted.joinToken(), request,
                wanted.availability().orElse(Node.Availability.ACTIVE));
        Granted granted = ask(stranger, Protocol.JOIN, remotes(), question);
        if (!(granted.reply() instanceof Reply.Joined joined)) {
            throw new IOException("the manager at " + granted.addr()
                    + " gave an answer that fits no join");
        }
        Certificate root = root(joined, token);
        Address.Chosen addr = Address.towards(wanted.advertiseAddr(), granted.addr());
        String listen = Address.listen(wanted.listenAddr(), addr);
        Identity identity = identity(joined.certificate(), key);
        NodeState worker = new NodeState(new NodeId(identity.node().nodeId()), joined.cluster(),
                0, addr.address(), listen);
        return joined.role() == Node.Role.WORKER
                ? settle(worker, identity, root, joined.managers())
                : seat(worker, new Credentials(identity, root, ground.chance()), addr, granted);
    }

    private JoinToken token() throws IOException {
        try {
            return JoinToken.parse(wanted.joinToken());
        } catch (MalformedException e) {
            throw new HttpException(400, "invalid join token");
        }
    }

    private List<String> remotes() throws IOException {
        List<String> remotes = new java.util.ArrayList<>();
        for (String remote : wanted.remoteAddrs()) {
            remotes.add(Address.withPort(remote));
        }
        return remotes;
    }

    private static Certificate root(Reply.Joined joined, JoinToken token) throws IOException {
        try {
            Certificate root = Certificate.listFromPem(joined.root()).getFirst();
            if (token.means(root)) {
                return root;
            }
        } catch (MalformedException e) {
            throw new IOException("the manager's root certificate is malformed", e);
        }
        throw new IOException("remote CA does not match fingerprint.");
    }

    private static Identity identity(String certificate, SigningKey key) throws IOException {
        try {
            return new Identity(key, Certificate.listFromPem(certificate));
        } catch (MalformedException | IllegalArgumentException e) {
            throw new IOException("the certificate that the manager signed is of no use: "
                    + e.getMessage(), e);
        }
    }

    private NodeState seat(NodeState worker, Credentials credentials, Address.Chosen addr,
            Granted granted) throws IOException {
        String request = SigningRequest.make(credentials.identity().key(), ground.chance()).pem();
        Question.Seat question = new Question.Seat(wanted.joinToken(), request, addr.text(),
                wanted.availability().orElse(Node.Availability.ACTIVE));
        Granted seat;
        try (Port _ = Port.open(Address.socket(worker.listen()), credentials::tls,
                (protocol, peer) -> onlyDialBack(protocol, peer, worker.cluster()),
                _ -> { }, e -> ground.log().trouble("a connection failed", e))) {
            seat = ask(credentials.dialer(), Protocol.ASK, List.of(granted.addr()), question);
        }
        if (!(seat.reply() instanceof Reply.Seated seated)) {
            throw new IOException("the manager at " + seat.addr()
                    + " gave an answer that fits no manager's join");
        }
        Wal.create(ground.dir().log(), ground.seal(), Wal.SEGMENT_BYTES).close();
        return settle(new NodeState(worker.node(), worker.cluster(), seated.raftId(),
                worker.addr(), worker.listen()),
                identity(seated.certificate(), credentials.identity().key()),
                credentials.root(), seated.managers());
    }

    private static Optional<String> onlyDialBack(Protocol protocol, Optional<NodeName> peer,
            String cluster) {
        boolean manager = peer.filter(name -> name.clusterId().equals(cluster)
                && name.role() == NodeName.Role.MANAGER).isPresent();
        return protocol == Protocol.HELLO && manager ? Optional.empty()
                : Optional.of("this node is not a manager yet");
    }

    private NodeState settle(NodeState state, Identity identity, Certificate root,
            List<Known> managers) throws IOException {
        AddressBook.open(ground.files(), ground.log()).replace(managers);
        state.write(ground.files(), identity, root);
        return state;
    }

    /// A reply, and who gave it.
    private record Granted(String addr, Reply reply) { }

    /// Asks the managers in turn until one that leads has answered: each names the leader if it is
    /// another. A refusal ends it; that nobody leads, or one is not reached, does not while there
    /// is time and another to ask.
    private Granted ask(Dialer dialer, Protocol protocol, List<String> managers,
            Question question) throws IOException {
        IOException last = new IOException("no manager to ask");
        String hint = "";
        for (int turn = 0; Time.now() < deadline; turn++) {
            String addr = hint.isEmpty() ? managers.get(turn % managers.size()) : hint;
            hint = "";
            try (Link link = dialer.dial(addr, protocol, Courier.DIAL_MS)) {
                Reply reply = Courier.ask(link, question, REPLY_MS);
                switch (reply) {
                    case Reply.Elsewhere elsewhere -> {
                        hint = elsewhere.addr();
                        last = new IOException("the swarm has no leader now: the manager at "
                                + addr + " knows of none");
                    }
                    case Reply.Answered(var answer) ->
                        throw new HttpException(answer.status(), answer.message());
                    case Reply.Joined _, Reply.Seated _ -> {
                        return new Granted(addr, reply);
                    }
                }
            } catch (HttpException refused) {
                throw refused;
            } catch (IOException failed) {
                last = failed;
                if (turn >= managers.size()) {
                    throw failed;
                }
            }
            if (hint.isEmpty()) {
                Time.pause(RETRY_MS);
            }
        }
        throw last;
    }
}

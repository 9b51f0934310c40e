package swarm.node;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import swarm.api.Route;
import swarm.ca.Certificate;
import swarm.ca.Identity;
import swarm.ca.JoinToken;
import swarm.ca.MalformedException;
import swarm.ca.SigningKey;
import swarm.ca.SigningRequest;
import swarm.ca.Tls;
import swarm.http.HttpException;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.node.Question.Known;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Protocol;

/// Brings this machine into a swarm. It asks a manager that is under the root which the token
/// means; one that does not lead names the leader. A worker is in when the leader has its row. A
/// manager gets a worker's certificate first, opens its port with it, and asks for a seat: the
/// leader dials back, and only if the node answers there is there a row at all. What is written is
/// written when everything is granted, so a join that is refused or interrupted leaves nothing.
final class Joining {
    /// What the join as a whole may take, a swarm without a leader included.
    private static final long PATIENCE_MS = 15_000;

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
        Asking.Granted granted = new Asking(stranger, Protocol.JOIN, deadline)
                .ask(remotes(), question);
        if (!(granted.reply() instanceof Reply.Joined joined)) {
            throw new IOException("the manager at " + granted.addr()
                    + " gave an answer that fits no join");
        }
        Certificate root = root(joined, token);
        Address.Chosen addr = Address.towards(wanted.advertiseAddr(), granted.addr());
        String listen = Address.listen(wanted.listenAddr(), addr);
        Identity identity = Seating.identity(joined.certificate(), key);
        NodeState worker = new NodeState(new NodeId(identity.node().nodeId()), joined.cluster(),
                0, addr.address(), addr.port(), listen);
        return joined.role() == Node.Role.WORKER
                ? settle(worker, identity, root, joined.managers())
                : seat(worker, new Credentials(identity, root, ground.chance()), granted.addr());
    }

    private JoinToken token() throws IOException {
        try {
            return JoinToken.parse(wanted.joinToken());
        } catch (MalformedException e) {
            throw new HttpException(400, "invalid join token");
        }
    }

    private List<String> remotes() throws IOException {
        List<String> remotes = new ArrayList<>();
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

    private NodeState seat(NodeState worker, Credentials credentials, String leader)
            throws IOException {
        Asking asking = new Asking(credentials.dialer(), Protocol.ASK, deadline);
        Seating.Seat seat = Seating.take(ground, worker, credentials,
                question -> asking.ask(List.of(leader), question).reply(),
                new Seating.Wanted(wanted.joinToken(),
                        wanted.availability().orElse(Node.Availability.ACTIVE)));
        return settle(seat.state(), seat.identity(), credentials.root(), seat.managers());
    }

    private NodeState settle(NodeState state, Identity identity, Certificate root,
            List<Known> managers) throws IOException {
        AddressBook.open(ground.files(), ground.log()).replace(managers);
        state.write(ground.files(), identity, root);
        return state;
    }
}

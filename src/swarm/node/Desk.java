package swarm.node;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import swarm.api.Api;
import swarm.api.ApiAnswer;
import swarm.api.Deed;
import swarm.api.Membership;
import swarm.api.Route;
import swarm.ca.Certificate;
import swarm.ca.MalformedException;
import swarm.ca.NodeName;
import swarm.ca.RootCa;
import swarm.ca.SigningRequest;
import swarm.json.JsonException;
import swarm.manager.ManagerOutput;
import swarm.model.Cluster;
import swarm.model.Ids;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.node.Question.Known;
import swarm.node.Question.Reply;
import swarm.store.View;
import swarm.wire.Link;
import swarm.wire.Protocol;
import swarm.wire.Rights;

/// Where a manager answers what other nodes ask: to be let in, to become a manager, to go, and what
/// clients asked of managers that do not lead. One link's questions are answered in turn, on the
/// link's own thread. A manager that does not lead says who does and decides nothing.
final class Desk {
    /// A manager must be reached from the leader in this time, or it would be none.
    private static final long DIAL_BACK_MS = 2_000;
    private static final String NOT_THE_ASKERS =
            "the signing request is not of the asking node's key";

    private final ManagerPart manager;
    private final Credentials credentials;
    private final SecureRandom chance;

    Desk(ManagerPart manager, Credentials credentials, SecureRandom chance) {
        this.manager = manager;
        this.credentials = credentials;
        this.chance = chance;
    }

    /// Answers until the asker ends the link.
    void serve(Link link) throws IOException {
        try {
            for (byte[] frame = link.receive(); frame.length > 0; frame = link.receive()) {
                Optional<Reply> reply = answer(link, Question.of(frame));
                if (reply.isEmpty()) {
                    return;
                }
                link.send(Question.frame(reply.get()));
            }
        } catch (EOFException left) {
            return;
        } catch (JsonException e) {
            throw new IOException("a question from " + link.remoteAddress() + " cannot be read: "
                    + e.getMessage(), e);
        }
    }

    /// Empty when the link has served for a stream, and is done.
    private Optional<Reply> answer(Link link, Question question) throws IOException {
        Optional<String> refusal = refusal(link, question);
        if (refusal.isPresent()) {
            return Optional.of(refused(403, refusal.get()));
        }
        return switch (question) {
            case Question.Join join -> Optional.of(join(join, link.remoteAddress()));
            case Question.Seat seat -> Optional.of(seat(seat, asker(link)));
            case Question.Leave _ -> Optional.of(
                    write(Membership.leave(asker(link)), Reply.Answered::new));
            case Question.Renew renew -> Optional.of(renew(renew, asker(link)));
            case Question.Row _ -> Optional.of(read(view -> row(view.node(asker(link)))));
            case Question.Handle handle -> Optional.of(handle(handle));
            case Question.Logs logs -> manager.logs(logs.target(), new LogClient.Remote(link));
            case Question.Output output -> manager.output(link, output.stream());
        };
    }

    /// Why this asker may not ask this, over this connection.
    private Optional<String> refusal(Link link, Question question) {
        boolean ask = link.protocol() == Protocol.ASK;
        return switch (question) {
            case Question.Join _ -> ask ? Optional.of("a member does not join") : Optional.empty();
            case Question.Seat _ -> refusal(ask, link, Rights.Asked.SEAT);
            case Question.Leave _ -> refusal(ask, link, Rights.Asked.LEAVE);
            case Question.Renew _ -> refusal(ask, link, Rights.Asked.RENEW);
            case Question.Row _ -> refusal(ask, link, Rights.Asked.ROW);
            case Question.Handle _, Question.Logs _ ->
                refusal(ask, link, Rights.Asked.HANDLE);
            case Question.Output _ -> refusal(ask, link, Rights.Asked.OUTPUT);
        };
    }

    private Optional<String> refusal(boolean ask, Link link, Rights.Asked asked) {
        return ask ? Rights.refusal(asked, manager.standing(link.peer()))
                : Optional.of("only a member may ask this");
    }

    private static NodeId asker(Link link) {
        return new NodeId(link.peer().orElseThrow().nodeId());
    }

    private Reply join(Question.Join join, String from) throws IOException {
        return read(view -> {
            Optional<Node.Role> role = Membership.roleOf(view, join.token());
            if (role.isEmpty()) {
                return refused(400, "A valid join token is necessary to join this cluster");
            }
            Optional<SigningRequest> request = request(join.request());
            if (request.isEmpty()) {
                return refused(400, "the signing request of the node that joins is malformed");
            }
            NodeId node = new NodeId(request.get().nodeId());
            Reply.Joined joined = new Reply.Joined(cluster(view).id(), role.get(),
                    sign(view, request.get(), NodeName.Role.WORKER),
                    credentials.root().pem(), managers(view));
            return role.get() == Node.Role.MANAGER ? joined : write(Membership.worker(
                    join.token(), node, join.availability(), from), _ -> joined);
        });
    }

    private Reply seat(Question.Seat seat, NodeId node) throws IOException {
        return read(view -> {
            Optional<SigningRequest> request = request(seat.request(), node);
            if (request.isEmpty()) {
                return refused(400, NOT_THE_ASKERS);
            }
            Optional<String> unreachable = unreachable(seat.addr(), node);
            if (unreachable.isPresent()) {
                return refused(503, unreachable.get());
            }
            long raftId = chance.nextLong(1, Long.MAX_VALUE);
            Optional<String> token = Optional.of(seat.token()).filter(text -> !text.isEmpty());
            return write(Membership.seat(token, node, raftId, seat.addr(), seat.availability()),
                    _ -> new Reply.Seated(raftId,
                            sign(view, request.get(), NodeName.Role.MANAGER), managers(view)));
        });
    }

    /// The role in a certificate is that of the seat: who is only wanted as a manager is none yet.
    private Reply renew(Question.Renew renew, NodeId node) throws IOException {
        return read(view -> {
            Optional<SigningRequest> request = request(renew.request(), node);
            if (request.isEmpty()) {
                return refused(400, NOT_THE_ASKERS);
            }
            boolean seated = view.node(node).flatMap(Node::manager).isPresent();
            return new Reply.Renewed(sign(view, request.get(),
                    seated ? NodeName.Role.MANAGER : NodeName.Role.WORKER));
        });
    }

    private static Reply row(Optional<Node> row) {
        return new Reply.Row(row.map(node -> node.spec().role()),
                row.flatMap(Node::manager).map(Node.Manager::raftId).orElse(0L));
    }

    /// Dials back: a manager that others cannot dial would count as a voter and never be heard.
    private Optional<String> unreachable(String addr, NodeId node) {
        String why;
        try (Link link = credentials.dialer().dial(addr, Protocol.HELLO, DIAL_BACK_MS)) {
            String found = link.peer().map(NodeName::nodeId).orElse("nobody");
            if (found.equals(node.text())) {
                return Optional.empty();
            }
            why = "node " + found + " answers there";
        } catch (IOException e) {
            why = e.getMessage();
        }
        return Optional.of("a manager must be reached by the others, and this one is not at "
                + addr + ": " + why + "; open the port, or name another address with "
                + "--advertise-addr");
    }

    private Reply handle(Question.Handle handle) {
        return switch (Api.route(handle.request(), EngineDoor.API_VERSION)) {
            case Route.Refused refused -> new Reply.Answered(refused.answer());
            case Route.Read read -> handled(manager.read(), readable ->
                    read.query().answer(readable.view(), readable.facts()));
            case Route.Write write -> handled(manager.write(handle.requestId(), write.deed()),
                    _ -> ApiAnswer.error(500, "no answer to a write"));
            case Route.Stale _, Route.Lifecycle _, Route.Logs _, Route.Local _,
                 Route.PassThrough _ -> refused(400, "this request is not the leader's business");
        };
    }

    /// The manager that carries a client's request knows best what to say of a leader's absence.
    private static Reply handled(ManagerOutput output,
            Function<ManagerOutput.Readable, ApiAnswer> reading) {
        return switch (output) {
            case ManagerOutput.Readable readable -> new Reply.Answered(reading.apply(readable));
            case ManagerOutput.Answer answer -> new Reply.Answered(answer.answer());
            case ManagerOutput.Leaderless _ -> new Reply.Elsewhere("");
            case ManagerOutput.Elsewhere elsewhere -> new Reply.Elsewhere(elsewhere.addr());
            case ManagerOutput _ -> refused(500, "no answer");
        };
    }

    /// A manager that has heard of no leader does not know that there is none: others may.
    private Reply read(Answering answering) throws IOException {
        return switch (manager.read()) {
            case ManagerOutput.Readable readable -> answering.with(readable.view());
            case ManagerOutput.Elsewhere elsewhere -> new Reply.Elsewhere(elsewhere.addr());
            case ManagerOutput _ -> new Reply.Elsewhere("");
        };
    }

    /// What is told about a view.
    private interface Answering {
        Reply with(View view) throws IOException;
    }

    private Reply write(Deed deed, Function<ApiAnswer, Reply> done) {
        return switch (manager.write(Ids.draw(chance), deed)) {
            case ManagerOutput.Answer answer -> answer.answer().status() < 300
                    ? done.apply(answer.answer()) : new Reply.Answered(answer.answer());
            case ManagerOutput.Leaderless none -> new Reply.Answered(none.answer());
            case ManagerOutput.Elsewhere elsewhere -> new Reply.Elsewhere(elsewhere.addr());
            case ManagerOutput _ -> refused(500, "no answer to a write");
        };
    }

    private static Reply refused(int status, String why) {
        return new Reply.Answered(ApiAnswer.error(status, why));
    }

    private static Optional<SigningRequest> request(String pem) {
        try {
            return Optional.of(SigningRequest.fromPem(pem));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private static Optional<SigningRequest> request(String pem, NodeId of) {
        return request(pem).filter(request -> request.nodeId().equals(of.text()));
    }

    private String sign(View view, SigningRequest request, NodeName.Role role) {
        Cluster cluster = cluster(view);
        try {
            RootCa root = RootCa.fromPem(cluster.tlsInfo().trustRoot(), cluster.caKey());
            Certificate certificate = root.sign(request,
                    new NodeName(request.nodeId(), role, cluster.id()),
                    Duration.ofNanos(cluster.spec().caConfig().nodeCertExpiry()), Time.wall(),
                    chance);
            return certificate.pem();
        } catch (MalformedException e) {
            throw new IllegalStateException("the swarm's root is damaged: " + e.getMessage(), e);
        }
    }

    private static Cluster cluster(View view) {
        return view.cluster().orElseThrow();
    }

    static List<Known> managers(View view) {
        return view.nodes().stream().filter(node -> node.manager().isPresent())
                .map(node -> node.manager().get())
                .map(seat -> new Known(seat.raftId(), seat.addr())).toList();
    }
}

package swarm.node;

import java.io.IOException;
import java.util.List;
import swarm.http.HttpException;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// Asks managers in turn until the one that leads has answered: each names the leader if it is
/// another. A refusal ends it; that nobody leads, or one is not reached, does not while there is
/// time and another to ask. On a thread that is told to end every dial fails, and so ends it too.
record Asking(Dialer dialer, Protocol protocol, long deadline) {
    private static final long REPLY_MS = 12_000;
    private static final long RETRY_MS = 200;

    /// A reply, and who gave it.
    record Granted(String addr, Reply reply) { }

    /// The leader's reply.
    ///
    /// @throws HttpException when a manager has refused
    /// @throws IOException when none that leads was found; what was asked may be done all the same
    Granted ask(List<String> managers, Question question) throws IOException {
        IOException last = new IOException("no manager to ask");
        String hint = "";
        for (int turn = 0; !managers.isEmpty() && Time.now() < deadline; turn++) {
            String addr = hint.isEmpty() ? managers.get(turn % managers.size()) : hint;
            hint = "";
            try (Link link = dialer.dial(addr, protocol, Courier.DIAL_MS)) {
                Reply reply = Courier.ask(link, question, REPLY_MS);
                if (!(reply instanceof Reply.Elsewhere elsewhere)) {
                    return new Granted(addr, unrefused(reply));
                }
                hint = elsewhere.addr();
                last = new IOException("the swarm has no leader now: the manager at " + addr
                        + " knows of none");
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

    private static Reply unrefused(Reply reply) throws HttpException {
        if (reply instanceof Reply.Answered(var answer)) {
            throw new HttpException(answer.status(), answer.message());
        }
        return reply;
    }
}

package swarm.node;

import java.io.IOException;
import java.util.Optional;
import swarm.api.ApiAnswer;
import swarm.api.ApiRequest;
import swarm.api.Messages;
import swarm.api.Route;
import swarm.manager.Manager;
import swarm.manager.ManagerOutput;
import swarm.node.Question.Reply;

/// One request of a client to a manager, carried to whoever leads, whichever manager that is and
/// becomes while the answer is waited for. A write is asked again under the same id, so it is done
/// once however many tries it needs.
///
/// A write is called refused only if nobody can still do it: once it was sent to a manager that has
/// not replied, its end is either that manager's or another's answer, or "outcome unknown".
final class Errand {
    /// How long one try to reach the leader may take: within it, a leader that is gone is missed.
    private static final long TRY_MS = 1_500;
    private static final long RETRY_MS = 50;

    private final ManagerPart part;
    private final Courier courier;
    private final ApiRequest request;
    private final Route.Swarm route;
    private final String requestId;
    private final long deadline;
    /// Whether a write was sent to a manager that has not replied.
    private boolean doubtful;

    Errand(ManagerPart part, Courier courier, ApiRequest request, Route.Swarm route,
            String requestId) {
        this.part = part;
        this.courier = courier;
        this.request = request;
        this.route = route;
        this.requestId = requestId;
        this.deadline = Time.now() + Manager.WRITE_MS;
    }

    ApiAnswer run() {
        Optional<ApiAnswer> answer = attempt();
        while (answer.isEmpty() && Time.now() < deadline) {
            Time.pause(RETRY_MS);
            answer = attempt();
        }
        return answer.orElseGet(() -> doubtful ? Manager.outcomeUnknown("")
                : ApiAnswer.error(503, Messages.NO_LEADER));
    }

    /// One try: here, or where this manager says.
    private Optional<ApiAnswer> attempt() {
        ManagerOutput output = switch (route) {
            case Route.Read _ -> part.read();
            case Route.Stale _ -> part.look();
            case Route.Write write -> part.write(requestId, write.deed());
        };
        return switch (output) {
            case ManagerOutput.Answer answer -> Optional.of(answer.answer());
            case ManagerOutput.Readable readable -> Optional.of(read(readable));
            case ManagerOutput.Leaderless none -> Optional.of(doubtful
                    ? Manager.outcomeUnknown(none.answer().message()) : none.answer());
            case ManagerOutput.Elsewhere elsewhere -> ask(elsewhere.addr());
            case ManagerOutput _ -> throw new IllegalStateException("no answer: " + output);
        };
    }

    private ApiAnswer read(ManagerOutput.Readable readable) {
        return switch (route) {
            case Route.Read read -> read.query().answer(readable.view(), readable.facts());
            case Route.Stale stale -> stale.query().answer(readable.view(), readable.facts())
                    .marked(readable.facts().staleness());
            case Route.Write _ -> throw new IllegalStateException("a write that was read");
        };
    }

    /// Elsewhere again means that nobody has done anything.
    private Optional<ApiAnswer> ask(String addr) {
        try {
            Reply reply = courier.ask(addr, new Question.Handle(requestId, request),
                    Math.clamp(deadline - Time.now(), 1, TRY_MS));
            return reply instanceof Reply.Answered answered
                    ? Optional.of(answered.answer()) : Optional.empty();
        } catch (Courier.Unreached nothingSent) {
            return Optional.empty();
        } catch (IOException lost) {
            doubtful |= route instanceof Route.Write;
            return Optional.empty();
        }
    }
}

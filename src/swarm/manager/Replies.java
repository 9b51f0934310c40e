package swarm.manager;

import java.nio.charset.StandardCharsets;
import swarm.api.ApiAnswer;
import swarm.store.Outcome;

/// Answers to writes as they are kept in the log (status, a space, the body), and the ones that a
/// manager gives when the log has none.
final class Replies {
    /// The write was proposed, and in all its time neither committed nor lost.
    private static final String OUTCOME_UNKNOWN = "the outcome of this request is unknown: it was "
            + "not confirmed within 10 seconds; look at the current state before you try again";

    /// The write is more than one entry of the log may hold.
    static final ApiAnswer TOO_LARGE = ApiAnswer.error(413, "the request is too large: what it "
            + "writes must not be more than " + Sized.CLIENT_BYTES_MAX + " bytes");

    private Replies() { }

    /// What is said of a write that may have been done, or may be yet; with the trouble that there
    /// is now, if any.
    static ApiAnswer outcomeUnknown(String trouble) {
        return ApiAnswer.error(503,
                trouble.isEmpty() ? OUTCOME_UNKNOWN : OUTCOME_UNKNOWN + ". " + trouble);
    }

    /// The leadership stays here, and why.
    static ApiAnswer notHandedOver(String why) {
        return ApiAnswer.error(503, "the leadership could not be handed over: " + why);
    }

    /// The text kept in the log.
    static String text(ApiAnswer answer) {
        return answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
    }

    /// The answer to a write that was applied.
    static ApiAnswer of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> parse(done.answer());
            case Outcome.Refused refused -> ApiAnswer.error(500,
                    "rpc error: code = Unknown desc = update out of sequence ("
                    + refused.what() + ")");
        };
    }

    private static ApiAnswer parse(String text) {
        int space = text.indexOf(' ');
        int status = Integer.parseInt(text.substring(0, space));
        String body = text.substring(space + 1).stripTrailing();
        return body.isEmpty() ? ApiAnswer.empty(status) : ApiAnswer.text(status, body);
    }
}

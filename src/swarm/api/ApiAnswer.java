package swarm.api;

import java.nio.charset.StandardCharsets;
import swarm.json.Json;
import swarm.json.JsonException;

/// What a client is answered: a status, a body of some type, and how old the state behind it may
/// be; empty when it is current.
public record ApiAnswer(int status, String contentType, byte[] body, String stale) {
    /// The header that says so.
    public static final String STALE_HEADER = "Swarm-Stale";
    private static final String JSON = "application/json";

    /// A JSON body.
    public static ApiAnswer json(int status, Json body) {
        return new ApiAnswer(status, JSON, line(body.text()), "");
    }

    /// A JSON body that is text already.
    public static ApiAnswer text(int status, String json) {
        return new ApiAnswer(status, JSON, line(json), "");
    }

    /// An error as Docker gives it: one message.
    public static ApiAnswer error(int status, String message) {
        return json(status, Json.obj().with("message", new Json.Str(message)));
    }

    /// What an error says.
    public String message() {
        try {
            return Json.parse(body).asObj().str("message");
        } catch (JsonException noError) {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /// The same answer, from a state that may be old.
    public ApiAnswer marked(String staleness) {
        return new ApiAnswer(status, contentType, body, staleness);
    }

    /// No body.
    public static ApiAnswer empty(int status) {
        return new ApiAnswer(status, JSON, new byte[0], "");
    }

    private static byte[] line(String json) {
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }
}

package swarm.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import swarm.json.Json;
import swarm.json.JsonException;

/// Docker's Engine API as functions that answer with JSON or end the command with the words of
/// the daemon.
///
/// Source: the paths carry version 1.41, the last before tasks lost fields that we print; the
/// daemon negotiates, so the `HEAD /_ping` with which Docker's client begins is spared.
final class Client {
    private static final String VERSION = "/v1.41";

    private final World world;
    /// Whether answers may be old, where the daemon gives such.
    private final boolean stale;
    /// Whether the user was told that one was.
    private boolean marked;

    Client(World world, boolean stale) {
        this.world = world;
        this.stale = stale;
    }

    Json call(String method, String path, Json body, List<String> headers) throws Failure {
        String asked = !stale || path.equals("/info") ? path
            : path + (path.indexOf('?') < 0 ? "?" : "&") + "stale=1";
        World.Answer answer = world.ask(method, VERSION + asked, body, headers);
        if (!marked && !answer.stale().isEmpty()) {
            marked = true;
            world.complain("stale: " + answer.stale() + "\n");
        }
        check(answer);
        return json(answer);
    }

    void follow(String path) throws Failure {
        check(world.follow(VERSION + path));
    }

    private static void check(World.Answer answer) throws Failure {
        if (answer.status() < 200 || answer.status() > 299) {
            String said = json(answer).asObj().str("message");
            String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
            throw Failure.answered(answer.status(),
                !said.isEmpty() ? said : !text.isEmpty() ? text : "status " + answer.status());
        }
    }

    private static Json json(World.Answer answer) {
        try {
            return answer.body().length == 0 ? Json.NULL : Json.parse(answer.body());
        } catch (JsonException notJson) {
            return Json.NULL;
        }
    }

    /// The query for filters: `name=value` pairs as Docker's map of maps; "" without any.
    static String filters(List<String> pairs) {
        Json.Obj all = Json.obj();
        for (String pair : new TreeSet<>(pairs)) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, equals);
            all = all.with(name, all.obj(name).with(pair.substring(equals + 1), true));
        }
        return all.isEmpty() ? "" : "filters=" + escaped(all.text());
    }

    /// A name as part of a path or query (RFC 3986 §2.1); images keep their slashes and colons.
    static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")
            .replace("%2F", "/").replace("%3A", ":").replace("%40", "@").replace("%7E", "~");
    }
}

package swarm.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.model.Task;
import swarm.store.View;

/// The route table: method and path decide who answers. Paths may begin with an API version, which
/// must be one that we and the engine speak. What is not the swarm's goes to the engine as it is.
public final class Api {
    /// The newest version whose fields we know.
    static final String MAX_VERSION = "1.41";
    /// The oldest version that Docker's own engines still answer.
    static final String MIN_VERSION = "1.24";

    private static final List<String> FAMILIES =
            List.of("swarm", "nodes", "services", "tasks", "secrets", "configs");
    private static final List<String> ALONE = List.of("_ping", "version", "info");

    private Api() { }

    /// Whether a request is answered here; its body is not needed to tell.
    public static boolean owns(String method, String path) {
        List<String> parts = parts(path);
        boolean asks = method.equals("GET") || method.equals("HEAD");
        return !parts.isEmpty() && (FAMILIES.contains(parts.getFirst())
                || asks && parts.size() == 1 && ALONE.contains(parts.getFirst()));
    }

    /// The tasks whose output is asked for.
    public static Lookup<List<Task>> logged(View view, Route.LogTarget target) {
        return TaskApi.logged(view, target);
    }

    /// Where a request goes; `maxVersion` is the newest that the engine speaks.
    public static Route route(ApiRequest request, String maxVersion) {
        if (!owns(request.method(), request.path())) {
            return new Route.PassThrough();
        }
        String version = version(request.path());
        if (!version.isEmpty() && older(maxVersion, version)) {
            return refused(400, "client version " + version
                    + " is too new. Maximum supported API version is " + maxVersion);
        }
        if (!version.isEmpty() && older(version, MIN_VERSION)) {
            return refused(400, "client version " + version
                    + " is too old. Minimum supported API version is " + MIN_VERSION
                    + ", please upgrade your client to a newer version");
        }
        List<String> parts = parts(request.path());
        return switch (parts.getFirst()) {
            case "_ping" -> new Route.Local(Route.Kind.PING);
            case "version" -> new Route.Local(Route.Kind.VERSION);
            case "info" -> new Route.Local(Route.Kind.INFO);
            case "swarm" -> SwarmApi.route(request, shape(request, parts));
            default -> stale(request,
                    object(request, shape(request, parts), parts.get(parts.size() > 1 ? 1 : 0)));
        };
    }

    /// A read that is wanted also of a manager without a leader.
    private static Route stale(ApiRequest request, Route route) {
        return route instanceof Route.Read read && request.flag("stale")
                ? new Route.Stale(read.query()) : route;
    }

    private static Route object(ApiRequest request, String shape, String id) {
        return switch (shape) {
            case "GET nodes" -> NodeApi.list(request);
            case "GET nodes/*" -> NodeApi.inspect(id);
            case "DELETE nodes/*" -> NodeApi.remove(id, request.flag("force"));
            case "POST nodes/*/update" -> NodeApi.update(id, request);
            case "GET services" -> ServiceApi.list(request);
            case "POST services/create" -> ServiceWrites.create(request);
            case "GET services/*" -> ServiceApi.inspect(id, request.flag("insertDefaults"));
            case "POST services/*/update" -> ServiceWrites.update(id, request);
            case "DELETE services/*" -> ServiceWrites.remove(id);
            case "GET services/*/logs" -> TaskApi.logs(false, id, request);
            case "GET tasks" -> TaskApi.list(request);
            case "GET tasks/*" -> TaskApi.inspect(id);
            case "GET tasks/*/logs" -> TaskApi.logs(true, id, request);
            case "GET secrets" -> none(request, List.of("id", "label", "name", "names"));
            case "GET configs" -> none(request, List.of("id", "label", "name"));
            case "GET secrets/*", "DELETE secrets/*", "POST secrets/*/update" ->
                    new Route.Read((_, _) -> Messages.notFound("secret", id));
            case "GET configs/*", "DELETE configs/*", "POST configs/*/update" ->
                    new Route.Read((_, _) -> Messages.notFound("config", id));
            case "POST secrets/create" -> new Route.Refused(Messages.notCarried("docker secret"));
            case "POST configs/create" -> new Route.Refused(Messages.notCarried("docker config"));
            default -> refused(404, "page not found");
        };
    }

    /// Method and path with a star for the id, as the table has them.
    private static String shape(ApiRequest request, List<String> parts) {
        String method = request.method();
        boolean literal = parts.getFirst().equals("swarm")
                || method.equals("POST") && parts.size() == 2;
        List<String> shown = new ArrayList<>(parts);
        if (parts.size() > 1 && !literal) {
            shown.set(1, parts.get(1).isEmpty() ? "" : "*");
        }
        return method + " " + String.join("/", shown);
    }

    private static Route refused(int status, String message) {
        return new Route.Refused(ApiAnswer.error(status, message));
    }

    /// A list of what there is none of yet.
    private static Route none(ApiRequest request, List<String> accepted) {
        return Filters.list(request, 500, filters -> (_, _) ->
                filters.unknown(accepted).orElse(ApiAnswer.text(200, "[]")));
    }

    /// The parts of a path after its version.
    private static List<String> parts(String path) {
        int start = version(path).isEmpty() ? 0 : path.indexOf('/', 1);
        return start < 0 || !path.startsWith("/") ? List.of()
                : List.of(path.substring(start + 1).split("/", -1));
    }

    /// `1.41` of `/v1.41/nodes`; empty when the path has none.
    private static String version(String path) {
        int end = path.indexOf('/', 1);
        String first = end < 0 ? path : path.substring(0, end);
        return first.matches("/v[0-9.]+") ? first.substring(2) : "";
    }

    private static boolean older(String version, String other) {
        String[] numbers = version.split("\\.");
        String[] others = other.split("\\.");
        for (int i = 0; i < Math.max(numbers.length, others.length); i++) {
            long difference = number(numbers, i) - number(others, i);
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }

    /// One part of a version; far too long a part counts as far too new.
    private static long number(String[] parts, int index) {
        String part = index < parts.length ? parts[index] : "";
        return part.isEmpty() ? 0 : part.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(part);
    }
}

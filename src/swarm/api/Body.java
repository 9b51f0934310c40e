package swarm.api;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.json.RecordCodec;

/// A request's body as a record, or the answer that refuses it in Docker's words. A field that we
/// do not carry is refused by its path, never dropped.
///
/// Departs: Docker ignores fields that it does not know, and finds words that it does not know only
/// after it has found that it is a manager.
final class Body {
    private Body() { }

    /// Where a request goes whose body is read as a record.
    static <T> Route read(ApiRequest request, Class<T> type, Function<T, Route> good) {
        String contentType = request.header("content-type");
        String media = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (request.body().length > 0 && !media.equals("application/json")) {
            return wrong("unsupported Content-Type header (" + contentType
                    + "): must be 'application/json'");
        }
        try {
            Json json = Json.parse(request.body());
            Optional<String> negative = Unsigned.wrong("", json);
            return negative.isPresent() ? wrong(negative.get())
                    : good.apply(RecordCodec.fromJson(type, withoutNulls(json)));
        } catch (JsonException e) {
            return refused(e, request.body().length == 0, type.getSimpleName());
        }
    }

    private static Route refused(JsonException e, boolean empty, String type) {
        return switch (e.fault()) {
            case SYNTAX -> wrong(!e.found().equals(JsonException.END) ? e.getMessage()
                    : empty ? "got EOF while reading request body" : "unexpected EOF");
            case LIMIT -> wrong(e.getMessage());
            case TYPE -> wrong("json: cannot unmarshal " + e.found() + " into Go "
                    + (e.path().isEmpty() ? "value" : "struct field " + type + "." + e.path())
                    + " of type " + e.expected());
            case UNKNOWN -> new Route.Refused(Messages.notCarried("the field " + e.path()));
            case CONSTANT -> wrong(constant(e.expected(), e.found()));
            case CHOICE -> wrong("must specify only one service mode");
            case REFUSED -> wrong(e.getMessage());
        };
    }

    /// A word that is none of an enum's, as Docker says it of that enum.
    private static String constant(String type, String found) {
        return switch (type) {
            case "FailureAction" -> "unrecognized update failure action " + found;
            case "Order" -> "unrecognized update order " + found;
            case "Mode" -> "invalid resolution mode: \"" + found + "\"";
            case "Condition" -> "invalid RestartCondition: \"" + found + "\"";
            case "Type" -> "invalid MountType: \"" + found + "\"";
            default -> "invalid " + type + ": \"" + found + "\"";
        };
    }

    private static Route wrong(String message) {
        return new Route.Refused(ApiAnswer.error(400, message));
    }

    /// Go's clients send `null` for what they leave out, also inside of objects that we do not
    /// carry; without it such an object is as empty as they mean it.
    private static Json withoutNulls(Json json) {
        return switch (json) {
            case Json.Obj object -> {
                LinkedHashMap<String, Json> kept = new LinkedHashMap<>();
                for (Map.Entry<String, Json> member : object.members().entrySet()) {
                    if (!(member.getValue() instanceof Json.Null)) {
                        kept.put(member.getKey(), withoutNulls(member.getValue()));
                    }
                }
                yield new Json.Obj(kept);
            }
            case Json.Arr array ->
                    new Json.Arr(array.items().stream().map(Body::withoutNulls).toList());
            case Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> json;
        };
    }
}

package swarm.api;

import java.util.function.Function;
import swarm.json.Json;
import swarm.model.Version;

/// The `version` of an update: of which version of the object it is a change.
final class VersionNumber {
    private VersionNumber() { }

    /// Where an update of a `kind` goes, refused in Go's words when its version is no number.
    static Route read(String kind, ApiRequest request, Function<Version, Route> good) {
        String text = request.value("version");
        boolean digits = !text.isEmpty()
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits) {
                return good.apply(new Version(Long.parseUnsignedLong(text)));
            }
        } catch (NumberFormatException tooLarge) {
            return wrong(kind, text, "value out of range");
        }
        return wrong(kind, text, "invalid syntax");
    }

    private static Route wrong(String kind, String text, String why) {
        return new Route.Refused(ApiAnswer.error(400, "invalid " + kind + " version '" + text
                + "': strconv.ParseUint: parsing " + new Json.Str(text).text() + ": " + why));
    }
}

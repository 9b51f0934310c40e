package swarm.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// A request as it came, taken apart: the path decoded, the query's values by name, header names in
/// lower case. A record, so that it can travel to the leader.
public record ApiRequest(String method, String path, SortedMap<String, List<String>> query,
        SortedMap<String, String> headers, byte[] body) {

    /// Takes a request target apart.
    ///
    /// @throws IllegalArgumentException when a percent sign is not followed by two hex digits
    public static ApiRequest of(String method, String target, SortedMap<String, String> headers,
            byte[] body) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        return new ApiRequest(method, decoded(path.replace("+", "%2B")), values(query), headers,
                body);
    }

    /// The first value of a query parameter; empty when it is not there.
    public String value(String name) {
        List<String> all = query.getOrDefault(name, List.of());
        return all.isEmpty() ? "" : all.getFirst();
    }

    /// Whether a query parameter says yes, as Docker reads it: there, and not one of the words for
    /// no.
    public boolean flag(String name) {
        return switch (value(name).strip().toLowerCase(Locale.ROOT)) {
            case "", "0", "f", "no", "false", "none" -> false;
            case String _ -> true;
        };
    }

    /// A header by its lower-case name; empty when it is not there.
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    private static SortedMap<String, List<String>> values(String query) {
        TreeMap<String, List<String>> values = new TreeMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                values.computeIfAbsent(decoded(name), _ -> new ArrayList<>()).add(decoded(value));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}

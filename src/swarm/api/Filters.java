package swarm.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import swarm.json.Json;
import swarm.json.JsonException;

/// The `filters` of a list request: values by filter name. Docker takes two forms of them,
/// `{"name":{"web":true}}` and the older `{"name":["web"]}`. Several values of one filter are
/// alternatives, but for labels, which must all be there; different filters must all hold.
record Filters(SortedMap<String, List<String>> values) {
    /// Where a list request goes. Docker's lists differ in the status for filters that are no JSON.
    static Route list(ApiRequest request, int malformedStatus, Function<Filters, Query> query) {
        String text = request.value("filters");
        TreeMap<String, List<String>> values = new TreeMap<>();
        try {
            Json json = text.isEmpty() ? Json.obj() : Json.parse(text);
            if (!(json instanceof Json.Obj object)) {
                return new Route.Refused(ApiAnswer.error(malformedStatus, "json: cannot unmarshal "
                        + json.kind() + " into Go value of type map[string]map[string]bool"));
            }
            for (Map.Entry<String, Json> filter : object.members().entrySet()) {
                values.put(filter.getKey(), valuesOf(filter.getValue()));
            }
            return new Route.Read(query.apply(new Filters(values)));
        } catch (JsonException e) {
            return new Route.Refused(ApiAnswer.error(malformedStatus, e.getMessage()));
        }
    }

    private static List<String> valuesOf(Json json) {
        List<String> values = new ArrayList<>(json.asObj().members().keySet());
        json.asArr().forEach(item -> values.add(item.asStr()));
        return values;
    }

    /// The answer to a filter that the list does not have; empty when it has all.
    Optional<ApiAnswer> unknown(List<String> accepted) {
        return values.keySet().stream().filter(name -> !accepted.contains(name)).findFirst()
                .map(name -> ApiAnswer.error(400, "Invalid filter '" + name + "'"));
    }

    /// The answer to a value that is none of the filter's words; empty when all are.
    Optional<ApiAnswer> unknownValue(String filter, List<String> words) {
        return of(filter).stream().filter(value -> !words.contains(value)).findFirst()
                .map(value -> ApiAnswer.error(500,
                        "Invalid " + filter + " filter: '" + value + "'"));
    }

    /// The values of a filter.
    List<String> of(String filter) {
        return values.getOrDefault(filter, List.of());
    }

    /// Whether a text starts with one of the filter's values; true when the filter is not used.
    boolean prefixed(String filter, String text) {
        return of(filter).isEmpty() || of(filter).stream().anyMatch(text::startsWith);
    }

    /// Whether a text is one of the filter's values; true when the filter is not used.
    boolean has(String filter, String text) {
        return of(filter).isEmpty() || of(filter).contains(text);
    }

    /// Whether labels hold what the filter asks: `key` that it is there, `key=value` its value.
    boolean labelled(String filter, SortedMap<String, String> labels) {
        return of(filter).stream().allMatch(wanted -> {
            String[] parts = wanted.split("=", 2);
            return labels.containsKey(parts[0]) && (parts.length == 1 || parts[1].isEmpty()
                    || labels.get(parts[0]).equals(parts[1]));
        });
    }
}

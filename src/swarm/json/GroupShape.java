package swarm.json;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The shapes of values that hold others of one type: none or one, a list, a sorted map.
final class GroupShape {
    private GroupShape() {
    }

    record Maybe(Shape inner) implements Shape {
        @Override public boolean isEmpty(Object value) {
            return ((Optional<?>) value).isEmpty();
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            Optional<?> maybe = (Optional<?>) value;
            if (maybe.isPresent()) {
                inner.write(maybe.get(), writer, audience);
            } else {
                inner.writeAbsent(writer);
            }
        }

        @Override public Object read(Json json) throws JsonException {
            return Optional.of(inner.read(json));
        }

        @Override public Object absent() {
            return Optional.empty();
        }

        @Override public String type() {
            return inner.type();
        }

        @Override public boolean isAbsent(Json json) {
            return inner.isAbsent(json);
        }
    }

    record Items(Shape inner) implements Shape {
        @Override public boolean isEmpty(Object value) {
            return ((List<?>) value).isEmpty();
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            writer.beginArray();
            for (Object item : (List<?>) value) {
                inner.write(item, writer, audience);
            }
            writer.endArray();
        }

        @Override public Object read(Json json) throws JsonException {
            if (!(json instanceof Json.Arr(List<Json> items))) {
                throw JsonException.type(json.kind(), type());
            }
            Object[] values = new Object[items.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = item(items.get(i), i);
            }
            return List.of(values);
        }

        private Object item(Json json, int index) throws JsonException {
            try {
                return inner.readOrAbsent(json);
            } catch (JsonException wrong) {
                throw wrong.inside("[" + index + "]");
            }
        }

        @Override public Object absent() {
            return List.of();
        }

        @Override public String type() {
            return "[]" + inner.type();
        }
    }

    /// The keys are sorted, as Go's encoder sorts those of a map.
    record Table(Shape inner) implements Shape {
        @Override public boolean isEmpty(Object value) {
            return ((SortedMap<?, ?>) value).isEmpty();
        }

        @Override public void write(Object value, JsonWriter writer, Audience audience) {
            writer.beginObject();
            for (Map.Entry<?, ?> entry : ((SortedMap<?, ?>) value).entrySet()) {
                writer.name((String) entry.getKey());
                inner.write(entry.getValue(), writer, audience);
            }
            writer.endObject();
        }

        @Override public Object read(Json json) throws JsonException {
            if (!(json instanceof Json.Obj object)) {
                throw JsonException.type(json.kind(), type());
            }
            TreeMap<String, Object> values = new TreeMap<>();
            for (Map.Entry<String, Json> member : object.members().entrySet()) {
                values.put(member.getKey(), value(member.getKey(), member.getValue()));
            }
            return Collections.unmodifiableSortedMap(values);
        }

        private Object value(String key, Json json) throws JsonException {
            try {
                return inner.readOrAbsent(json);
            } catch (JsonException wrong) {
                throw wrong.inside(key);
            }
        }

        @Override public Object absent() {
            return Collections.emptySortedMap();
        }

        @Override public String type() {
            return "map[string]" + inner.type();
        }
    }
}

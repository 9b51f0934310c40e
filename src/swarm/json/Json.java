package swarm.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A JSON value. Values never change; an object keeps the order of its members, and when a name
/// comes twice the last one counts, as in Go.
///
/// Those who print what another has checked ask leniently: `obj`, `arr`, `str`, `num` and `bool`
/// of a member that is absent or of another kind answer with the empty value of their kind. Those
/// who must refuse what is wrong use `RecordCodec`.
///
/// Numbers stay the text they were, so that nothing is lost by reading and writing.
///
/// Source: RFC 8259.
public sealed interface Json {
    /// The value `null`.
    Json NULL = new Null();

    /// Reads one value; anything but white space around it is refused.
    static Json parse(String text) throws JsonException {
        return new JsonReader(text).document();
    }

    /// Reads one value from bytes that must be UTF-8.
    static Json parse(byte[] utf8) throws JsonException {
        return new JsonReader(JsonReader.decoded(utf8)).document();
    }

    /// The object without members, from which others are made by `with`.
    static Obj obj() {
        return Obj.EMPTY;
    }

    /// What kind of value this is, in the word that Go's messages use.
    String kind();

    /// True of `null`, `""`, `0`, `false`, `[]` and `{}`: what says no more than absence does.
    boolean isEmpty();

    /// Tells this value to `writer`, piece by piece.
    void writeTo(JsonWriter writer);

    /// This value without white space.
    default String text() {
        JsonWriter writer = new JsonWriter(false);
        writeTo(writer);
        return writer.text();
    }

    /// This value as `docker inspect` prints it: four spaces a level, and `<`, `>`, `&` escaped.
    default String pretty() {
        JsonWriter writer = new JsonWriter(true);
        writeTo(writer);
        return writer.text();
    }

    /// This object, or one without members if this is none.
    default Obj asObj() {
        return Obj.EMPTY;
    }

    /// The items of this array; none if it is no array.
    default List<Json> asArr() {
        return List.of();
    }

    /// The characters of this string; none if it is no string.
    default String asStr() {
        return "";
    }

    /// This number, cut to a whole one if it is not; 0 if it is no number.
    default long asNum() {
        return 0;
    }

    /// True if this is `true`.
    default boolean asBool() {
        return false;
    }

    /// Members in the order in which they were written.
    record Obj(SequencedMap<String, Json> members) implements Json {
        private static final Obj EMPTY = new Obj(new LinkedHashMap<>());

        public Obj {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }

        /// The member of exactly this name, `null` included.
        public Optional<Json> find(String name) {
            return Optional.ofNullable(members.get(name));
        }

        public Obj obj(String name) {
            return member(name).asObj();
        }

        public List<Json> arr(String name) {
            return member(name).asArr();
        }

        public String str(String name) {
            return member(name).asStr();
        }

        public long num(String name) {
            return member(name).asNum();
        }

        public boolean bool(String name) {
            return member(name).asBool();
        }

        /// This object with one member more, or with another value for it in the same place.
        public Obj with(String name, Json value) {
            LinkedHashMap<String, Json> changed = new LinkedHashMap<>(members);
            changed.put(name, value);
            return new Obj(changed);
        }

        public Obj with(String name, String value) {
            return with(name, new Str(value));
        }

        public Obj with(String name, long value) {
            return with(name, Num.of(value));
        }

        public Obj with(String name, boolean value) {
            return with(name, new Bool(value));
        }

        /// This object less the member of that name.
        public Obj without(String name) {
            LinkedHashMap<String, Json> changed = new LinkedHashMap<>(members);
            changed.remove(name);
            return new Obj(changed);
        }

        private Json member(String name) {
            return members.getOrDefault(name, NULL);
        }

        @Override public Obj asObj() {
            return this;
        }

        @Override public String kind() {
            return "object";
        }

        @Override public boolean isEmpty() {
            return members.isEmpty();
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.beginObject();
            for (Map.Entry<String, Json> member : members.entrySet()) {
                writer.name(member.getKey());
                member.getValue().writeTo(writer);
            }
            writer.endObject();
        }
    }

    /// Items in order.
    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }

        @Override public List<Json> asArr() {
            return items;
        }

        @Override public String kind() {
            return "array";
        }

        @Override public boolean isEmpty() {
            return items.isEmpty();
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.beginArray();
            for (Json item : items) {
                item.writeTo(writer);
            }
            writer.endArray();
        }
    }

    /// Characters, unescaped.
    record Str(String value) implements Json {
        @Override public String asStr() {
            return value;
        }

        @Override public String kind() {
            return "string";
        }

        @Override public boolean isEmpty() {
            return value.isEmpty();
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.string(value);
        }
    }

    /// A number as it is spelled.
    record Num(String spelling) implements Json {
        public Num {
            if (!JsonReader.isNumber(spelling)) {
                throw new IllegalArgumentException("not a JSON number: " + spelling);
            }
        }

        public static Num of(long value) {
            return new Num(Long.toString(value));
        }

        @Override public long asNum() {
            try {
                return Long.parseLong(spelling);
            } catch (NumberFormatException notWhole) {
                return (long) Double.parseDouble(spelling);
            }
        }

        @Override public String kind() {
            return "number";
        }

        @Override public boolean isEmpty() {
            return Double.parseDouble(spelling) == 0;
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.word(spelling);
        }
    }

    /// `true` or `false`.
    record Bool(boolean value) implements Json {
        @Override public boolean asBool() {
            return value;
        }

        @Override public String kind() {
            return "bool";
        }

        @Override public boolean isEmpty() {
            return !value;
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.word(value ? "true" : "false");
        }
    }

    /// `null`.
    record Null() implements Json {
        @Override public String kind() {
            return "null";
        }

        @Override public boolean isEmpty() {
            return true;
        }

        @Override public void writeTo(JsonWriter writer) {
            writer.word("null");
        }
    }
}

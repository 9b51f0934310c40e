package swarm.json;

/// How values of one Java type look in JSON: the plan that `RecordCodec` makes of a type. `Leaf`
/// has no parts, the shapes in `GroupShape` hold values of one type; those of records, enums and
/// sealed families need reflection and are in the codec itself.
interface Shape {
    /// This type as Go would name it.
    String type();

    /// True if a plain component of this value is left out.
    boolean isEmpty(Object value);

    void write(Object value, JsonWriter writer, Audience audience);

    /// Of a value that is not absent.
    Object read(Json json) throws JsonException;

    /// What a component is of which the JSON says nothing.
    Object absent() throws JsonException;

    /// True if `json` says no more than its absence would.
    default boolean isAbsent(Json json) {
        return json instanceof Json.Null;
    }

    /// Writes what stands for no value where one must stand.
    default void writeAbsent(JsonWriter writer) {
        writer.word("null");
    }

    default Object readOrAbsent(Json json) throws JsonException {
        return isAbsent(json) ? absent() : read(json);
    }
}

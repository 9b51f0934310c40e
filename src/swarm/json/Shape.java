package swarm.json;

/// How values of one Java type look in JSON: the plan that `RecordCodec` makes of a type. The
/// shapes of plain values are in `ValueShape`, of collections in `GroupShape`; what needs
/// reflection is in the codec itself.
interface Shape {
    /// True if a plain component of this value is left out.
    boolean isEmpty(Object value);

    void write(Object value, JsonSink sink, Audience audience);

    /// Of a value that is not absent.
    Object read(Json json) throws JsonException;

    /// What a component is of which the JSON says nothing.
    Object absent() throws JsonException;

    /// This type as Go would name it.
    String type();

    /// True if `json` says no more than its absence would.
    default boolean isAbsent(Json json) {
        return json instanceof Json.Null;
    }

    /// Writes what stands for no value where one must stand.
    default void writeAbsent(JsonSink sink) {
        sink.nothing();
    }

    default Object readOrAbsent(Json json) throws JsonException {
        return isAbsent(json) ? absent() : read(json);
    }
}

package swarm.json;

/// Takes a JSON value piece by piece, in the order of its text. What a value is told to decides
/// whether it becomes text (`JsonWriter`) or a tree (`JsonTree`); the codec is written once.
///
/// The caller keeps the grammar: in an object each value follows its name, and what is begun ends.
public sealed interface JsonSink permits JsonWriter, JsonTree {
    void beginObject();

    void name(String name);

    void endObject();

    void beginArray();

    void endArray();

    void string(String value);

    void number(String spelling);

    void number(long value);

    void bool(boolean value);

    void nothing();
}

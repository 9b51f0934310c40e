package swarm.json;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Makes a `Json` of the pieces it is told.
final class JsonTree implements JsonSink {
    /// The objects and arrays begun and not yet ended, innermost first.
    private final ArrayDeque<Level> open = new ArrayDeque<>();
    /// The whole value once its last piece was told, `null` before; set by `add`.
    private Json whole = Json.NULL;

    Json whole() {
        return whole;
    }

    @Override
    public void beginObject() {
        open.push(new Level(true));
    }

    @Override
    public void name(String name) {
        open.element().name = name;
    }

    @Override
    public void endObject() {
        add(new Json.Obj(open.pop().members));
    }

    @Override
    public void beginArray() {
        open.push(new Level(false));
    }

    @Override
    public void endArray() {
        add(new Json.Arr(open.pop().items));
    }

    @Override
    public void string(String value) {
        add(new Json.Str(value));
    }

    @Override
    public void number(String spelling) {
        add(new Json.Num(spelling));
    }

    @Override
    public void number(long value) {
        add(Json.Num.of(value));
    }

    @Override
    public void bool(boolean value) {
        add(new Json.Bool(value));
    }

    @Override
    public void nothing() {
        add(Json.NULL);
    }

    private void add(Json value) {
        if (open.isEmpty()) {
            whole = value;
        } else {
            open.element().add(value);
        }
    }

    /// One object or array in the making.
    private static final class Level {
        private final boolean object;
        private final LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        private final ArrayList<Json> items = new ArrayList<>();
        /// Of the member whose value comes next; set by `name`, unused in an array.
        private String name = "";

        private Level(boolean object) {
            this.object = object;
        }

        private void add(Json value) {
            if (object) {
                members.put(name, value);
            } else {
                items.add(value);
            }
        }
    }
}

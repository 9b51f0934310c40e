package swarm.json;

/// Makes text of the pieces of a value, compact or indented.
///
/// Strings are escaped as Go's encoder does: quote, backslash and control characters, and also
/// U+2028 and U+2029, which end a line in JavaScript. Half of a surrogate pair is no character and
/// cannot be put into UTF-8: it is written as U+FFFD.
///
/// Departs: Go's encoder escapes `<`, `>` and `&` unless told not to. Docker's daemon tells it not
/// to, `docker inspect` does not; so compact text leaves them, indented text escapes them.
final class JsonWriter implements JsonSink {
    private static final String HEX = "0123456789abcdef";
    private static final String INDENT = "    ";

    private final StringBuilder out;
    private final boolean indented;
    /// How many objects and arrays are begun and not ended; changed by begin and end alone.
    private int depth;
    /// True right after a beginning, where no comma goes; cleared by the first element.
    private boolean fresh = true;
    /// True between a name and its value, where no comma goes either.
    private boolean named;

    private JsonWriter(StringBuilder out, boolean indented) {
        this.out = out;
        this.indented = indented;
    }

    static JsonWriter compact(StringBuilder out) {
        return new JsonWriter(out, false);
    }

    static JsonWriter indented(StringBuilder out) {
        return new JsonWriter(out, true);
    }

    String text() {
        return out.toString();
    }

    @Override
    public void beginObject() {
        begin('{');
    }

    @Override
    public void name(String name) {
        separate();
        quote(name);
        out.append(':');
        if (indented) {
            out.append(' ');
        }
        named = true;
    }

    @Override
    public void endObject() {
        end('}');
    }

    @Override
    public void beginArray() {
        begin('[');
    }

    @Override
    public void endArray() {
        end(']');
    }

    @Override
    public void string(String value) {
        separate();
        quote(value);
    }

    @Override
    public void number(String spelling) {
        separate();
        out.append(spelling);
    }

    @Override
    public void number(long value) {
        separate();
        out.append(value);
    }

    @Override
    public void bool(boolean value) {
        separate();
        out.append(value);
    }

    @Override
    public void nothing() {
        separate();
        out.append("null");
    }

    private void begin(char bracket) {
        separate();
        out.append(bracket);
        depth++;
        fresh = true;
    }

    private void end(char bracket) {
        depth--;
        if (!fresh) {
            newLine();
        }
        out.append(bracket);
        fresh = false;
    }

    /// What stands before an element: nothing between name and value, else comma and line end.
    private void separate() {
        if (named) {
            named = false;
        } else if (depth > 0) {
            if (!fresh) {
                out.append(',');
            }
            newLine();
        }
        fresh = false;
    }

    private void newLine() {
        if (indented) {
            out.append('\n');
            for (int level = 0; level < depth; level++) {
                out.append(INDENT);
            }
        }
    }

    private void quote(String text) {
        out.append('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (isPair(text, i)) {
                    i++;
                    continue;
                }
            } else if (isPlain(c)) {
                continue;
            }
            out.append(text, plain, i);
            escape(Character.isSurrogate(c) ? '\ufffd' : c);
            plain = i + 1;
        }
        out.append(text, plain, text.length()).append('"');
    }

    private static boolean isPair(String text, int at) {
        return at + 1 < text.length()
            && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
    }

    private boolean isPlain(char c) {
        if (c < 0x20 || c == '"' || c == '\\') {
            return false;
        }
        if (c == '<' || c == '>' || c == '&') {
            return !indented;
        }
        return c != '\u2028' && c != '\u2029';
    }

    private void escape(char c) {
        out.append('\\');
        switch (c) {
            case '"', '\\' -> out.append(c);
            case '\b' -> out.append('b');
            case '\f' -> out.append('f');
            case '\n' -> out.append('n');
            case '\r' -> out.append('r');
            case '\t' -> out.append('t');
            default -> out.append('u').append(hex(c >> 12)).append(hex(c >> 8)).append(hex(c >> 4))
                .append(hex(c));
        }
    }

    private static char hex(int nibble) {
        return HEX.charAt(nibble & 15);
    }
}

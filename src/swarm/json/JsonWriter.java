package swarm.json;

/// Makes text of the pieces of a value, compact or indented. The caller keeps the grammar: in an
/// object each value follows its name, and what is begun ends.
///
/// Strings are escaped as Go's encoder does: quote, backslash and control characters, and also
/// U+2028 and U+2029, which end a line in JavaScript. Half of a surrogate pair is no character and
/// cannot be put into UTF-8: it is written as U+FFFD.
///
/// Departs: Go's encoder escapes `<`, `>` and `&` unless told not to. Docker's daemon tells it not
/// to, `docker inspect` does not; so compact text leaves them, indented text escapes them.
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder();
    private final boolean indented;
    /// How many objects and arrays are begun and not ended; changed by begin and end alone.
    private int depth;
    /// True right after a beginning, where no comma goes; cleared by the first element.
    private boolean fresh = true;
    /// True between a name and its value, where no comma goes either.
    private boolean named;

    JsonWriter(boolean indented) {
        this.indented = indented;
    }

    String text() {
        return out.toString();
    }

    void beginObject() {
        begin('{');
    }

    void endObject() {
        end('}');
    }

    void beginArray() {
        begin('[');
    }

    void endArray() {
        end(']');
    }

    void name(String name) {
        separate();
        quote(name);
        out.append(indented ? ": " : ":");
        named = true;
    }

    void string(String value) {
        separate();
        quote(value);
    }

    /// What needs no quotes: a number, `true`, `false`, `null`.
    void word(String word) {
        separate();
        out.append(word);
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
            if (!isPlain(text, i)) {
                out.append(text, plain, i);
                escape(text.charAt(i));
                plain = i + 1;
            }
        }
        out.append(text, plain, text.length()).append('"');
    }

    private boolean isPlain(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x80) {
            boolean html = c == '<' || c == '>' || c == '&';
            return c >= 0x20 && c != '"' && c != '\\' && !(html && indented);
        }
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
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
            default -> hex(Character.isSurrogate(c) ? '\ufffd' : c);
        }
    }

    private void hex(char c) {
        out.append('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX.charAt(c >> shift & 15));
        }
    }
}

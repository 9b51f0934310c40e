package swarm.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// Text to `Json`, by recursive descent along the grammar, one function a rule.
///
/// It accepts what RFC 8259 calls JSON and nothing else, and says what is wrong in the words of
/// Go's decoder, which Docker's users see. How deep values nest is bounded here; how long the text
/// is, the caller bounds. A value takes at most some fifty times the memory of its text.
///
/// Half of a surrogate pair, escaped, reads as U+FFFD, as in Go.
///
/// Departs: Go replaces bytes that are no UTF-8 by U+FFFD, this refuses them (RFC 8259 §8.1).
final class JsonReader {
    /// Deeper than any document of Docker's, and shallow enough for any thread's stack.
    static final int DEPTH_MAX = 100;
    private static final char REPLACEMENT = '\ufffd';

    private final String text;
    /// Index of the next character to read; only goes forward.
    private int at;
    /// How many objects and arrays are around `at`.
    private int depth;

    JsonReader(String text) {
        this.text = text;
    }

    /// Bytes to text; wrong ones show when the text is turned back.
    static String decoded(byte[] utf8) throws JsonException {
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            int wrong = Arrays.mismatch(utf8, text.getBytes(StandardCharsets.UTF_8));
            if (wrong >= 0) {
                throw JsonException.limit("invalid UTF-8 in JSON input", wrong);
            }
        }
        return text;
    }

    static boolean isNumber(String text) {
        try {
            JsonReader reader = new JsonReader(text);
            reader.skipNumber();
            return reader.at == text.length();
        } catch (JsonException none) {
            return false;
        }
    }

    Json document() throws JsonException {
        Json value = value();
        skipSpace();
        if (at < text.length()) {
            throw unexpected("after top-level value");
        }
        return value;
    }

    private Json value() throws JsonException {
        skipSpace();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> new Json.Str(string());
            case 't' -> literal("true", new Json.Bool(true));
            case 'f' -> literal("false", new Json.Bool(false));
            case 'n' -> literal("null", Json.NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw unexpected("looking for beginning of value");
        };
    }

    private Json object() throws JsonException {
        enter();
        skipSpace();
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        boolean more = peek() != '}';
        while (more) {
            skipSpace();
            if (peek() != '"') {
                throw unexpected("looking for beginning of object key string");
            }
            String name = string();
            skipSpace();
            if (peek() != ':') {
                throw unexpected("after object key");
            }
            at++;
            members.put(name, value());
            more = isMore('}', "after object key:value pair");
        }
        leave();
        return members.isEmpty() ? Json.obj() : new Json.Obj(members);
    }

    private Json array() throws JsonException {
        enter();
        skipSpace();
        if (peek() == ']') {
            leave();
            return new Json.Arr(List.of());
        }
        ArrayList<Json> items = new ArrayList<>();
        boolean more = true;
        while (more) {
            items.add(value());
            more = isMore(']', "after array element");
        }
        leave();
        return new Json.Arr(items);
    }

    /// Past a comma there is more, at the closing bracket there is none.
    private boolean isMore(char close, String place) throws JsonException {
        skipSpace();
        char c = peek();
        if (c == ',') {
            at++;
            return true;
        }
        if (c != close) {
            throw unexpected(place);
        }
        return false;
    }

    private void enter() throws JsonException {
        if (depth == DEPTH_MAX) {
            throw JsonException.limit("exceeded max depth", at);
        }
        depth++;
        at++;
    }

    private void leave() {
        depth--;
        at++;
    }

    private Json literal(String word, Json value) throws JsonException {
        for (int i = 0; i < word.length(); i++) {
            if (peek() != word.charAt(i)) {
                throw unexpected("in literal " + word + " (expecting '" + word.charAt(i) + "')");
            }
            at++;
        }
        return value;
    }

    private Json number() throws JsonException {
        int start = at;
        skipNumber();
        return new Json.Num(text.substring(start, at));
    }

    private void skipNumber() throws JsonException {
        if (next() == '-') {
            at++;
        }
        if (next() == '0') {
            at++;
        } else {
            skipDigits("in numeric literal");
        }
        if (next() == '.') {
            at++;
            skipDigits("after decimal point in numeric literal");
        }
        if (next() == 'e' || next() == 'E') {
            at++;
            if (next() == '+' || next() == '-') {
                at++;
            }
            skipDigits("in exponent of numeric literal");
        }
    }

    private void skipDigits(String place) throws JsonException {
        char first = peek();
        if (first < '0' || first > '9') {
            throw unexpected(place);
        }
        while (next() >= '0' && next() <= '9') {
            at++;
        }
    }

    private String string() throws JsonException {
        at++;
        int start = at;
        skipPlain();
        if (peek() == '"') {
            return text.substring(start, at++);
        }
        StringBuilder unescaped = new StringBuilder().append(text, start, at);
        while (peek() != '"') {
            unescaped.append(escape());
            start = at;
            skipPlain();
            unescaped.append(text, start, at);
        }
        at++;
        return unescaped.toString();
    }

    /// To the next quote, backslash or end; a control character before it is refused.
    private void skipPlain() throws JsonException {
        char c = peek();
        while (c != '"' && c != '\\') {
            if (c < ' ') {
                throw unexpected("in string literal");
            }
            at++;
            c = peek();
        }
    }

    private String escape() throws JsonException {
        at++;
        char c = peek();
        String plain = switch (c) {
            case '"' -> "\"";
            case '\\' -> "\\";
            case '/' -> "/";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'u' -> "";
            default -> throw unexpected("in string escape code");
        };
        at++;
        return c == 'u' ? codePoint() : plain;
    }

    /// After `\\u`: a character, the first half of a pair whose second follows, or half a pair.
    private String codePoint() throws JsonException {
        char first = hex4();
        if (Character.isHighSurrogate(first) && text.startsWith("\\u", at)) {
            int second = at;
            at += 2;
            char low = hex4();
            if (Character.isLowSurrogate(low)) {
                return Character.toString(Character.toCodePoint(first, low));
            }
            at = second;
        }
        return String.valueOf(Character.isSurrogate(first) ? REPLACEMENT : first);
    }

    private char hex4() throws JsonException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw unexpected("in \\u hexadecimal character escape");
            }
            code = code << 4 | digit;
            at++;
        }
        return (char) code;
    }

    private void skipSpace() {
        char c = next();
        while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            at++;
            c = next();
        }
    }

    /// The next character where one must come.
    private char peek() throws JsonException {
        if (at >= text.length()) {
            throw JsonException.syntax(JsonException.END, "", at);
        }
        return text.charAt(at);
    }

    /// The next character, or NUL, which the grammar has nowhere, where the text may end.
    private char next() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private JsonException unexpected(String place) {
        return JsonException.syntax(quoted(text.charAt(at)), place, at);
    }

    private static String quoted(char c) {
        return switch (c) {
            case '\'' -> "'\\''";
            case '\\' -> "'\\\\'";
            case '\n' -> "'\\n'";
            case '\r' -> "'\\r'";
            case '\t' -> "'\\t'";
            default -> c < 0x20 || c == 0x7f
                ? "'\\x" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16) + "'"
                : "'" + c + "'";
        };
    }
}

package swarm.json;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Function;

/// The shape of a value without parts: `absent` is its empty value, `spelled` gives its text, which
/// JSON wants as a string if it is `quoted`, and `reading` takes the value out of JSON.
///
/// Source for bytes: RFC 4648 §4, with padding.
record Leaf(String type, Object absent, boolean quoted, Function<Object, String> spelled,
    Reading reading) implements Shape {
    static final Leaf TEXT = new Leaf("string", "", true, String.class::cast,
        json -> string(json, "string"));
    static final Leaf LONG = new Leaf("int64", 0L, false, Object::toString,
        json -> number(json, "int64", Long::valueOf));
    static final Leaf INT = new Leaf("int32", 0, false, Object::toString,
        json -> number(json, "int32", Integer::valueOf));
    static final Leaf DOUBLE = new Leaf("float64", 0.0, false, value -> decimal((Double) value),
        json -> number(json, "float64", Leaf::finite));
    static final Leaf BOOLEAN = new Leaf("bool", false, false, Object::toString, Leaf::bool);
    static final Leaf BYTES = new Leaf("[]uint8", new byte[0], true,
        value -> Base64.getEncoder().encodeToString((byte[]) value), Leaf::bytes);
    static final Leaf JSON = new Leaf("json.RawMessage", Json.NULL, false,
        value -> ((Json) value).text(), json -> json);

    private static final double WHOLE_MAX = 1e15;

    /// Takes a value out of JSON, which is not `null`.
    interface Reading {
        Object value(Json json) throws JsonException;
    }

    @Override public boolean isEmpty(Object value) {
        return Objects.deepEquals(value, absent);
    }

    @Override public void write(Object value, JsonWriter writer, Audience audience) {
        if (quoted) {
            writer.string(spelled.apply(value));
        } else {
            writer.word(spelled.apply(value));
        }
    }

    @Override public Object read(Json json) throws JsonException {
        return reading.value(json);
    }

    static String string(Json json, String type) throws JsonException {
        if (json instanceof Json.Str(String value)) {
            return value;
        }
        throw JsonException.type(json.kind(), type);
    }

    private static Object number(Json json, String type, Function<String, Object> parsed)
        throws JsonException {
        if (!(json instanceof Json.Num(String spelling))) {
            throw JsonException.type(json.kind(), type);
        }
        try {
            return parsed.apply(spelling);
        } catch (NumberFormatException outOfRange) {
            throw JsonException.type("number " + spelling, type);
        }
    }

    private static Object finite(String spelling) {
        double value = Double.parseDouble(spelling);
        if (Double.isInfinite(value)) {
            throw new NumberFormatException(spelling);
        }
        return value;
    }

    private static Object bool(Json json) throws JsonException {
        if (json instanceof Json.Bool(boolean value)) {
            return value;
        }
        throw JsonException.type(json.kind(), "bool");
    }

    private static Object bytes(Json json) throws JsonException {
        String text = string(json, "[]uint8");
        int good = 0;
        while (good < text.length() && isBase64(text, good)) {
            good++;
        }
        if (good < text.length() || text.length() % 4 != 0) {
            throw JsonException.value("illegal base64 data at input byte " + good, "[]uint8");
        }
        return Base64.getDecoder().decode(text);
    }

    /// A letter of the alphabet, or padding in one of the last two places.
    private static boolean isBase64(String text, int at) {
        char c = text.charAt(at);
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
            || c == '+' || c == '/'
            || c == '=' && at >= text.length() - 2 && text.endsWith("=");
    }

    /// As Go writes it: no fraction where it is 0, an exponent where the number is huge or tiny.
    private static String decimal(double value) {
        if (value == Math.rint(value) && Math.abs(value) < WHOLE_MAX) {
            return Long.toString((long) value);
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return Math.abs(value) >= 1e-6 && Math.abs(value) < 1e21
            ? shortest.toPlainString()
            : shortest.toString().replace('E', 'e');
    }
}

package swarm.json;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/// The shapes of values that have no parts.
final class ValueShape {
    private static final double WHOLE_MAX = 1e15;

    private ValueShape() {
    }

    record Text() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return ((String) value).isEmpty();
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.string((String) value);
        }

        @Override
        public Object read(Json json) throws JsonException {
            return string(json, type());
        }

        @Override
        public Object absent() {
            return "";
        }

        @Override
        public String type() {
            return "string";
        }
    }

    static String string(Json json, String type) throws JsonException {
        if (json instanceof Json.Str(String value)) {
            return value;
        }
        throw JsonException.type(json.kind(), type);
    }

    static String number(Json json, String type) throws JsonException {
        if (json instanceof Json.Num(String spelling)) {
            return spelling;
        }
        throw JsonException.type(json.kind(), type);
    }

    record Long64() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return (Long) value == 0;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.number((Long) value);
        }

        @Override
        public Object read(Json json) throws JsonException {
            String spelling = number(json, type());
            try {
                return Long.parseLong(spelling);
            } catch (NumberFormatException wrong) {
                throw JsonException.type("number " + spelling, type());
            }
        }

        @Override
        public Object absent() {
            return 0L;
        }

        @Override
        public String type() {
            return "int64";
        }
    }

    record Int32() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return (Integer) value == 0;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.number((Integer) value);
        }

        @Override
        public Object read(Json json) throws JsonException {
            String spelling = number(json, type());
            try {
                return Integer.parseInt(spelling);
            } catch (NumberFormatException wrong) {
                throw JsonException.type("number " + spelling, type());
            }
        }

        @Override
        public Object absent() {
            return 0;
        }

        @Override
        public String type() {
            return "int32";
        }
    }

    /// Written as Go does: without a fraction where it is 0, with an exponent where it is large.
    record Float64() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return (Double) value == 0;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.number(spelled((Double) value));
        }

        private static String spelled(double value) {
            if (value == Math.rint(value) && Math.abs(value) < WHOLE_MAX) {
                return Long.toString((long) value);
            }
            BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
            return Math.abs(value) >= 1e-6 && Math.abs(value) < 1e21
                ? shortest.toPlainString()
                : shortest.toString().replace('E', 'e');
        }

        @Override
        public Object read(Json json) throws JsonException {
            String spelling = number(json, type());
            double value = Double.parseDouble(spelling);
            if (Double.isInfinite(value)) {
                throw JsonException.type("number " + spelling, type());
            }
            return value;
        }

        @Override
        public Object absent() {
            return 0.0;
        }

        @Override
        public String type() {
            return "float64";
        }
    }

    record Flag() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return !(Boolean) value;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.bool((Boolean) value);
        }

        @Override
        public Object read(Json json) throws JsonException {
            if (json instanceof Json.Bool(boolean value)) {
                return value;
            }
            throw JsonException.type(json.kind(), type());
        }

        @Override
        public Object absent() {
            return false;
        }

        @Override
        public String type() {
            return "bool";
        }
    }

    /// Base 64 with padding, RFC 4648 §4.
    record Bytes() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return ((byte[]) value).length == 0;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.string(Base64.getEncoder().encodeToString((byte[]) value));
        }

        @Override
        public Object read(Json json) throws JsonException {
            String text = string(json, type());
            int wrong = firstWrong(text);
            if (wrong < text.length() || text.length() % 4 != 0) {
                throw JsonException.value("illegal base64 data at input byte " + wrong, type());
            }
            return Base64.getDecoder().decode(text);
        }

        /// Index of the first character out of place, the length if there is none.
        private static int firstWrong(String text) {
            int padding = Math.max(0, text.length() - 2);
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean last = i == text.length() - 1;
                boolean ends = c == '=' && i >= padding && (last || text.charAt(i + 1) == '=');
                boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
                boolean other = c >= '0' && c <= '9' || c == '+' || c == '/';
                if (!ends && !letter && !other) {
                    return i;
                }
            }
            return text.length();
        }

        @Override
        public Object absent() {
            return new byte[0];
        }

        @Override
        public String type() {
            return "[]uint8";
        }
    }

    /// A time always shows; the zero time says that there is none.
    record Time() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return false;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            sink.string(Rfc3339.text((Instant) value));
        }

        @Override
        public Object read(Json json) throws JsonException {
            String text = string(json, type());
            try {
                return Rfc3339.parse(text);
            } catch (DateTimeException wrong) {
                throw JsonException.value("not a time as in RFC 3339: \"" + text + "\"", type());
            }
        }

        @Override
        public Object absent() {
            return Rfc3339.ZERO;
        }

        @Override
        public String type() {
            return "time.Time";
        }

        @Override
        public boolean isAbsent(Json json) {
            return json instanceof Json.Null || json.asStr().equals(Rfc3339.ZERO_TEXT);
        }

        @Override
        public void writeAbsent(JsonSink sink) {
            sink.string(Rfc3339.ZERO_TEXT);
        }
    }

    /// JSON of which we know nothing more, kept as it is.
    record Any() implements Shape {
        @Override
        public boolean isEmpty(Object value) {
            return value instanceof Json.Null;
        }

        @Override
        public void write(Object value, JsonSink sink, Audience audience) {
            ((Json) value).writeTo(sink);
        }

        @Override
        public Object read(Json json) {
            return json;
        }

        @Override
        public Object absent() {
            return Json.NULL;
        }

        @Override
        public String type() {
            return "json.RawMessage";
        }
    }
}

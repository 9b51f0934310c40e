package swarm.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/// Times as Go writes them: to the nanosecond, in UTC, without trailing zeros of the fraction, as
/// `2026-11-22T20:34:00.386084378Z`. Other offsets are read too. A time always shows: where there
/// is none, Docker shows Go's zero time, the first second of the year 1.
///
/// Source: RFC 3339 §5.6.
record TimeShape() implements Shape {
    private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

    @Override public String type() {
        return "time.Time";
    }

    @Override public boolean isEmpty(Object value) {
        return false;
    }

    @Override public void write(Object value, JsonWriter writer, Audience audience) {
        writer.string(text((Instant) value));
    }

    /// Java writes no fraction or groups of three digits.
    private static String text(Instant time) {
        String text = time.toString();
        if (time.getNano() == 0) {
            return text;
        }
        int end = text.length() - 1;
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, end) + "Z";
    }

    @Override public Object read(Json json) throws JsonException {
        String text = Leaf.string(json, type());
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException wrong) {
            throw JsonException.value("not a time as in RFC 3339: \"" + text + "\"", type());
        }
    }

    @Override public Object absent() {
        return ZERO;
    }

    @Override public boolean isAbsent(Json json) {
        return json instanceof Json.Null || json.asStr().equals(text(ZERO));
    }

    @Override public void writeAbsent(JsonWriter writer) {
        writer.string(text(ZERO));
    }
}

package swarm.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Times as Go writes them: to the nanosecond, in UTC, without trailing zeros of the fraction:
/// `2026-11-22T20:34:00.386084378Z`. Read are other offsets too. Go's zero time is the first
/// second of the year 1; Docker shows it where there is no time.
///
/// Source: RFC 3339 §5.6; it has no years before 0 or after 9999, and here no leap seconds.
final class Rfc3339 {
    static final String ZERO_TEXT = "0001-01-01T00:00:00Z";
    static final Instant ZERO = Instant.ofEpochSecond(-62_135_596_800L);
    private static final int FRACTION = 19;
    private static final int NANO_DIGITS = 9;

    private Rfc3339() {
    }

    static String text(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            throw new IllegalArgumentException("year outside of 0..9999: " + time);
        }
        StringBuilder out = new StringBuilder(30);
        digits(out, utc.getYear(), 4).append('-');
        digits(out, utc.getMonthValue(), 2).append('-');
        digits(out, utc.getDayOfMonth(), 2).append('T');
        digits(out, utc.getHour(), 2).append(':');
        digits(out, utc.getMinute(), 2).append(':');
        digits(out, utc.getSecond(), 2);
        if (utc.getNano() > 0) {
            digits(out.append('.'), utc.getNano(), NANO_DIGITS);
            while (out.charAt(out.length() - 1) == '0') {
                out.setLength(out.length() - 1);
            }
        }
        return out.append('Z').toString();
    }

    private static StringBuilder digits(StringBuilder out, int number, int width) {
        String digits = Integer.toString(number);
        return out.repeat('0', width - digits.length()).append(digits);
    }

    /// Throws DateTimeException if `text` is no time.
    static Instant parse(String text) {
        if (text.length() <= FRACTION || !hasMarks(text)) {
            throw notATime(text);
        }
        int zone = zone(text);
        LocalDateTime local = LocalDateTime.of(number(text, 0, 4), number(text, 5, 7),
            number(text, 8, 10), number(text, 11, 13), number(text, 14, 16), number(text, 17, 19),
            nanos(text, zone));
        return local.toInstant(offset(text, zone));
    }

    private static boolean hasMarks(String text) {
        return text.charAt(4) == '-' && text.charAt(7) == '-' && text.charAt(10) == 'T'
            && text.charAt(13) == ':' && text.charAt(16) == ':';
    }

    /// Where the offset begins, past the fraction if there is one.
    private static int zone(String text) {
        int at = FRACTION;
        if (text.charAt(at) == '.') {
            at++;
            while (at < text.length() && isDigit(text.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    private static int nanos(String text, int zone) {
        if (zone == FRACTION) {
            return 0;
        }
        int end = Math.min(zone, FRACTION + 1 + NANO_DIGITS);
        int nanos = number(text, FRACTION + 1, end);
        for (int digit = end; digit <= FRACTION + NANO_DIGITS; digit++) {
            nanos *= 10;
        }
        return nanos;
    }

    private static ZoneOffset offset(String text, int zone) {
        if (text.length() == zone + 1 && text.charAt(zone) == 'Z') {
            return ZoneOffset.UTC;
        }
        if (text.length() != zone + 6 || text.charAt(zone + 3) != ':') {
            throw notATime(text);
        }
        int hours = number(text, zone + 1, zone + 3);
        int minutes = number(text, zone + 4, zone + 6);
        return switch (text.charAt(zone)) {
            case '+' -> ZoneOffset.ofHoursMinutes(hours, minutes);
            case '-' -> ZoneOffset.ofHoursMinutes(-hours, -minutes);
            default -> throw notATime(text);
        };
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                throw notATime(text);
            }
            number = number * 10 + text.charAt(i) - '0';
        }
        if (from == to) {
            throw notATime(text);
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static DateTimeException notATime(String text) {
        return new DateTimeException("not a time as in RFC 3339: " + text);
    }
}

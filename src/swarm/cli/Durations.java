package swarm.cli;

/// Lengths of time as Go reads and writes them, `1h30m0s`, and as Docker says them to people,
/// `About an hour`.
final class Durations {
    private static final long SECOND = 1_000_000_000L;
    private static final String[] UNITS = {"ns", "us", "µs", "ms", "s", "m", "h"};
    private static final long[] NANOS = {
        1, 1_000, 1_000, 1_000_000, SECOND, 60 * SECOND, 3_600 * SECOND};

    private Durations() {
    }

    static long nanos(String text) throws Failure {
        boolean signed = !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0;
        String left = text.substring(signed ? 1 : 0);
        if (left.equals("0")) {
            return 0;
        }
        if (left.isEmpty()) {
            throw wrong("invalid duration", text);
        }
        double sum = 0;
        while (!left.isEmpty()) {
            int digits = span(left, true);
            int end = digits + span(left.substring(digits), false);
            double value;
            try {
                value = Double.parseDouble(left.substring(0, digits));
            } catch (NumberFormatException noNumber) {
                throw wrong("invalid duration", text);
            }
            if (end == digits) {
                throw wrong("missing unit in duration", text);
            }
            sum += value * unit(left.substring(digits, end), text);
            left = left.substring(end);
        }
        if (sum > Long.MAX_VALUE) {
            throw wrong("invalid duration", text);
        }
        return text.charAt(0) == '-' ? -Math.round(sum) : Math.round(sum);
    }

    /// How many characters of a number (one point at most) or of a unit `text` begins with.
    private static int span(String text, boolean number) {
        int end = 0;
        boolean point = false;
        while (end < text.length()) {
            char c = text.charAt(end);
            boolean numeric = c >= '0' && c <= '9' || c == '.';
            if (numeric != number || number && c == '.' && point) {
                break;
            }
            point |= c == '.';
            end++;
        }
        return end;
    }

    private static long unit(String name, String text) throws Failure {
        for (int at = 0; at < UNITS.length; at++) {
            if (UNITS[at].equals(name)) {
                return NANOS[at];
            }
        }
        throw Failure.of("time: unknown unit \"" + name + "\" in duration \"" + text + "\"");
    }

    private static Failure wrong(String what, String text) {
        return Failure.of("time: " + what + " \"" + text + "\"");
    }

    /// As Go prints a duration: `0s`, `1.5s`, `168h0m0s`.
    static String text(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        String sign = nanos < 0 ? "-" : "";
        long left = Math.abs(nanos);
        if (left < SECOND) {
            int at = left < 1_000 ? 0 : left < 1_000_000 ? 2 : 3;
            return sign + fraction(left, NANOS[at]) + UNITS[at];
        }
        long minutes = left / (60 * SECOND);
        String seconds = fraction(left % (60 * SECOND), SECOND) + "s";
        return sign + (minutes >= 60 ? minutes / 60 + "h" : "")
            + (minutes > 0 ? minutes % 60 + "m" : "") + seconds;
    }

    private static String fraction(long value, long unit) {
        long part = value % unit;
        if (part == 0) {
            return Long.toString(value / unit);
        }
        String digits = Long.toString(unit + part).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return value / unit + "." + digits.substring(0, end);
    }

    /// As Docker tells people, in the largest unit that fits.
    static String human(long seconds) {
        long minutes = seconds / 60;
        long hours = (seconds + 1_800) / 3_600;
        if (seconds < 1) {
            return "Less than a second";
        } else if (minutes < 1) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        } else if (minutes < 60) {
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        } else if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        } else if (hours < 24 * 14) {
            return hours / 24 + " days";
        } else if (hours < 24 * 60) {
            return hours / 24 / 7 + " weeks";
        } else if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return seconds / 3_600 / 24 / 365 + " years";
    }
}

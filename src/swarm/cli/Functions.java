package swarm.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import swarm.json.Json;

/// The functions of templates: Go's and Docker's that people use, and a few for our own texts.
final class Functions {
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final long NANO = 1_000_000_000L;

    private Functions() {
    }

    static Json call(String name, List<Json> of) throws Failure {
        Json last = of.isEmpty() ? Json.NULL : of.getLast();
        Json first = of.isEmpty() ? Json.NULL : of.getFirst();
        return switch (name) {
            case "json" -> text(last.text());
            case "lower" -> text(shown(last).toLowerCase(Locale.ROOT));
            case "upper" -> text(shown(last).toUpperCase(Locale.ROOT));
            case "title" -> text(capital(shown(last)));
            case "len" -> Json.Num.of(last.asStr().length() + items(last).size());
            case "or" -> first.isEmpty() ? last : first;
            case "eq" -> new Json.Bool(shown(first).equals(shown(last)));
            case "index" -> index(first, last);
            case "join" -> text(joined(first, shown(last)));
            case "printf" -> text(formatted(shown(first), of.subList(1, of.size())));
            case "duration" -> text(Durations.text(last.asNum()));
            case "size" -> text(size(last.asNum()));
            case "cpus" -> text(cpus(last.asNum()));
            case "pairs" -> pairs(last, shown(first));
            default -> throw Failure.of("template parsing error: template: :1: function \"" + name
                + "\" not defined");
        };
    }

    private static Json text(String text) {
        return new Json.Str(text);
    }

    /// As Go prints a value: text bare, `map[a:1]`, `[a b]`.
    static String shown(Json value) {
        if (value.kind().equals("object")) {
            return "map[" + joined(pairs(value, ":"), " ") + "]";
        } else if (value.kind().equals("array")) {
            return "[" + joined(value, " ") + "]";
        }
        return value == Json.NULL ? ""
            : value.kind().equals("string") ? value.asStr() : value.text();
    }

    static List<Json> items(Json value) {
        return value.kind().equals("object") ? List.copyOf(value.asObj().members().values())
            : value.asArr();
    }

    /// `key` + `between` + `value` of each member, by key.
    private static Json pairs(Json map, String between) {
        ArrayList<String> pairs = new ArrayList<>();
        for (var member : new TreeMap<>(map.asObj().members()).entrySet()) {
            pairs.add(member.getKey() + between + shown(member.getValue()));
        }
        return Values.strings(pairs);
    }

    private static String joined(Json list, String between) {
        StringBuilder out = new StringBuilder();
        for (Json item : list.asArr()) {
            out.append(out.isEmpty() ? "" : between).append(shown(item));
        }
        return out.toString();
    }

    private static Json index(Json of, Json key) {
        long at = key.asNum();
        return of.kind().equals("array") && at < of.asArr().size() ? of.asArr().get((int) at)
            : of.asObj().find(key.asStr()).orElse(Json.NULL);
    }

    /// `%s`, `%v`, `%d` and `%q`; other verbs stay as they are.
    private static String formatted(String format, List<Json> of) {
        StringBuilder out = new StringBuilder();
        int next = 0;
        for (int at = 0; at < format.length(); at++) {
            char verb = at + 1 < format.length() ? format.charAt(at + 1) : ' ';
            if (format.charAt(at) != '%' || "svdq%".indexOf(verb) < 0) {
                out.append(format.charAt(at));
                continue;
            }
            at++;
            if (verb == '%') {
                out.append('%');
            } else if (next < of.size()) {
                Json value = of.get(next++);
                out.append(verb == 'q' ? text(shown(value)).text() : shown(value));
            }
        }
        return out.toString();
    }

    /// JSON as Go writes it, safe inside HTML.
    static String escaped(String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    static String capital(String text) {
        return text.isEmpty() ? text
            : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    /// A size in powers of 1024, with four digits.
    private static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit + 1 < SIZES.length) {
            value /= 1024;
            unit++;
        }
        int decimals = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
        long scale = decimals == 0 ? 1 : decimals == 1 ? 10 : decimals == 2 ? 100 : 1000;
        return decimal(Math.round(value * scale), scale) + SIZES[unit];
    }

    private static String cpus(long nanos) {
        return decimal(nanos, NANO);
    }

    private static String decimal(long value, long scale) {
        String digits = Long.toString(scale + value % scale).substring(1);
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return value / scale + (end == 0 ? "" : "." + digits.substring(0, end));
    }

    /// How long before `now` that was, as lists say it.
    static String ago(Instant now, String then) {
        return Durations.human(Math.max(0, now.toEpochMilli() - millis(then)) / 1000) + " ago";
    }

    /// Milliseconds of an RFC 3339 time in UTC; read by hand, since Java's parser costs 30 ms.
    private static long millis(String time) {
        if (time.length() < "2026-01-01T00:00:00Z".length()) {
            return 0;
        }
        long day = LocalDate.of(number(time, 0, 4), number(time, 5, 7), number(time, 8, 10))
            .toEpochDay();
        long seconds = (day * 24 + number(time, 11, 13)) * 3600 + number(time, 14, 16) * 60
            + number(time, 17, 19);
        String fraction = time.charAt(19) == '.' ? time.substring(20) + "00" : "000";
        return seconds * 1000 + number(fraction.replace('Z', '0'), 0, 3);
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}

package swarm.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import swarm.json.Json;

/// The kinds of values that flags take: text of the command line to the JSON of the request.
/// A wrong value is a `Failure` in the words of Docker's client, which are Go's for numbers.
final class Values {
    private static final int NANO_DIGITS = 9;
    private static final String ULIMITS = " core cpu data fsize locks memlock msgqueue nice nofile"
        + " nproc rss rtprio rttime sigpending stack ";

    private Values() {
    }

    static Json read(String kind, String text, World world) throws Failure {
        return switch (kind.startsWith("list:") ? kind.substring("list:".length()) : kind) {
            case Flag.SWITCH -> new Json.Bool(bool(text));
            case "uint" -> number(text, "ParseUint");
            case "int" -> number(text, "ParseInt");
            case "float" -> real(text);
            case "duration" -> Json.Num.of(Durations.nanos(text));
            case "bytes" -> Json.Num.of(bytes(text));
            case "decimal" -> cpus(text);
            case "command" -> strings(Words.split(text));
            case "env" -> new Json.Str(env(text, world));
            case "label" -> new Json.Str(label(text));
            case "cap" -> new Json.Str(capability(text));
            case "filter" -> new Json.Str(filter(text));
            case "ip" -> new Json.Str(Hosts.address(text));
            case "domain" -> new Json.Str(Hosts.domain(text));
            case "host" -> new Json.Str(Hosts.mapping(text));
            case "mount" -> Mounts.read(text, world);
            case "port" -> Ports.read(text);
            case "pref" -> preference(text);
            case "ulimit" -> ulimit(text);
            case "external-ca" -> Swarms.externalCa(text, world);
            case "pem-file" -> new Json.Str(Swarms.pem(text, world));
            case "node-addr" -> new Json.Str(Swarms.listenAddr(text));
            case "cidr" -> new Json.Str(Swarms.cidr(text));
            default -> new Json.Str(text);
        };
    }

    static boolean bool(String text) throws Failure {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw syntax("ParseBool", text);
        };
    }

    /// A whole number; with `ParseUint` none below zero.
    static Json number(String text, String go) throws Failure {
        boolean signed = go.equals("ParseInt") && !text.isEmpty()
            && "+-".indexOf(text.charAt(0)) >= 0;
        String digits = text.substring(signed ? 1 : 0).replace("_", "");
        boolean hex = digits.startsWith("0x");
        digits = hex ? digits.substring(2) : digits;
        for (int at = 0; at < digits.length(); at++) {
            if (Character.digit(digits.charAt(at), hex ? 16 : 10) < 0) {
                throw syntax(go, text);
            }
        }
        if (digits.isEmpty()) {
            throw syntax(go, text);
        }
        try {
            long value = Long.parseLong(digits, hex ? 16 : 10);
            return Json.Num.of(text.charAt(0) == '-' ? -value : value);
        } catch (NumberFormatException tooLarge) {
            throw Failure.of("strconv." + go + ": parsing \"" + text + "\": value out of range");
        }
    }

    private static Failure syntax(String go, String text) {
        return Failure.of("strconv." + go + ": parsing \"" + text + "\": invalid syntax");
    }

    private static Json real(String text) throws Failure {
        try {
            double value = Double.parseDouble(text);
            return value == (long) value ? Json.Num.of((long) value)
                : new Json.Num(Double.toString(value));
        } catch (NumberFormatException wrong) {
            throw syntax("ParseFloat", text);
        }
    }

    /// CPUs in billionths.
    private static Json cpus(String text) throws Failure {
        BigDecimal value;
        try {
            value = new BigDecimal(text);
        } catch (NumberFormatException wrong) {
            throw Failure.of("failed to parse " + text + " as a rational number");
        }
        try {
            return Json.Num.of(value.movePointRight(NANO_DIGITS).longValueExact());
        } catch (ArithmeticException tooPrecise) {
            throw Failure.of("value is too precise");
        }
    }

    /// A size such as `10m`, `1.5GiB` or `4096`; all units are powers of 1024.
    static long bytes(String text) throws Failure {
        int end = 0;
        while (end < text.length() && "0123456789.".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        double value;
        try {
            value = Double.parseDouble(text.substring(0, end));
        } catch (NumberFormatException wrong) {
            throw Failure.of("invalid size: '" + text + "'");
        }
        String suffix = text.substring(end).strip().toLowerCase(Locale.ROOT);
        int unit = suffix.isEmpty() ? 0 : "bkmgtp".indexOf(suffix.charAt(0));
        String rest = suffix.isEmpty() ? "" : suffix.substring(1);
        boolean known = rest.isEmpty() || unit > 0 && (rest.equals("b") || rest.equals("ib"));
        if (unit < 0 || !known) {
            throw Failure.of("invalid suffix: '" + suffix + "'");
        }
        return (long) (value * (1L << 10 * unit));
    }

    static Json.Arr strings(List<String> texts) {
        ArrayList<Json> items = new ArrayList<>();
        for (String text : texts) {
            items.add(new Json.Str(text));
        }
        return new Json.Arr(items);
    }

    /// `NAME=value`; a bare name takes the value it has here, if it has one.
    private static String env(String text, World world) throws Failure {
        if (text.isEmpty() || text.charAt(0) == '=') {
            throw Failure.of("invalid environment variable: " + text);
        }
        String here = text.indexOf('=') < 0 ? world.variable(text) : "";
        return here.isEmpty() ? text : text + "=" + here;
    }

    private static String label(String text) throws Failure {
        if (text.startsWith("=")) {
            throw Failure.of("invalid label '" + text + "': empty name");
        }
        return text;
    }

    private static String capability(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        return name.equals("ALL") || name.startsWith("CAP_") ? name : "CAP_" + name;
    }

    private static String filter(String text) throws Failure {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw Failure.of("bad format of filter (expected name=value)");
        }
        return text.substring(0, equals).strip().toLowerCase(Locale.ROOT) + "="
            + text.substring(equals + 1).strip();
    }

    private static Json preference(String text) throws Failure {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw Failure.of(
                "placement preference must be of the format \"<strategy>=<arg>\"");
        }
        if (!text.startsWith("spread=")) {
            throw Failure.of("unsupported placement preference " + text.substring(0, equals)
                + " (only spread is supported)");
        }
        return Json.obj().with("Spread",
            Json.obj().with("SpreadDescriptor", text.substring(equals + 1)));
    }

    /// `name=soft[:hard]`; -1 is no limit.
    private static Json ulimit(String text) throws Failure {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw Failure.of("invalid ulimit argument: " + text);
        }
        String name = text.substring(0, equals);
        if (name.isEmpty() || !ULIMITS.contains(" " + name + " ")) {
            throw Failure.of("invalid ulimit type: " + name);
        }
        String limits = text.substring(equals + 1);
        int colon = limits.indexOf(':');
        if (colon >= 0 && limits.indexOf(':', colon + 1) >= 0) {
            throw Failure.of("too many limit value arguments - " + limits
                + ", can only have up to two, `soft[:hard]`");
        }
        long soft = number(colon < 0 ? limits : limits.substring(0, colon), "ParseInt").asNum();
        long hard = colon < 0 ? soft : number(limits.substring(colon + 1), "ParseInt").asNum();
        if (hard != -1 && (soft == -1 || soft > hard)) {
            throw Failure.of("ulimit soft limit must be less than or equal to hard limit: "
                + (soft == -1 ? "soft: -1 (unlimited), hard: " + hard : soft + " > " + hard));
        }
        return Json.obj().with("Name", name).with("Hard", hard).with("Soft", soft);
    }
}

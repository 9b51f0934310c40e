package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import swarm.json.Json;

/// The value of `--publish`: short, `8080:80/udp` with ranges, or long,
/// `published=8080,target=80,protocol=udp,mode=host`. One value can be several ports.
final class Ports {
    private static final int PORT_MAX = 65_535;

    private Ports() {
    }

    static Json read(String text) throws Failure {
        return text.indexOf('=') > 0 ? longForm(text) : shortForm(text);
    }

    private static Json longForm(String text) throws Failure {
        String protocol = "tcp";
        String mode = "ingress";
        long target = -1;
        long published = 0;
        for (String field : Words.fields(text)) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                throw Failure.of("invalid field: " + field);
            }
            String key = field.substring(0, equals).toLowerCase(Locale.ROOT);
            String given = field.substring(equals + 1);
            String value = given.toLowerCase(Locale.ROOT);
            switch (key) {
                case "protocol" -> protocol = protocol(value,
                    "invalid protocol value '" + value + "'");
                case "mode" -> mode = value;
                case "target" -> target = whole("target", value);
                case "published" -> published = whole("published", value);
                default -> throw Failure.of("invalid field key: " + key);
            }
        }
        if (!mode.equals("ingress") && !mode.equals("host")) {
            throw Failure.of("invalid publish mode value (" + mode
                + "): must be either 'ingress' or 'host'");
        }
        if (target < 0) {
            throw Failure.of("missing mandatory field 'target'");
        }
        return new Json.Arr(List.of(port(protocol, target, published, mode)));
    }

    private static Json shortForm(String text) throws Failure {
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? "tcp" : protocol(text.substring(slash + 1)
            .toLowerCase(Locale.ROOT), "invalid proto: " + text.substring(slash + 1));
        String pair = slash < 0 ? text : text.substring(0, slash);
        int colon = pair.lastIndexOf(':');
        String inside = pair.substring(colon + 1);
        String outside = colon < 0 ? "" : pair.substring(0, colon);
        if (outside.indexOf(':') >= 0) {
            throw Failure.of("hostip is not supported");
        }
        if (inside.isEmpty()) {
            throw Failure.of("no port specified: " + pair + "<empty>");
        }
        long[] targets = range(inside, "containerPort");
        long[] publishes = outside.isEmpty() ? new long[] {0, 0} : range(outside, "hostPort");
        long span = targets[1] - targets[0];
        long outerSpan = publishes[1] - publishes[0];
        if (!outside.isEmpty() && span != outerSpan && span > 0) {
            throw Failure.of("invalid ranges specified for container and host Ports: " + inside
                + " and " + outside);
        }
        ArrayList<Json> ports = new ArrayList<>();
        for (long at = 0; at <= Math.max(span, outerSpan); at++) {
            ports.add(port(protocol, targets[0] + Math.min(at, span),
                outside.isEmpty() ? 0 : publishes[0] + at, "ingress"));
        }
        return new Json.Arr(ports);
    }

    private static Json port(String protocol, long target, long published, String mode) {
        Json.Obj port = Json.obj().with("Protocol", protocol);
        port = target == 0 ? port : port.with("TargetPort", target);
        port = published == 0 ? port : port.with("PublishedPort", published);
        return port.with("PublishMode", mode);
    }

    private static String protocol(String name, String refusal) throws Failure {
        if (!name.equals("tcp") && !name.equals("udp") && !name.equals("sctp")) {
            throw Failure.of(refusal);
        }
        return name;
    }

    private static long whole(String field, String value) throws Failure {
        long port = -1;
        try {
            port = Values.number(value, "ParseUint").asNum();
        } catch (Failure noNumber) {
            throw Failure.of("invalid " + field + " port (" + value
                + "): value must be an integer: invalid syntax");
        }
        if (port > PORT_MAX) {
            throw Failure.of("invalid " + field + " port (" + value
                + "): value must be an integer: value out of range");
        }
        return port;
    }

    private static long[] range(String text, String what) throws Failure {
        int dash = text.indexOf('-');
        try {
            long first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            long last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            if (first >= 0 && first <= last && last <= PORT_MAX) {
                return new long[] {first, last};
            }
        } catch (NumberFormatException noPort) {
            throw Failure.of("invalid " + what + ": " + text);
        }
        throw Failure.of("invalid " + what + ": " + text);
    }
}

package swarm.cli;

/// Names and addresses in flags. Only what no engine could take is refused here; whether an address
/// makes sense is for the daemon to say.
final class Hosts {
    private static final int OCTET_MAX = 255;

    private Hosts() {
    }

    static String address(String text) throws Failure {
        if (!isAddress(text.strip())) {
            throw Failure.of("IP address is not correctly formatted: " + text);
        }
        return text.strip();
    }

    /// A search domain; `.` alone is the root.
    static String domain(String text) throws Failure {
        String name = text.endsWith(".") && text.length() > 1
            ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || !only(name.replace('_', '-'), "-.")) {
            throw Failure.of(text + " is not a valid domain");
        }
        return name;
    }

    /// `name:address` as the line of a hosts file.
    static String mapping(String text) throws Failure {
        int equals = text.indexOf('=');
        int cut = equals >= 0 ? equals : text.indexOf(':');
        if (cut <= 0) {
            throw Failure.of("bad format for add-host: \"" + text + "\"");
        }
        String address = text.substring(cut + 1);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (!address.equals("host-gateway") && !isAddress(address)) {
            throw Failure.of("invalid IP address in add-host: \"" + address + "\"");
        }
        return address + " " + text.substring(0, cut);
    }

    /// Four numbers with points, or what can only be meant for IPv6 (RFC 4291 §2.2).
    private static boolean isAddress(String text) {
        if (text.indexOf(':') != text.lastIndexOf(':')) {
            return only(text, ":.");
        }
        int numbers = 0;
        for (int from = 0; from <= text.length(); numbers++) {
            int dot = text.indexOf('.', from);
            String part = text.substring(from, dot < 0 ? text.length() : dot);
            if (part.isEmpty() || part.length() > 3 || !digits(part)
                || Integer.parseInt(part) > OCTET_MAX) {
                return false;
            }
            from = dot < 0 ? text.length() + 1 : dot + 1;
        }
        return numbers == 4;
    }

    private static boolean digits(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean only(String text, String marks) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean plain = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!plain && marks.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}

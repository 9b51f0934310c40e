package swarm.cli;

import java.net.InetAddress;

/// Names and addresses in flags. Only what no engine could take is refused here; whether an address
/// makes sense is for the daemon to say.
final class Hosts {
    private static final String NAMED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        + "0123456789-._";

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
        boolean right = !name.isEmpty();
        for (int at = 0; at < name.length(); at++) {
            right &= NAMED.indexOf(name.charAt(at)) >= 0;
        }
        if (!right) {
            throw Failure.of(text + " is not a valid domain");
        }
        return name;
    }

    /// `name:address` as the line of a hosts file.
    static String mapping(String text) throws Failure {
        int cut = Math.max(text.indexOf('='), 0);
        cut = cut > 0 ? cut : text.indexOf(':');
        if (cut <= 0) {
            throw Failure.of("bad format for add-host: \"" + text + "\"");
        }
        String address = text.substring(cut + 1).replace("[", "").replace("]", "");
        if (!address.equals("host-gateway") && !isAddress(address)) {
            throw Failure.of("invalid IP address in add-host: \"" + address + "\"");
        }
        return address + " " + text.substring(0, cut);
    }

    /// The JDK would also take `127.1` and a network interface behind `%`.
    private static boolean isAddress(String text) {
        boolean whole = text.indexOf(':') >= 0
            || text.replace(".", "").length() == text.length() - 3;
        try {
            return whole && text.indexOf('%') < 0
                && InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}

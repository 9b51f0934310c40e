package swarm.node;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import swarm.http.HttpException;

/// Chooses the address by which the other nodes reach this one, as Docker does: what the user named
/// (an address or an interface, perhaps with a port), else the only address that this machine has.
final class Address {
    private static final String WRONG = "advertise address must be a non-zero IP address or "
            + "network interface (with optional port number)";

    /// Docker's port for everything between nodes.
    private static final int PORT = 2377;

    private Address() { }

    /// An address, and the port at which managers talk to each other there.
    record Chosen(String address, int port) {
        /// As it is written in a join command.
        String text() {
            return address + ":" + port;
        }
    }

    private record Candidate(String address, String network) { }

    /// The address to advertise; `wanted` is empty when the user named none.
    ///
    /// @throws IOException in Docker's words, when there is none or more than one
    static Chosen choose(String wanted) throws IOException {
        return wanted.isEmpty() ? new Chosen(only(), PORT)
                : new Chosen(named(withoutPort(wanted)), portOf(wanted));
    }

    /// Refuses what cannot be listened on.
    ///
    /// @throws IOException in Docker's words
    static void checkListen(String wanted) throws IOException {
        String host = withoutPort(wanted);
        if (!host.isEmpty() && !literal(host) && NetworkInterface.getByName(host) == null) {
            throw refused("listen address must be an IP address or network interface (with "
                    + "optional port number)");
        }
    }

    private static String named(String wanted) throws IOException {
        NetworkInterface network = NetworkInterface.getByName(wanted);
        if (network != null) {
            return only(addresses(network), wanted);
        }
        if (!literal(wanted)) {
            throw refused(WRONG);
        }
        InetAddress address = InetAddress.ofLiteral(wanted);
        if (address.isAnyLocalAddress()) {
            throw refused(WRONG);
        }
        return address.getHostAddress();
    }

    private static String only() throws IOException {
        List<Candidate> all = new ArrayList<>();
        for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
            if (network.isUp() && !network.isLoopback() && !ofEngine(network.getName())) {
                all.addAll(addresses(network));
            }
        }
        if (all.isEmpty()) {
            throw refused("could not find the system's IP address - specify one with "
                    + "--advertise-addr");
        }
        return only(all, "");
    }

    private static String only(List<Candidate> all, String network) throws IOException {
        if (all.isEmpty()) {
            throw refused("interface " + network + " has no usable IPv4 or IPv6 address");
        }
        Candidate first = all.getFirst();
        if (all.size() == 1) {
            return first.address();
        }
        Candidate second = all.get(1);
        boolean same = first.network().equals(second.network());
        throw refused("could not choose an IP address to advertise since this system has "
                + "multiple addresses on " + (same
                ? "interface " + first.network() + " (" + first.address() + " and "
                    + second.address() + ")"
                : "different interfaces (" + first.address() + " on " + first.network() + " and "
                    + second.address() + " on " + second.network() + ")")
                + " - specify one with --advertise-addr");
    }

    private static List<Candidate> addresses(NetworkInterface network) {
        List<Candidate> found = new ArrayList<>();
        for (InterfaceAddress bound : network.getInterfaceAddresses()) {
            InetAddress address = bound.getAddress();
            if (!(address instanceof Inet6Address)) {
                found.add(new Candidate(address.getHostAddress(), network.getName()));
            }
        }
        return found;
    }

    /// Bridges and pairs, which container engines make, are hardly how others reach this machine;
    /// who means one names it. (Linux: a bridge has a folder of that name in sysfs.)
    private static boolean ofEngine(String network) {
        return network.startsWith("veth")
                || Files.isDirectory(Path.of("/sys/class/net", network, "bridge"));
    }

    private static String withoutPort(String wanted) {
        int colon = wanted.lastIndexOf(':');
        boolean port = colon > 0 && wanted.indexOf(':') == colon;
        return port ? wanted.substring(0, colon) : wanted;
    }

    private static int portOf(String wanted) throws IOException {
        String port = wanted.substring(withoutPort(wanted).length());
        if (port.isEmpty()) {
            return PORT;
        }
        try {
            return Integer.parseInt(port.substring(1));
        } catch (NumberFormatException notANumber) {
            throw refused(WRONG);
        }
    }

    private static boolean literal(String wanted) {
        try {
            return InetAddress.ofLiteral(wanted) != null;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private static HttpException refused(String why) {
        return new HttpException(400, why);
    }
}

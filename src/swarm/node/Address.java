package swarm.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
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
    private static final int PORT_MAX = 65_535;
    private static final String EVERYWHERE = "0.0.0.0:" + PORT;

    private Address() { }

    /// An address, and the port at which managers talk to each other there.
    record Chosen(String address, int port) {
        /// As it is written in a join command.
        String text() {
            return join(address, port);
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

    /// Where to listen: what the user named, and the loopback address alone where that is the only
    /// one by which the node is known: nobody else could reach it by another.
    ///
    /// @throws IOException in Docker's words, when that is no address of ours
    static String listen(String wanted, Chosen advertised) throws IOException {
        String host = withoutPort(wanted);
        int port = portOf(wanted);
        if (wanted.isEmpty() || wanted.equals(EVERYWHERE)) {
            return literal(advertised.address())
                    && InetAddress.ofLiteral(advertised.address()).isLoopbackAddress()
                    ? advertised.text() : EVERYWHERE;
        }
        if (host.isEmpty()) {
            return join("0.0.0.0", port);
        }
        NetworkInterface network = NetworkInterface.getByName(host);
        if (network == null && !literal(host)) {
            throw refused("listen address must be an IP address or network interface (with "
                    + "optional port number)");
        }
        return join(network == null ? InetAddress.ofLiteral(host).getHostAddress()
                : only(addresses(network), host), port);
    }

    /// The socket address of a text with an address and a port.
    static InetSocketAddress socket(String text) throws IOException {
        return new InetSocketAddress(InetAddress.ofLiteral(withoutPort(text)), portOf(text));
    }

    /// The address to advertise for a node that joins: what the user named, else the one from which
    /// this machine reaches the manager.
    static Chosen towards(String wanted, String manager) throws IOException {
        if (!wanted.isEmpty()) {
            return choose(wanted);
        }
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(withoutPort(manager), portOf(manager)));
            return new Chosen(probe.getLocalAddress().getHostAddress(), PORT);
        } catch (SocketException | UncheckedIOException unreachable) {
            return new Chosen(only(), PORT);
        }
    }

    /// An address as a user may type it, with the port that is meant when there is none.
    static String withPort(String text) throws IOException {
        return join(withoutPort(text), portOf(text));
    }

    private static String join(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
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

    /// The host of `host`, `host:port`, `v6` or `[v6]:port`.
    private static String withoutPort(String wanted) {
        if (wanted.startsWith("[")) {
            int end = wanted.indexOf(']');
            return end < 0 ? wanted : wanted.substring(1, end);
        }
        int colon = wanted.lastIndexOf(':');
        boolean port = colon >= 0 && wanted.indexOf(':') == colon;
        return port ? wanted.substring(0, colon) : wanted;
    }

    private static int portOf(String wanted) throws IOException {
        String host = withoutPort(wanted);
        String rest = wanted.substring(host.length() + (wanted.startsWith("[") ? 2 : 0));
        int port = PORT;
        try {
            if (!rest.isEmpty()) {
                port = rest.startsWith(":") ? Integer.parseInt(rest.substring(1)) : 0;
            }
        } catch (NumberFormatException notANumber) {
            port = 0;
        }
        if (port < 1 || port > PORT_MAX) {
            throw refused("found \"" + wanted + "\": a port is a number from 1 to 65535");
        }
        return port;
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

package e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Hosts on this machine: network namespaces on one bridge, 10.77.0.1 and on, whose links can be
/// cut, made to lose what goes one way, and healed.
///
/// Needs root, and is to be used in a world of the tests' own, where the names are free; `close`
/// takes all of it away.
public final class Net implements AutoCloseable {
    private static final String BRIDGE = "swnet";

    private final List<String> hosts = new ArrayList<>();

    private Net() { }

    /// So many hosts. The test is skipped where they cannot be had.
    static Net of(int hosts) throws IOException {
        TestEngine.need("own".equals(System.getenv("SWARM_TEST_WORLD")),
                "hosts are made in a world of the tests' own (root, unshare)");
        Net net = new Net();
        ip("link", "add", BRIDGE, "type", "bridge");
        ip("link", "set", BRIDGE, "up");
        for (int i = 0; i < hosts; i++) {
            net.add("swhost" + (i + 1));
        }
        return net;
    }

    private void add(String host) throws IOException {
        hosts.add(host);
        ip("netns", "add", host);
        ip("link", "add", host, "type", "veth", "peer", "name", "eth0", "netns", host);
        ip("link", "set", host, "master", BRIDGE, "up");
        ip("-n", host, "addr", "add", address(hosts.size() - 1) + "/24", "dev", "eth0");
        ip("-n", host, "link", "set", "eth0", "up");
        ip("-n", host, "link", "set", "lo", "up");
    }

    String address(int host) {
        return "10.77.0." + (host + 1);
    }

    /// What to put before a command for it to run on a host.
    List<String> on(int host) {
        return List.of("nsenter", "--net=/run/netns/" + hosts.get(host));
    }

    /// Nothing reaches the host, nothing leaves it, and nobody is told.
    public void cut(int host) throws IOException {
        drop(host, "INPUT");
        drop(host, "OUTPUT");
    }

    /// Nothing reaches the host any more; what it says is heard.
    void deafen(int host) throws IOException {
        drop(host, "INPUT");
    }

    /// All goes through again.
    public void heal(int host) throws IOException {
        run(host, "iptables", "-F");
    }

    private void drop(int host, String chain) throws IOException {
        run(host, "iptables", "-A", chain, "!", "-s", "127.0.0.0/8", "-j", "DROP");
    }

    private void run(int host, String... command) throws IOException {
        List<String> words = new ArrayList<>(on(host));
        words.addAll(List.of(command));
        Ran.run(Map.of(), words).ok();
    }

    private static void ip(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        Ran.run(Map.of(), command).ok();
    }

    @Override public void close() throws IOException {
        for (String host : hosts) {
            ip("link", "del", host);
            ip("netns", "del", host);
        }
        ip("link", "del", BRIDGE);
    }
}

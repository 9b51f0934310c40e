package swarm.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Where a server listens, as DOCKER_HOST writes it: `unix:///path` or `tcp://host:port`.
/// A unix endpoint has a path and no port, a tcp endpoint a host and a port.
public record Endpoint(String text, String path, String host, int port) {
    public static Endpoint parse(String text) throws IOException {
        if (text.startsWith("unix://") && text.length() > "unix://".length()) {
            return new Endpoint(text, text.substring("unix://".length()), "localhost", 0);
        }
        int colon = text.lastIndexOf(':');
        if (text.startsWith("tcp://") && colon > "tcp://".length()) {
            String host = text.substring("tcp://".length(), colon);
            int end = text.endsWith("/") ? text.length() - 1 : text.length();
            int port = 0;
            for (int i = colon + 1; i < end && port <= 65_535; i++) {
                int digit = Character.digit(text.charAt(i), 10);
                port = digit < 0 ? 65_536 : port * 10 + digit;
            }
            if (port > 0 && port <= 65_535) {
                return new Endpoint(text, "", host, port);
            }
        }
        throw new IOException("unable to parse docker host `" + text
                + "`: expected unix:///path or tcp://host:port");
    }

    public static Endpoint unix(String path) {
        return new Endpoint("unix://" + path, path, "localhost", 0);
    }

    boolean unix() {
        return port == 0;
    }

    SocketAddress address() {
        return unix() ? UnixDomainSocketAddress.of(path)
                : new InetSocketAddress(unbracketed(), port);
    }

    private String unbracketed() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1)
                : host;
    }
}

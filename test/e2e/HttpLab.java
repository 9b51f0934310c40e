package e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import swarm.http.Endpoint;
import swarm.http.Handler;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.HttpServer;
import swarm.http.Request;
import swarm.http.ServerLimits;

/// A directory with sockets in it, servers on them, and clients that speak bytes rather than HTTP,
/// so that what goes over the wire is judged by nothing of ours.
final class HttpLab implements AutoCloseable {
    static final byte[] EMPTY = new byte[0];
    /// A limit that is to be missed.
    static final long SHORT_MS = 50;
    /// A limit that no test comes near.
    static final long LONG_MS = 600_000;
    static final ServerLimits PATIENT = new ServerLimits(256, LONG_MS, LONG_MS, LONG_MS);

    final Path directory;
    final List<Exception> troubles = new CopyOnWriteArrayList<>();
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final List<ServerSocketChannel> listeners = new CopyOnWriteArrayList<>();

    HttpLab() throws IOException {
        directory = Scratch.make("http");
    }

    Endpoint at(String name) {
        return Endpoint.unix(directory.resolve(name).toString());
    }

    ServerSocketChannel listen(String name, int backlog) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listeners.add(listener);
        Files.deleteIfExists(directory.resolve(name));
        return listener.bind(UnixDomainSocketAddress.of(directory.resolve(name)), backlog);
    }

    HttpServer serve(String name, ServerLimits limits, Handler handler) throws IOException {
        HttpServer server = new HttpServer(listen(name, 256), limits, handler, troubles::add);
        servers.add(server);
        server.start();
        return server;
    }

    Raw connect(String name) throws IOException {
        return new Raw(SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(name))));
    }

    static HttpCall get(HttpClient client, String target) throws IOException {
        return client.send(new Request("GET", target, Headers.NONE), EMPTY);
    }

    static String text(HttpCall call) throws IOException {
        try (call) {
            return new String(call.body().readAll(1 << 20), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        for (HttpServer server : servers) {
            stop(server);
        }
        for (ServerSocketChannel listener : listeners) {
            listener.close();
        }
        Scratch.remove(directory);
    }

    private static void stop(HttpServer server) throws IOException {
        try {
            server.stop(0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One connection, as bytes.
    static final class Raw implements AutoCloseable {
        final SocketChannel channel;
        final InputStream in;
        final OutputStream out;

        Raw(SocketChannel channel) {
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
            this.out = Channels.newOutputStream(channel);
        }

        Raw say(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        /// Up to and with that text, or to the end of the stream.
        String hear(String last) throws IOException {
            StringBuilder heard = new StringBuilder();
            while (heard.indexOf(last) < 0) {
                int c = in.read();
                if (c < 0) {
                    return heard + "<end>";
                }
                heard.append((char) c);
            }
            return heard.toString();
        }

        String hearAll() throws IOException {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        void endOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

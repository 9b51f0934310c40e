package e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// The way to a real engine, which can be broken: the engine then seems to hang, to fail at
/// everything or to be gone, while its containers go on. A change of mood ends all connections.
final class EngineProxy implements AutoCloseable {
    /// How the engine seems.
    enum Mood { WELL, HANGS, FAILS, GONE }

    private static final byte[] FAILURE = ("HTTP/1.1 500 Internal Server Error\r\nContent-Type: "
            + "application/json\r\nConnection: close\r\nContent-Length: 28\r\n\r\n"
            + "{\"message\":\"out of spirits\"}")
            .getBytes(StandardCharsets.US_ASCII);

    private final Path socket;
    private final Path engine;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final AtomicLong troubled = new AtomicLong();
    /// What accepts; replaced when the engine comes back, closed while it is gone.
    private ServerSocketChannel server;
    private volatile Mood mood = Mood.WELL;

    EngineProxy(String engineHost) throws IOException {
        engine = Path.of(engineHost.substring("unix://".length()));
        socket = Scratch.make("swx").resolve("s");
        listen();
    }

    String host() {
        return "unix://" + socket;
    }

    void be(Mood next) throws IOException {
        boolean wasGone = mood == Mood.GONE;
        mood = next;
        if (next == Mood.GONE) {
            stopListening();
        } else if (wasGone) {
            listen();
        }
        for (SocketChannel connection : connections) {
            connection.close();
        }
        connections.clear();
    }

    /// How many connections came while the engine was not well.
    long troubled() {
        return troubled.get();
    }

    @Override public void close() throws IOException {
        be(Mood.GONE);
        Files.deleteIfExists(socket.getParent());
    }

    private void listen() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        server = listener;
        Thread.ofPlatform().daemon().start(() -> accept(listener));
    }

    private void stopListening() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }

    private void accept(ServerSocketChannel listener) {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                connections.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            troubled.addAndGet(0);
        }
    }

    private void serve(SocketChannel client) {
        Mood now = mood;
        troubled.addAndGet(now == Mood.WELL ? 0 : 1);
        try {
            switch (now) {
                case WELL -> {
                    SocketChannel there = SocketChannel.open(UnixDomainSocketAddress.of(engine));
                    connections.add(there);
                    Thread.ofVirtual().start(() -> copy(there, client));
                    copy(client, there);
                }
                case FAILS -> {
                    client.read(ByteBuffer.allocate(1 << 16));
                    client.write(ByteBuffer.wrap(FAILURE));
                    client.close();
                }
                case HANGS, GONE -> client.read(ByteBuffer.allocate(1 << 16));
            }
        } catch (IOException closed) {
            connections.remove(client);
        }
    }

    private void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException closed) {
            connections.remove(from);
        }
    }
}

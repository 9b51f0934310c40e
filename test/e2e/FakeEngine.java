package e2e;

import java.io.ByteArrayOutputStream;
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
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// An engine on a real unix socket that answers as its script says, and remembers what it was
/// asked: the troubles that a real one cannot be brought to make at will.
///
/// An answer is bytes as they go over the wire. What follows is said by its end: `HANG` keeps the
/// connection open and says no more, otherwise it is closed.
final class FakeEngine implements AutoCloseable {
    static final String HANG = "<hang>";

    private final Path socket;
    private final ServerSocketChannel server;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, String> answers = new ConcurrentSkipListMap<>();

    FakeEngine() throws IOException {
        socket = Scratch.make("swf").resolve("docker.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        answer("GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK");
        Thread.ofVirtual().name("fake-engine").start(this::accept);
    }

    String host() {
        return "unix://" + socket;
    }

    /// From now on, requests whose first line (without a version) begins like this get these bytes.
    FakeEngine answer(String beginning, String bytes) {
        answers.put(beginning, bytes);
        return this;
    }

    /// The same with a whole answer in JSON.
    FakeEngine json(String beginning, int status, String body) {
        return answer(beginning, "HTTP/1.1 " + status + " Said\r\nContent-Type: application/json"
                + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n" + body);
    }

    /// All requests so far: heads and bodies as they came.
    List<String> requests() {
        return requests;
    }

    /// Ends all connections; new ones are taken.
    void hangUp() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }

    @Override public void close() throws IOException {
        server.close();
        hangUp();
        Files.deleteIfExists(socket);
        Files.deleteIfExists(socket.getParent());
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                connections.add(connection);
                Thread.ofVirtual().name("fake-connection").start(() -> serve(connection));
            }
        } catch (IOException closed) {
            requests.add("closed");
        }
    }

    private void serve(SocketChannel connection) {
        try {
            String request = read(connection);
            requests.add(request);
            String line = request.lines().findFirst().orElse("")
                    .replaceFirst(" /v1\\.[0-9]+/", " /");
            String bytes = answers.entrySet().stream()
                    .filter(answer -> line.startsWith(answer.getKey()))
                    .map(Map.Entry::getValue).reduce((_, last) -> last)
                    .orElse("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
            boolean hangs = bytes.endsWith(HANG);
            connection.write(ByteBuffer.wrap(bytes.replace(HANG, "")
                    .getBytes(StandardCharsets.UTF_8)));
            if (!hangs) {
                connection.close();
            }
        } catch (IOException left) {
            requests.add("left");
        }
    }

    /// The head, and as much body as it announces.
    private static String read(SocketChannel connection) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        ByteBuffer one = ByteBuffer.allocate(1);
        String head = "";
        while (!head.endsWith("\r\n\r\n") && connection.read(one.clear()) > 0) {
            read.write(one.get(0));
            head = read.toString(StandardCharsets.UTF_8);
        }
        int at = head.indexOf("Content-Length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16,
                head.indexOf('\r', at)));
        while (length-- > 0 && connection.read(one.clear()) > 0) {
            read.write(one.get(0));
        }
        return read.toString(StandardCharsets.UTF_8);
    }
}

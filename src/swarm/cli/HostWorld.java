package swarm.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import swarm.http.Endpoint;
import swarm.http.Headers;
import swarm.http.HttpCall;
import swarm.http.HttpClient;
import swarm.http.Request;
import swarm.http.Timeouts;
import swarm.json.Json;
import swarm.node.Daemon;

/// The host on which the command runs: the daemon's socket, the terminal, files and the clock.
///
/// An edge. One connection serves all requests of a command.
final class HostWorld implements World {
    private static final int ANSWER_BYTES_MAX = 1 << 30;
    private static final int CHUNK_BYTES = 32 << 10;

    private final Global global;
    /// The connection, made with the first request; kept until the process ends.
    private Optional<HttpClient> http = Optional.empty();
    /// The answer that `follow` began and `more` reads.
    private Optional<HttpCall> followed = Optional.empty();
    /// What an interrupt prints, "" for nothing; read by the thread that ends the process.
    private volatile String farewell = "";
    /// Whether that thread is set up; set once by `interruptedSay`.
    private boolean hooked;

    HostWorld(Global global) {
        this.global = global;
    }

    @Override
    public Answer ask(String method, String target, Json body, List<String> headers)
            throws Failure {
        try (HttpCall call = send(method, target, body, headers)) {
            return new Answer(call.status(), call.body().readAll(ANSWER_BYTES_MAX),
                call.response().headers().value("Swarm-Stale"));
        } catch (IOException broken) {
            throw broken(broken);
        }
    }

    private HttpCall send(String method, String target, Json body, List<String> headers)
            throws Failure {
        byte[] bytes = body == Json.NULL ? new byte[0]
            : body.text().getBytes(StandardCharsets.UTF_8);
        Headers all = bytes.length == 0 ? Headers.NONE
            : Headers.of("Content-Type", "application/json");
        for (int at = 0; at < headers.size(); at += 2) {
            all = all.with(headers.get(at), headers.get(at + 1));
        }
        try {
            if (http.isEmpty()) {
                http = Optional.of(new HttpClient(Endpoint.parse(global.text("host")),
                    Timeouts.NONE, 1));
            }
            return http.get().send(new Request(method, target, all), bytes);
        } catch (ConnectException nobody) {
            throw Failure.of("Cannot connect to the swarm daemon at " + global.text("host")
                + ". Is it running? Start it with 'swarm init' or 'swarm daemon'.");
        } catch (IOException broken) {
            throw broken(broken);
        }
    }

    private static Failure broken(IOException why) {
        return Failure.of("error during connect: " + why.getMessage());
    }

    @Override
    public Answer follow(String target) throws Failure {
        HttpCall call = send("GET", target, Json.NULL, List.of());
        followed = Optional.of(call);
        try {
            return new Answer(call.status(), call.status() < 300 ? new byte[0]
                : call.body().readAll(ANSWER_BYTES_MAX), "");
        } catch (IOException broken) {
            throw broken(broken);
        }
    }

    @Override
    public byte[] more() throws Failure {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            int count = followed.orElseThrow().body().read(buffer, 0, buffer.length);
            return count < 0 ? new byte[0] : Arrays.copyOf(buffer, count);
        } catch (IOException broken) {
            throw broken(broken);
        }
    }

    /// Whoever closed our output wants no more of it.
    @Override
    public void write(boolean error, byte[] bytes) {
        PrintStream stream = error ? System.err : System.out;
        stream.write(bytes, 0, bytes.length);
        if (stream.checkError()) {
            Runtime.getRuntime().halt(1);
        }
    }

    @Override
    public boolean terminal() {
        return isTerminal(1);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException unknown) {
            return false;
        }
    }

    @Override
    public String line(String prompt) throws Failure {
        if (isTerminal(0)) {
            print(prompt);
        }
        StringBuilder line = new StringBuilder();
        try {
            for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {
                line.append((char) c);
            }
        } catch (IOException broken) {
            throw Failure.of("cannot read standard input: " + broken.getMessage());
        }
        return line.toString().strip();
    }

    @Override
    public byte[] file(String path) throws Failure {
        try {
            return Files.readAllBytes(Path.of(path));
        } catch (NoSuchFileException missing) {
            throw Failure.of("open " + path + ": no such file or directory");
        } catch (IOException unreadable) {
            throw Failure.of("read " + path + ": " + unreadable.getMessage());
        }
    }

    @Override
    public String variable(String name) {
        return Optional.ofNullable(System.getenv(name)).orElse("");
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// The JVM ends by itself on an interrupt; what runs then can only speak and choose the status.
    @Override
    public void interruptedSay(String text) {
        farewell = text;
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread("farewell") {
                @Override
                public void run() {
                    if (!farewell.isEmpty()) {
                        print(farewell);
                        Runtime.getRuntime().halt(0);
                    }
                }
            });
        }
    }

    @Override
    public void beDaemon() {
        Daemon.main(global.daemonFlags().toArray(new String[0]));
    }

    @Override
    public void startDaemon() throws Failure {
        DaemonLauncher.start(global);
    }

    @Override
    public String program() {
        String command = System.getProperty("sun.java.command", "");
        int space = command.indexOf(' ');
        String first = space < 0 ? command : command.substring(0, space);
        return System.getProperty("swarm.program",
            first.endsWith(".jar") ? "java -jar " + first : "swarm");
    }

    @Override
    public boolean root() {
        return System.getProperty("user.name", "").equals("root");
    }
}

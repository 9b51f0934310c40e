package e2e;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import swarm.http.Exchange;
import swarm.http.Headers;
import swarm.http.HttpServer;
import swarm.http.ServerLimits;
import swarm.json.Json;

/// The recordings in `golden/cli`, by which the command line is judged, are what Docker's own
/// client prints on those answers. Needs that client in the version that was recorded.
///
/// Left out are calls whose output tells times, which that client reads from the real clock.
@Tag("e2e")
class DockerClientTest {
    private static final String RECORDED = "28.";
    private static final Path GOLDEN = Path.of(System.getProperty("test.dir"), "golden", "cli");
    private static final List<String> TOP = List.of("init", "join", "leave", "join-token", "update",
        "ca", "unlock", "unlock-key");

    @TempDir
    private Path scratch;
    private final TreeMap<String, Json.Obj> answers = new TreeMap<>();

    @Test
    void recordingsAreWhatDockersClientPrints() throws Exception {
        assumeTrue(run("--version").out().contains("version " + RECORDED), "docker " + RECORDED);
        for (Json item : Json.parse(Files.readAllBytes(GOLDEN.resolve("world.json"))).asArr()) {
            answers.put(item.asObj().str("ask"), item.asObj());
        }
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(scratch.resolve("s")));
        HttpServer server = new HttpServer(listener, ServerLimits.STANDARD, this::answer, e -> { });
        server.start();
        try {
            ArrayList<Executable> checks = new ArrayList<>();
            for (String file : List.of("node.txt", "service.txt", "swarm.txt")) {
                for (String call : Files.readString(GOLDEN.resolve(file)).split("\n\n")) {
                    if (call.startsWith("$ ") && !call.contains(" ago")) {
                        checks.add(() -> check(call));
                    }
                }
            }
            assertAll(checks);
        } finally {
            server.stop(0);
        }
    }

    private void check(String call) throws IOException {
        StringBuilder out = new StringBuilder();
        StringBuilder err = new StringBuilder();
        String exit = "";
        for (String line : call.split("\n")) {
            String text = line.length() > 2 ? line.substring(2) : "";
            switch (line.charAt(0)) {
                case '>' -> out.append(text).append('\n');
                case '!' -> err.append(text).append('\n');
                case '=' -> exit = text;
                default -> { }
            }
        }
        String command = call.substring(2, call.indexOf('\n'));
        int space = command.indexOf(' ');
        boolean top = TOP.contains(space < 0 ? command : command.substring(0, space));
        Ran ran = run((top ? "swarm " : "") + command);
        assertEquals(out.toString(), asOurs(ran.out()), command);
        assertEquals(err.toString().strip(), asOurs(ran.err()).strip(), command);
        assertEquals(exit, Integer.toString(ran.status()), command);
    }

    /// The shell splits the line, as it would for a user.
    private Ran run(String line) throws IOException {
        return Ran.run(Map.of("DOCKER_HOST", "unix://" + scratch.resolve("s")),
            List.of("sh", "-c", "exec docker " + line));
    }

    private static String asOurs(String text) {
        return text.replace("docker swarm", "swarm").replace("docker", "swarm");
    }

    private void answer(Exchange exchange) throws IOException {
        String path = exchange.request().target().replaceFirst("^/v1[.]\\d+", "");
        exchange.body(1 << 20);
        Headers json = Headers.of("Content-Type", "application/json").with("Api-Version", "1.41");
        Json.Obj found = answers.getOrDefault(exchange.request().method() + " "
            + URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8), Json.obj());
        if (path.equals("/_ping")) {
            exchange.respond(200, json, "OK".getBytes(StandardCharsets.UTF_8));
        } else if (found.isEmpty()) {
            exchange.respond(404, json, "{\"message\":\"not recorded\"}"
                .getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.respond((int) found.num("status"), json, body(found.arr("bodies").getFirst()));
        }
    }

    private static byte[] body(Json body) throws IOException {
        Json.Obj parts = body.asObj();
        if (parts.find("frames").isEmpty() && parts.find("raw").isEmpty()) {
            return body.equals(new Json.Str("")) ? new byte[0]
                : body.text().getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frames = new DataOutputStream(bytes);
        frames.write(parts.str("raw").getBytes(StandardCharsets.UTF_8));
        for (Json frame : parts.arr("frames")) {
            byte[] text = frame.asArr().get(1).asStr().getBytes(StandardCharsets.UTF_8);
            frames.writeInt((int) frame.asArr().getFirst().asNum() << 24);
            frames.writeInt(text.length);
            frames.write(text);
        }
        return bytes.toByteArray();
    }
}

package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a daemon cannot work with gets one clear sentence and a status that is not 0, and what was
/// there stays as it was. F05, F08.
class BadInputTest {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    @Test
    void secondDaemonOnTheSameDirectoryIsRefused() throws IOException {
        try (Lab lab = Lab.ofProcesses().start()) {
            Ran second = daemon(lab.state(), lab.dir().resolve("other.sock"));
            assertRefused(second, "the state directory " + lab.state()
                    + " is in use by another daemon, process " + lab.pid());
            assertEquals(200, ask(lab, "/_ping").status());
        }
    }

    @Test
    void placeOfTheSocketThatIsTakenIsNamed() throws IOException {
        try (Lab lab = Lab.ofProcesses().start()) {
            assertRefused(daemon(lab.dir().resolve("second"), lab.dir().resolve("s.sock")),
                    "another daemon answers on " + lab.host());
            Path file = Files.writeString(lab.dir().resolve("plain"), "mine");
            assertRefused(daemon(lab.dir().resolve("second"), file),
                    file + " is there and is no socket");
            assertEquals("mine", Files.readString(file));
            assertRefused(daemon(lab.dir().resolve("second"),
                    lab.dir().resolve("x".repeat(120))), "the socket's path is too long");
            assertEquals(200, ask(lab, "/_ping").status());
        }
    }

    @Test
    void directoriesThatAreNotOursAreLeftAlone() throws IOException {
        TestEngine.need(ROOT, "giving files away needs root");
        try (Lab lab = Lab.ofProcesses()) {
            Path theirs = Files.createDirectory(lab.dir().resolve("theirs"));
            Ran.run("chown", "nobody", theirs.toString()).ok();
            assertRefused(daemon(theirs, lab.dir().resolve("a.sock")),
                    "belongs to user nobody");
            Path full = Files.createDirectory(lab.dir().resolve("full"));
            Files.writeString(full.resolve("letter"), "dear");
            assertRefused(daemon(full, lab.dir().resolve("a.sock")), "letter");
            assertEquals("dear", Files.readString(full.resolve("letter")));
            Path file = Files.writeString(lab.dir().resolve("file"), "");
            assertRefused(daemon(file, lab.dir().resolve("a.sock")), "is not a directory");
        }
    }

    @Test
    @Tag("e2e")
    void damagedStateIsRefusedAndNotTouched() throws IOException {
        try (Lab lab = Lab.ofProcesses().start()) {
            try (ApiClient api = new ApiClient(lab)) {
                api.init(10_000).ok();
                for (int i = 0; i < 5; i++) {
                    api.ask("POST", "/services/create", "{\"Name\":\"s" + i + "\",\"TaskTemplate\":"
                            + "{\"ContainerSpec\":{\"Image\":\"x\"}},\"Mode\":{\"Replicated\":"
                            + "{\"Replicas\":0}}}").ok();
                }
            }
            Lab.await("the agent has saved",
                    () -> Files.exists(lab.state().resolve("agent.json")));
            lab.kill();
            Path log;
            try (Stream<Path> files = Files.list(lab.state().resolve("raft"))) {
                log = files.filter(file -> file.toString().matches(".*/log-[0-9a-f]+")).sorted()
                        .reduce((_, last) -> last).orElseThrow();
            }
            assertRefusedWhile(lab, log, flipped(Files.readAllBytes(log), 600));
            assertRefusedWhile(lab, log, flipped(Files.readAllBytes(log), 3));
            assertRefusedWhile(lab, log, new byte[100]);
            for (String name : List.of("node.json", "data.key", "node.key", "node.crt", "root.crt",
                    "format")) {
                Path file = lab.state().resolve(name);
                byte[] whole = Files.readAllBytes(file);
                assertRefusedWhile(lab, file, Arrays.copyOf(whole, whole.length / 2));
                assertRefusedWhile(lab, file, new byte[0]);
            }
            for (String name : List.of("node.json", "data.key", "node.key", "root.crt")) {
                Path file = lab.state().resolve(name);
                byte[] whole = Files.readAllBytes(file);
                Files.delete(file);
                assertRefused(daemon(lab.state(), lab.dir().resolve("s.sock")), name);
                Files.write(file, whole);
            }
            lab.start();
            assertEquals(5, ask(lab, "/services").text().split("\"Name\":").length - 1);
        }
    }

    /// With these bytes in a file the daemon ends with a sentence that names the file, and leaves
    /// the bytes as they are. The file is whole again afterwards.
    private static void assertRefusedWhile(Lab lab, Path file, byte[] bytes) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, bytes);
        Ran ran = daemon(lab.state(), lab.dir().resolve("s.sock"));
        assertRefused(ran, file.getFileName().toString());
        assertEquals(ByteBuffer.wrap(bytes), ByteBuffer.wrap(Files.readAllBytes(file)));
        Files.write(file, whole);
    }

    private static byte[] flipped(byte[] bytes, int at) {
        bytes[at] ^= 0x40;
        return bytes;
    }

    @Test
    void fullDiskRefusesInitAndLeavesNoHalfSwarm() throws IOException {
        TestEngine.need(ROOT, "mounting a small disk needs root");
        try (Lab lab = Lab.ofProcesses()) {
            Files.createDirectory(lab.state());
            Ran.run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "swarm-test",
                    lab.state().toString()).ok();
            try (ApiClient api = new ApiClient(lab.start())) {
                ApiClient.Said said = api.init(10_000);
                assertTrue(said.status() >= 500 && said.text().contains("No space left"),
                        said.toString());
                assertTrue(api.read("/info").ok().text()
                        .contains("\"LocalNodeState\":\"inactive\""));
                Ran.run("mount", "-o", "remount,size=64m", lab.state().toString()).ok();
                api.init(10_000).ok();
            } finally {
                lab.kill();
                Ran.run("umount", "-l", lab.state().toString()).ok();
            }
        }
    }

    @Test
    void fullDiskRefusesWritesAndKeepsWhatWasPromised() throws IOException {
        TestEngine.need(ROOT, "mounting a small disk needs root");
        try (Lab lab = Lab.ofProcesses()) {
            Files.createDirectory(lab.state());
            Ran.run("mount", "-t", "tmpfs", "-o", "size=14m,mode=0700", "swarm-test",
                    lab.state().toString()).ok();
            try {
                lab.start();
                int made = fill(lab);
                assertEquals(made, services(lab));
                lab.kill();
                Ran.run("mount", "-o", "remount,size=64m", lab.state().toString()).ok();
                lab.start();
                assertEquals(made, services(lab));
                assertEquals(201, create(lab, made + 1_000).status());
            } finally {
                lab.kill();
                Ran.run("umount", "-l", lab.state().toString()).ok();
            }
        }
    }

    /// Creates services until one is refused; how many were acknowledged.
    private static int fill(Lab lab) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            api.init(10_000).ok();
        }
        Files.write(lab.state().resolve("swarm.log"), new byte[1 << 20]);
        for (int made = 0; made < 200; made++) {
            ApiClient.Said said = create(lab, made);
            if (said.status() >= 300) {
                assertEquals(503, said.status(), said.text());
                assertTrue(said.text().contains("No space left"), said.text());
                return made;
            }
        }
        throw new AssertionError("the disk is never full");
    }

    private static ApiClient.Said create(Lab lab, int number) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            return api.ask("POST", "/services/create", "{\"Name\":\"s" + number
                    + "\",\"Labels\":{\"big\":\"" + "x".repeat(200_000)
                    + "\"},\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"x\"}},"
                    + "\"Mode\":{\"Replicated\":{\"Replicas\":0}}}");
        }
    }

    private static int services(Lab lab) throws IOException {
        return ask(lab, "/services").ok().text().split("\"big\":").length - 1;
    }

    @Test
    void flagsAreRefusedByName() throws IOException {
        for (Map.Entry<String, List<String>> bad : Map.of(
                "nonsense", List.of("--engine", "nonsense"),
                "tcp://127.0.0.1:1", List.of("--host", "tcp://127.0.0.1:1"),
                "--nonsense", List.of("--nonsense", "x")).entrySet()) {
            try (Lab lab = Lab.ofProcesses()) {
                List<String> words = Stream.concat(Stream.of("--data-dir",
                        lab.state().toString(), "--host", lab.host()), bad.getValue().stream())
                        .toList();
                Ran ran = Ran.run(Map.of(), command(words));
                assertTrue(ran.status() != 0 && ran.status() != 124, ran.toString());
                assertTrue(ran.err().lines().findFirst().orElse("").contains(bad.getKey()),
                        ran.toString());
            }
        }
    }

    @Test
    void nonsenseOnTheSocketIsAnswered() throws IOException {
        try (Lab lab = Lab.ofProcesses().start(); ApiClient api = new ApiClient(lab)) {
            api.init(10_000).ok();
            for (String nonsense : List.of("\0\0\0\0\r\n\r\n", "GET\r\n\r\n",
                    "GET / HTTP/9.9\r\n\r\n", "GET /services HTTP/1.1\r\nHost: d\r\n: x\r\n\r\n",
                    "POST /services/create HTTP/1.1\r\nHost: d\r\nContent-Length: -1\r\n\r\n",
                    "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: d\r\n\r\n")) {
                String answer = raw(lab, nonsense);
                assertTrue(answer.matches("(?s)HTTP/1.1 [45]\\d\\d .*"), nonsense.substring(0,
                        Math.min(40, nonsense.length())) + " -> " + answer);
            }
            for (String body : List.of("", "{", "[]", "null", "7", "{\"Name\":7}",
                    "{\"Nonsense\":1}",
                    "{\"Name\":\"a/b\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"x\"}}}",
                    "[".repeat(100_000), "{\"Name\":\"\u0000\"}")) {
                ApiClient.Said said = api.ask("POST", "/services/create", body);
                assertTrue(said.status() == 400 || said.status() == 501, said.text());
                String message = said.json().asObj().str("message");
                assertTrue(!message.isEmpty() && !message.contains("\n"), said.text());
            }
            assertEquals(404, api.read("/services/nobody").status());
            assertEquals("[]", api.read("/services").ok().text().strip());
        }
    }

    /// What the daemon says to these bytes.
    private static String raw(Lab lab, String bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(
                lab.host().substring("unix://".length())))) {
            channel.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
            channel.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                continue;
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Tag("e2e")
    void killedInitLeavesAllOrNothing() throws IOException {
        for (int ms = 40; ms < 600; ms = ms * 3) {
            try (Lab lab = Lab.ofProcesses().start()) {
                Thread founder = Thread.ofPlatform().start(() -> found(lab));
                Lab.pause(Duration.ofMillis(ms));
                lab.kill();
                join(founder);
                lab.start();
                try (ApiClient api = new ApiClient(lab)) {
                    boolean active = api.read("/info").ok().text()
                            .contains("\"LocalNodeState\":\"active\"");
                    assertEquals(active ? 503 : 200, api.init(10_000).status());
                    assertEquals(200, api.read("/nodes").status());
                }
            }
        }
    }

    private static void found(Lab lab) {
        try (ApiClient api = new ApiClient(lab)) {
            api.init(10_000);
        } catch (IOException killed) {
            assertFalse(killed.toString().isEmpty());
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            throw new IOException("stopped", stopped);
        }
    }

    private static ApiClient.Said ask(Lab lab, String target) throws IOException {
        try (ApiClient api = new ApiClient(lab)) {
            return api.read(target);
        }
    }

    private static Ran daemon(Path state, Path socket) throws IOException {
        return Ran.run(Map.of(), command(List.of("--data-dir", state.toString(), "--host",
                "unix://" + socket, "--engine", "process")));
    }

    /// A daemon's command; one that does not end by itself ends with status 124.
    private static List<String> command(List<String> flags) {
        return Stream.concat(Stream.of("timeout", "" + Lab.PATIENCE_S, Lab.java(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar",
                System.getProperty("swarm.jar"), "daemon"),
                flags.stream()).toList();
    }

    /// One sentence on one line, with these words in it.
    private static void assertRefused(Ran ran, String words) {
        String said = ran.err().lines().filter(line -> !line.isBlank()).reduce("",
                (all, line) -> all + line + "\n");
        assertTrue(ran.status() != 0 && ran.status() != 124, ran.toString());
        assertTrue(said.contains(words), words + " is not in: " + ran);
        assertEquals(1, said.lines().count(), ran.toString());
    }
}

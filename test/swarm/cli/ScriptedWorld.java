package swarm.cli;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import swarm.json.Json;
import swarm.json.JsonException;

/// A world in memory: a daemon that answers from a file, a clock that moves only when somebody
/// pauses, and everything that was printed and sent.
final class ScriptedWorld implements World {
    static final Path GOLDEN = Path.of(System.getProperty("test.dir", "test"), "golden", "cli");

    /// What to answer, by `METHOD path` as it is before escaping.
    private final Map<String, Json.Obj> answers = new LinkedHashMap<>();
    /// How often each was asked for; says which of several bodies comes next.
    private final Map<String, Integer> asked = new TreeMap<>();
    final Map<String, String> variables = new TreeMap<>(Map.of("HOME", "/root", "PWD", "/opt"));
    final StringBuilder out = new StringBuilder();
    final StringBuilder err = new StringBuilder();
    /// Requests that change something, with their body.
    final List<String> sent = new ArrayList<>();
    final List<Json> bodies = new ArrayList<>();
    final List<String> headers = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    boolean isTerminal;
    boolean isAbsent;
    boolean isRoot = true;
    String input = "";
    private Instant time = Instant.parse("2026-11-22T20:45:00Z");
    private byte[] stream = {};

    ScriptedWorld(String file) {
        try {
            for (Json item : Json.parse(Files.readAllBytes(GOLDEN.resolve(file))).asArr()) {
                answers.put(item.asObj().str("ask"), item.asObj());
            }
        } catch (IOException | JsonException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /// Runs one call of the program; its exit status.
    int run(String... words) {
        return Cli.run(List.of(words), new Global(), this);
    }

    void willAnswer(String ask, int status, Json body) {
        answers.put(ask, Json.obj().with("status", status)
            .with("bodies", new Json.Arr(List.of(body))));
    }

    /// The same, from a state that may be old.
    void willAnswerStale(String ask, Json body, String stale) {
        answers.put(ask, Json.obj().with("status", 200)
            .with("bodies", new Json.Arr(List.of(body))).with("stale", stale));
    }

    @Override
    public Answer ask(String method, String target, Json body, List<String> given)
            throws Failure {
        if (isAbsent) {
            throw Failure.of("nobody there");
        }
        String ask = method + " " + decoded(target.substring("/v1.41".length()));
        events.add(ask);
        if (!method.equals("GET")) {
            sent.add(ask);
            bodies.add(body);
            headers.addAll(given);
        }
        return answer(ask);
    }

    private Answer answer(String ask) {
        Json.Obj found = answers.getOrDefault(ask, Json.obj());
        if (found.isEmpty()) {
            return new Answer(404, Json.obj().with("message", "not scripted: " + ask).text()
                .getBytes(StandardCharsets.UTF_8), "");
        }
        int times = asked.merge(ask, 1, Integer::sum);
        List<Json> all = found.arr("bodies");
        Json body = all.get(Math.min(times, all.size()) - 1);
        return new Answer((int) found.num("status"), body.equals(new Json.Str("")) ? new byte[0]
            : body.text().getBytes(StandardCharsets.UTF_8), found.str("stale"));
    }

    @Override
    public Answer follow(String target) {
        Answer answer = answer("GET " + decoded(target.substring("/v1.41".length())));
        try {
            Json.Obj body = Json.parse(answer.body()).asObj();
            ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
            bytes.put(body.str("raw").getBytes(StandardCharsets.UTF_8));
            for (Json frame : body.arr("frames")) {
                byte[] text = frame.asArr().get(1).asStr().getBytes(StandardCharsets.UTF_8);
                bytes.put((byte) frame.asArr().getFirst().asNum()).put(new byte[3])
                    .putInt(text.length).put(text);
            }
            stream = Arrays.copyOf(bytes.array(), bytes.position());
            return answer;
        } catch (JsonException noJson) {
            throw new IllegalStateException(noJson);
        }
    }

    /// Seven bytes at a time, so that frames come in pieces.
    @Override
    public byte[] more() {
        int count = Math.min(7, stream.length);
        byte[] head = Arrays.copyOf(stream, count);
        stream = Arrays.copyOfRange(stream, count, stream.length);
        return head;
    }

    @Override
    public void write(boolean error, byte[] bytes) {
        (error ? err : out).append(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /// What was printed, as text.
    static String text(StringBuilder printed) {
        return new String(printed.toString().getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
    }

    @Override
    public boolean terminal() {
        return isTerminal;
    }

    @Override
    public String line(String prompt) {
        return input;
    }

    @Override
    public byte[] file(String path) throws Failure {
        try {
            return switch (path) {
                case "ENVLIST" -> Files.readAllBytes(GOLDEN.resolve("env.list"));
                case "PEM" -> "-----BEGIN CERTIFICATE-----\n".getBytes(StandardCharsets.UTF_8);
                case "/root/.docker/config.json" ->
                    ("{\"auths\":{\"r.example:5000\":{\"auth\":\"dXNlcjpwYXNz\"}}}")
                        .getBytes(StandardCharsets.UTF_8);
                default -> throw Failure.of("open " + path + ": no such file or directory");
            };
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    @Override
    public Instant now() {
        return time;
    }

    @Override
    public void pause(long ms) {
        time = time.plusMillis(ms);
    }

    @Override
    public void interruptedSay(String farewell) {
        events.add("interrupt " + farewell.strip());
    }

    @Override
    public void beDaemon() {
        events.add("be daemon");
    }

    @Override
    public void startDaemon() {
        events.add("start daemon");
    }

    @Override
    public boolean root() {
        return isRoot;
    }

    @Override
    public String program() {
        return "swarm";
    }

    private static String decoded(String target) {
        return URLDecoder.decode(target.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}

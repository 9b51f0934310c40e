package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Durable before visible, as the kernel sees it. A kill proves nothing of this: the page cache
/// outlives the daemon. F01, F03.
class SyncOrderTest {
    private static final int SERVICES = 5;
    /// The founding, and of each service the making, a change and the end.
    private static final int WRITES = 1 + 3 * SERVICES;

    private static List<String> trace;
    private static Path state;

    /// One run under strace: all tests judge it, or what it would be without a sync.
    @BeforeAll
    static void record() throws IOException {
        TestEngine.need(Ran.run("sh", "-c", "command -v strace").status() == 0,
                "strace is not here");
        try (Lab lab = Lab.ofProcesses()) {
            Path file = lab.dir().resolve("strace");
            state = lab.state();
            List<String> strace = new ArrayList<>(SystemCalls.STRACE);
            strace.add(file.toString());
            lab.start(strace);
            try (ApiClient api = new ApiClient(lab)) {
                write(api);
            }
            lab.stop();
            String end = lab.pid() + " +\\+{3} (exited|killed) .*";
            Lab.await("strace has written all",
                    () -> lines(file).stream().anyMatch(line -> line.matches(end)));
            trace = lines(file);
        }
    }

    private static void write(ApiClient api) throws IOException {
        api.init(10_000).ok();
        Lab.await("the node is ready", () ->
                api.read("/nodes").ok().text().contains("\"State\":\"ready\""));
        for (int i = 0; i < SERVICES; i++) {
            String id = api.ask("POST", "/services/create", spec(i, "a")).ok().json().asObj()
                    .str("ID");
            long version = api.read("/services/" + id).ok().json().asObj().obj("Version")
                    .num("Index");
            api.ask("POST", "/services/" + id + "/update?version=" + version, spec(i, "b")).ok();
            api.ask("DELETE", "/services/" + id, "").ok();
        }
    }

    /// A service without tasks: what is written is the request's alone.
    private static String spec(int number, String label) {
        return "{\"Name\":\"s" + number + "\",\"Labels\":{\"l\":\"" + label + "\"},"
                + "\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"busybox:lab\"}},"
                + "\"Mode\":{\"Replicated\":{\"Replicas\":0}}}";
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
    }

    @Test
    void everyWriteIsSyncedBeforeItIsAnswered() {
        SystemCalls judged = SystemCalls.judge(trace, state);
        assertEquals(List.of(), judged.violations());
        assertEquals(WRITES, judged.answers());
        assertTrue(judged.renames() >= 8, "only " + judged.renames() + " renames are seen");
    }

    @Test
    void syncsOfTheLogTakenOutAreNoticed() {
        List<String> without = without(line -> line.contains("fdatasync")
                && line.contains("/raft/log-"));
        List<String> violations = SystemCalls.judge(without, state).violations();
        assertEquals(WRITES, violations.stream()
                .filter(said -> said.startsWith("answered before the log was synced")).count());
    }

    @Test
    void oneSyncTakenOutIsNoticed() {
        int last = -1;
        int answer = -1;
        for (int at = 0; at < trace.size(); at++) {
            boolean syncs = trace.get(at).contains("fdatasync")
                    && trace.get(at).contains("/raft/log-");
            if (answer < 0 && syncs) {
                last = at;
            }
            answer = answer < 0 && trace.get(at).contains("\"HTTP/1.1 201") ? at : answer;
        }
        List<String> without = new ArrayList<>(trace);
        without.remove(last);
        assertEquals(1, SystemCalls.judge(without, state).violations().size());
        without.add(answer, trace.get(last));
        assertEquals(1, SystemCalls.judge(without, state).violations().size());
    }

    @Test
    void syncsOfDirectoriesTakenOutAreNoticed() {
        List<String> without = without(line -> line.contains("fsync(")
                && line.contains(state + ">"));
        List<String> violations = SystemCalls.judge(without, state).violations();
        for (String name : List.of("format", "data.key", "root.crt", "node.key", "node.crt",
                "node.json", "agent.json")) {
            assertTrue(violations.contains("renamed, and its directory not synced: "
                    + state.resolve(name)), name + ": " + violations);
        }
    }

    @Test
    void syncsOfFilesTakenOutAreNoticed() {
        List<String> without = without(line -> line.contains("fdatasync")
                && line.contains(".tmp>"));
        List<String> violations = SystemCalls.judge(without, state).violations();
        assertTrue(violations.contains("renamed before it was synced: "
                + state.resolve("node.json.tmp")), violations.toString());
    }

    private static List<String> without(Predicate<String> taken) {
        return trace.stream().filter(taken.negate()).toList();
    }
}

package swarm.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sim.Objects;
import swarm.json.JsonException;
import swarm.model.ContainerSpec;
import swarm.model.LogOptions;
import swarm.model.Mount;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.RestartPolicy;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.TlsInfo;

/// Messages as frames: nothing is lost on the way, and what is no message is refused.
class AgentMessageTest {
    /// What a frame may hold.
    private static final int FRAME_BYTES_MAX = 64 << 20;

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.000000006Z");

    @Test
    void everyMessageToTheManagerComesBackAsItWas() throws JsonException {
        Node.Description description = new Node.Description("host",
                new Placement.Platform("x86_64", "linux"), new Resources(4, 1 << 30),
                new Node.Engine("29.1", new TreeMap<>(), List.of(new Node.Plugin("Log", "local"))),
                new TlsInfo("root", "c3ViamVjdA==", "a2V5"));
        TaskStatus failed = TaskStatus.of(AT, TaskState.FAILED, "task: non-zero exit (7)")
                .withRun(3);
        List<AgentMessage.ToManager> all = List.of(
                new AgentMessage.Register("boot", description),
                new AgentMessage.Heartbeat("s"),
                new AgentMessage.Described("s", description),
                new AgentMessage.Statuses("s", 9, List.of(
                        new AgentMessage.Report(new TaskId("t1"), failed),
                        new AgentMessage.Report(new TaskId("t2"), failed.applied(AT)))),
                new AgentMessage.Assigned("s", 0));
        for (AgentMessage.ToManager message : all) {
            assertEquals(message, AgentMessage.ToManager.fromBytes(message.toBytes()));
        }
        assertEquals(AgentMessage.ToManager.class.getPermittedSubclasses().length, all.size());
    }

    @Test
    void everyMessageToTheAgentComesBackAsItWas() throws JsonException {
        List<AgentMessage.ToAgent> all = List.of(
                new AgentMessage.Session("s", new NodeId("n1"), 1_000),
                new AgentMessage.HeartbeatHeard("s", 5_000),
                new AgentMessage.StatusesStored("s", 9),
                new AgentMessage.Refused("s", "session invalid", true),
                new AgentMessage.NotLeading("s", "10.0.0.2:2377"),
                new AgentMessage.Membership("s", Node.Role.MANAGER, List.of("a:1", "b:2")),
                new AgentMessage.AllTasks("s", 1, List.of(full("t1", 10), full("t2", 0))),
                new AgentMessage.Logs("stream", "10.0.0.2:2377", List.of(new AgentMessage.Logged(
                        new TaskId("t1"), new ServiceId("s1"), "c1")),
                        new LogOptions(true, false, true, false, "1", "2", "all", true)),
                new AgentMessage.TaskChanges("s", 2, List.of(full("t1", 1)),
                        List.of(new TaskId("t3"))));
        for (AgentMessage.ToAgent message : all) {
            assertEquals(message, AgentMessage.ToAgent.fromBytes(message.toBytes()));
        }
        assertEquals(AgentMessage.ToAgent.class.getPermittedSubclasses().length, all.size());
    }

    @Test
    void allTasksOfABusyNodeFitIntoAFrame() throws JsonException {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            tasks.add(full("t" + i, 5_000));
        }
        AgentMessage.ToAgent message = new AgentMessage.AllTasks("s", 1, tasks);
        byte[] frame = message.toBytes();
        assertTrue(frame.length < FRAME_BYTES_MAX, "bytes: " + frame.length);
        assertEquals(message, AgentMessage.ToAgent.fromBytes(frame));
    }

    @Test
    void bytesThatAreNoMessageAreRefused() {
        for (String bytes : List.of("", "{}", "null", "[]", "{\"Heartbeat\"", "\u0000",
                "{\"Session\":{\"Session\":\"s\"}}", "{\"Assigned\":{\"Number\":\"one\"}}",
                "{\"Heartbeat\":{\"Session\":\"s\"},\"Assigned\":{\"Session\":\"s\"}}")) {
            assertThrows(JsonException.class, () -> AgentMessage.ToManager.fromBytes(
                    bytes.getBytes(StandardCharsets.UTF_8)), bytes);
        }
        assertThrows(JsonException.class, () -> AgentMessage.ToAgent.fromBytes(
                new AgentMessage.Heartbeat("s").toBytes()), "a message of the other side");
    }

    /// A task with something in most of its fields, and so many bytes of environment.
    private static Task full(String id, int bytes) {
        ContainerSpec plain = Objects.container("registry.example/app:1@sha256:" + "0".repeat(64),
                "serve", "--all");
        ContainerSpec spec = new ContainerSpec(plain.image(), one("label", "value"),
                List.of("/bin/app"), plain.args(), "host", List.of("BIG=" + "x".repeat(bytes)),
                "/srv", "1000:1000", List.of("audio"), "SIGQUIT", true, true, true,
                List.of(new Mount(Optional.of(Mount.Type.TMPFS), "", "/tmp", true, "",
                        Optional.empty(), Optional.empty(),
                        Optional.of(new Mount.TmpfsOptions(1 << 20, 0700, List.of())))),
                Optional.of(0L), Optional.of(new ContainerSpec.Healthcheck(
                        List.of("CMD", "true"), 1, 2, 3, 4, 5)), List.of("a:10.0.0.1"),
                Optional.of(new ContainerSpec.DnsConfig(List.of("10.0.0.53"), List.of("lan"),
                        List.of())), "default", Optional.of(false), one("net.core.x", "1"),
                List.of("CAP_NET_RAW"), List.of("CAP_CHOWN"),
                List.of(new ContainerSpec.Ulimit("nofile", 2, 1)), "c2VjcmV0");
        return Objects.task(id, "n1", spec, RestartPolicy.UNSAID)
                .withStatus(TaskStatus.of(AT, TaskState.RUNNING, "started").applied(AT));
    }

    private static TreeMap<String, String> one(String key, String value) {
        TreeMap<String, String> map = new TreeMap<>();
        map.put(key, value);
        return map;
    }
}

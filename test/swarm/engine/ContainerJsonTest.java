package swarm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.PortConfig;
import swarm.model.ResourceRequirements;
import swarm.model.TaskSpec;

/// Containers in Docker's words: `test/golden/engine` has a task's spec that uses every field, and
/// the body by which Docker's own executor would make its container.
class ContainerJsonTest {
    private static final Path GOLDEN =
            Path.of(System.getProperty("test.dir")).resolve("golden/engine");

    @Test
    void everyFieldOfATaskFindsItsPlaceInTheContainer() throws IOException, JsonException {
        TaskSpec task = RecordCodec.fromJson(TaskSpec.class, golden("everything.json"));
        List<PortConfig> ports = List.of(port("tcp", 81, 8086), port("", 81, 0),
                port("UDP", 53, 5353));
        Json.Obj made = ContainerJson.create(request(task, ports));
        assertEquals(golden("everything-created.json").pretty(), made.pretty());
    }

    @Test
    void whatIsNotSaidIsLeftToTheImageAndTheEngine() throws JsonException {
        TaskSpec task = RecordCodec.fromJson(TaskSpec.class, Json.parse(
                "{\"ContainerSpec\":{\"Image\":\"web\"},\"ForceUpdate\":0}"));
        Json.Obj made = ContainerJson.create(request(task, List.of()));
        for (String absent : List.of("Cmd", "Entrypoint", "Hostname", "User", "WorkingDir",
                "StopSignal", "Healthcheck", "ExposedPorts")) {
            assertFalse(made.find(absent).isPresent(), absent);
        }
        for (String absent : List.of("Init", "PortBindings", "LogConfig", "Memory", "PidsLimit",
                "Isolation", "RestartPolicy", "Binds")) {
            assertFalse(made.obj("HostConfig").find(absent).isPresent(), absent);
        }
    }

    @Test
    void aContainerIsReadWithItsHealthPortsAndTimes() throws IOException, JsonException {
        Container container = ContainerJson.inspected(golden("inspected.json"));
        assertEquals("web.1.z9309ptr9v1itjdfpywae0gg9", container.name());
        assertEquals(Container.State.RUNNING, container.state());
        assertEquals(4711, container.pid());
        assertEquals(Optional.of(Container.Health.STARTING), container.health());
        assertEquals(Optional.of(Instant.parse("2026-11-22T20:36:36.386084378Z")),
                container.startedAt());
        assertEquals(Optional.empty(), container.finishedAt());
        assertEquals("{a=1, com.docker.swarm.task=}", container.labels().toString());
        assertEquals(List.of(port("tcp", 80, 32768), port("tcp", 80, 8080)), container.ports());
    }

    @Test
    void everyStateOfAContainerIsKnown() throws JsonException {
        for (Container.State state : Container.State.values()) {
            String word = state.name().toLowerCase(Locale.ROOT);
            assertEquals(state, ContainerJson.inspected(Json.parse("{\"State\":{\"Status\":\""
                    + word + "\"}}").asObj()).state());
            assertEquals(state, ContainerJson.listed(Json.parse("{\"State\":\"" + word + "\"}")
                    .asObj()).state());
        }
    }

    @Test
    void anEngineSaysWhatItIsAndHas() throws JsonException {
        Json.Obj info = Json.parse("""
                {"ServerVersion": "20.10.24", "Architecture": "x86_64", "OSType": "linux",
                 "NCPU": 4, "MemTotal": 1024, "Labels": ["disk=ssd", "odd", "a=b=c"],
                 "Plugins": {"Volume": ["local"], "Network": ["macvlan", "bridge"],
                     "Authorization": null, "Log": ["syslog", "json-file"]},
                 "Swarm": {"LocalNodeState": "inactive"}}""").asObj();
        EngineAnswer.Described said =
                (EngineAnswer.Described) EngineInfo.described(info, "unix:///x");
        assertEquals(4_000_000_000L, said.resources().nanoCpus());
        assertEquals("{a=b=c, disk=ssd}", said.engine().labels().toString());
        assertEquals("[Log json-file, Log syslog, Network bridge, Network macvlan, Volume local]",
                said.engine().plugins().stream().map(p -> p.type() + " " + p.name()).toList()
                        .toString());
        assertTrue(EngineInfo.described(info.with("Swarm", Json.obj().with("LocalNodeState",
                "active")), "unix:///x") instanceof EngineAnswer.Failed);
    }

    private static PortConfig port(String protocol, long target, long published) {
        return new PortConfig("", protocol, target, published,
                Optional.of(PortConfig.PublishMode.HOST));
    }

    private static EngineCall.ContainerRequest request(TaskSpec task, List<PortConfig> ports) {
        SortedMap<String, String> labels = new TreeMap<>(task.container().labels());
        return new EngineCall.ContainerRequest("web.1.x", task.container(), labels,
                task.resources().flatMap(ResourceRequirements::limits), task.logDriver(), ports);
    }

    private static Json.Obj golden(String name) throws IOException, JsonException {
        return Json.parse(Files.readAllBytes(GOLDEN.resolve(name))).asObj();
    }
}

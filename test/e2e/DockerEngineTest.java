package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import swarm.engine.Container;
import swarm.engine.DockerEngine;
import swarm.engine.Engine;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.EngineEvent;
import swarm.http.Endpoint;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.ContainerSpec;
import swarm.model.LogOptions;
import swarm.model.PortConfig;
import swarm.model.ResourceRequirements;
import swarm.model.TaskSpec;

/// The Docker engine with a real dockerd: each call, each way it fails, and what happens to
/// containers and to dockerd itself behind our back.
@Tag("e2e")
class DockerEngineTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String[] FOREVER = {"sleep", "100000"};

    private static TestEngine dockerd;

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private DockerEngine engine;

    @BeforeAll
    static void startDockerd() throws IOException {
        dockerd = TestEngine.start();
    }

    @AfterAll
    static void stopDockerd() throws IOException {
        if (dockerd != null) {
            dockerd.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        engine = new DockerEngine(Endpoint.parse(dockerd.host()), Specs.LABEL);
    }

    @AfterEach
    void removeAll() {
        for (Container container : listed()) {
            engine.perform(new EngineCall.Remove(container.id()));
        }
        engine.close();
    }

    @Test
    void theEngineIsDescribed() throws IOException {
        EngineAnswer.Described described =
                (EngineAnswer.Described) engine.perform(new EngineCall.Describe());
        assertEquals("linux", described.platform().os());
        assertEquals(dockerd.docker("info", "--format", "{{.Architecture}}").text(),
                described.platform().architecture());
        assertEquals(dockerd.docker("version", "--format", "{{.Server.Version}}").text(),
                described.engine().engineVersion());
        List<String> plugins = described.engine().plugins().stream()
                .map(plugin -> plugin.type() + " " + plugin.name()).toList();
        assertTrue(plugins.contains("Log json-file") && plugins.contains("Network bridge")
                && plugins.contains("Volume local"), plugins.toString());
        assertEquals(plugins.stream().sorted().toList(), plugins);
        assertTrue(described.resources().nanoCpus() >= SECOND_NS);
        assertTrue(described.resources().memoryBytes() > 1 << 20);
    }

    @Test
    void aContainerGoesItsWay() {
        String id = created(Specs.request("one", FOREVER));
        assertEquals(Container.State.CREATED, inspected("one").state());
        done(new EngineCall.Start(id));
        done(new EngineCall.Start(id));
        Container runs = inspected(id);
        assertEquals(Container.State.RUNNING, runs.state());
        assertTrue(runs.pid() > 0 && runs.startedAt().isPresent());
        assertEquals("us", runs.labels().get(Specs.LABEL));
        assertEquals(List.of("one"), listed().stream().map(Container::name).toList());
        done(new EngineCall.Stop(id, 0));
        done(new EngineCall.Stop(id, 0));
        Container ended = inspected(id);
        assertEquals(Container.State.EXITED, ended.state());
        assertEquals(137, ended.exitCode());
        assertTrue(ended.finishedAt().isPresent());
        done(new EngineCall.Remove(id));
        done(new EngineCall.Remove(id));
        assertEquals(EngineAnswer.Cause.NOT_FOUND,
                failed(new EngineCall.Inspect("one")).cause());
    }

    @Test
    void failuresAreToldApart() {
        created(Specs.request("one", FOREVER));
        assertEquals(EngineAnswer.Cause.CONFLICT,
                failed(new EngineCall.Create(Specs.request("one", "true"))).cause());
        assertEquals(EngineAnswer.Cause.NOT_FOUND,
                failed(new EngineCall.Start("nobody")).cause());
        assertEquals(EngineAnswer.Cause.NOT_FOUND,
                failed(new EngineCall.Stop("nobody", 0)).cause());
        String id = created(Specs.request("two", "/no/such/program"));
        EngineAnswer.Failed failed = failed(new EngineCall.Start(id));
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertTrue(failed.message().contains("no such file") && !failed.message().contains("\n"),
                failed.message());
        EngineAnswer.Failed signal = failed(new EngineCall.Create(Specs.request("three",
                Specs.stoppedBy("SIGNONE", FOREVER))));
        assertEquals(EngineAnswer.Cause.REFUSED, signal.cause());
    }

    @Test
    void anImageThatIsThereIsUsedAtOnceAndOneThatIsNowhereIsNamed() {
        done(new EngineCall.EnsureImage("busybox:lab", ""));
        EngineAnswer.Failed failed = failed(
                new EngineCall.EnsureImage("127.0.0.1:1/nobody/nothing:1", ""));
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertTrue(failed.message().startsWith("No such image: 127.0.0.1:1/nobody/nothing:1 ("),
                failed.message());
    }

    @Test
    void aMissingImageIsPulledWithCredentialsByTagAndDigest() throws IOException {
        try (TestRegistry registry = TestRegistry.start()) {
            String image = registry.address() + "/lab/busybox:1";
            dockerd.docker("--config", registry.config(), "login", "-u", "swarm", "-p", "secret",
                    registry.address()).ok();
            dockerd.docker("tag", "busybox:lab", image).ok();
            String digest = dockerd.docker("--config", registry.config(), "push", image).text()
                    .replaceFirst("(?s).*(sha256:[0-9a-f]{64}).*", "$1");
            dockerd.docker("rmi", image).ok();
            assertEquals(EngineAnswer.Cause.REFUSED,
                    failed(new EngineCall.EnsureImage(image, "")).cause());
            done(new EngineCall.EnsureImage(image, TestRegistry.AUTH));
            done(new EngineCall.EnsureImage(image, ""));
            dockerd.docker("rmi", image).ok();
            String pinned = registry.address() + "/lab/busybox@" + digest;
            done(new EngineCall.EnsureImage(pinned, TestRegistry.AUTH));
            dockerd.docker("rmi", pinned).ok();
        }
    }

    @Test
    void aHostPortIsBoundAndShown() {
        List<PortConfig> ports = List.of(new PortConfig("", "tcp", 80, 0,
                Optional.of(PortConfig.PublishMode.HOST)));
        EngineCall.ContainerRequest plain = Specs.request("one", FOREVER);
        String id = created(new EngineCall.ContainerRequest("one", plain.spec(), plain.labels(),
                Optional.empty(), Optional.empty(), ports));
        done(new EngineCall.Start(id));
        List<PortConfig> shown = inspected(id).ports();
        assertEquals(1, shown.size());
        assertEquals(80, shown.getFirst().targetPort());
        assertTrue(shown.getFirst().publishedPort() > 1024);
    }

    @Test
    void everythingThatATaskCanSayIsTakenByARealEngine() throws IOException, JsonException {
        TaskSpec task = RecordCodec.fromJson(TaskSpec.class, Json.parse(Files.readAllBytes(
                Path.of(System.getProperty("test.dir"), "golden/engine/everything.json"))));
        String id = created(new EngineCall.ContainerRequest("one", task.container(),
                Specs.request("one").labels(),
                task.resources().flatMap(ResourceRequirements::limits), task.logDriver(),
                List.of()));
        done(new EngineCall.Start(id));
        Lab.await("it is healthy", () -> inspected(id).health()
                .equals(Optional.of(Container.Health.HEALTHY)));
        assertEquals("h-1 [/bin/sh] [-c sleep 100000] SIGINT 1000:1000 /tmp true",
                dockerd.docker("inspect", "--format", "{{.Config.Hostname}} {{.Config.Entrypoint}} "
                + "{{.Config.Cmd}} {{.Config.StopSignal}} {{.Config.User}} {{.Config.WorkingDir}} "
                + "{{.Config.Tty}}", id).text());
        assertEquals("67108864 500000000 50 [CAP_NET_ADMIN] [CAP_MKNOD] [extra:10.9.9.9] [10.1.1.1]"
                + " true map[net.core.somaxconn:99] json-file [0]",
                dockerd.docker("inspect", "--format", "{{with .HostConfig}}"
                        + "{{.Memory}} {{.NanoCpus}}"
                + " {{.PidsLimit}} {{.CapAdd}} {{.CapDrop}} {{.ExtraHosts}} {{.Dns}} {{.Init}} "
                + "{{.Sysctls}} {{.LogConfig.Type}} {{.GroupAdd}}{{end}}", id).text());
        assertEquals(List.of("/anon", "/host", "/scratch", "/vol"), Stream.of(dockerd.docker(
                "inspect", "--format", "{{range .Mounts}}{{.Destination}} {{end}}", id).text()
                .split(" ")).sorted().toList());
        dockerd.docker("rm", "-f", "-v", id).ok();
        dockerd.docker("volume", "rm", "vol1").ok();
    }

    @Test
    void whatIsKilledPausedAndRemovedBehindOurBackIsReported() throws IOException {
        engine.watch(events::add);
        awaitEvents(1);
        assertEquals(new EngineEvent.Gap(), events.getFirst());
        String id = created(Specs.request("one", FOREVER));
        done(new EngineCall.Start(id));
        dockerd.docker("run", "--name", "strangers", "busybox:lab", "true").ok();
        awaitState("pause", id, Container.State.PAUSED);
        awaitState("unpause", id, Container.State.RUNNING);
        awaitState("kill", id, Container.State.EXITED);
        int before = events.size();
        dockerd.docker("rm", "one", "strangers").ok();
        awaitEvents(before + 1);
        assertTrue(events.stream().skip(1).allMatch(new EngineEvent.Touched(id, "one")::equals),
                events.toString());
    }

    @Test
    void aRestartIsAGapAndContainersGoOn() throws IOException {
        engine.watch(events::add);
        awaitGaps(1);
        String id = created(Specs.request("one", FOREVER));
        done(new EngineCall.Start(id));
        long pid = inspected(id).pid();
        dockerd.restart();
        awaitGaps(2);
        assertEquals(1, events.stream().filter(EngineEvent.Lost.class::isInstance).count());
        assertEquals(pid, inspected(id).pid());
    }

    @Test
    void aCrashIsAGapToo() throws IOException {
        engine.watch(events::add);
        awaitGaps(1);
        String id = created(Specs.request("one", FOREVER));
        done(new EngineCall.Start(id));
        dockerd.crash();
        awaitGaps(2);
        assertEquals("one", inspected(id).name());
    }

    @Test
    void outputComesInFramesWithATerminalToo() throws IOException {
        String plain = created(Specs.request("one", "sh", "-c", "echo out; echo err >&2"));
        done(new EngineCall.Start(plain));
        Lab.await("it ends", () -> !inspected(plain).alive());
        String frames = logs(plain, true);
        assertTrue(frames.contains("1out\n") && frames.contains("2err\n"), frames);
        ContainerSpec spec = Specs.spec(List.of(), "", "sh", "-c", "echo a; printf b");
        String terminal = created(Specs.request("two", new ContainerSpec(spec.image(),
                spec.labels(), spec.command(), spec.args(), "", List.of(), "", "", List.of(), "",
                true, false, false, List.of(), Optional.empty(), Optional.empty(), List.of(),
                Optional.empty(), "", Optional.empty(), new TreeMap<>(), List.of(), List.of(),
                List.of(), "")));
        done(new EngineCall.Start(terminal));
        Lab.await("it ends", () -> !inspected(terminal).alive());
        assertEquals("1a\r\n1b", logs(terminal, false));
    }

    /// What takes its time to end has it, and what does not end is killed after it.
    @Test
    void stoppingWaitsForTheGraceAndNoLonger() throws IOException {
        String slow = trapping("one", "sleep 2; exit 42");
        done(new EngineCall.Stop(slow, Lab.PATIENCE_S * SECOND_NS));
        assertEquals(42, inspected(slow).exitCode());
        String deaf = trapping("two", "");
        done(new EngineCall.Stop(deaf, SECOND_NS));
        assertEquals(137, inspected(deaf).exitCode());
    }

    /// A container that runs and does this when it is told to end.
    private String trapping(String name, String deed) throws IOException {
        String id = created(Specs.request(name, "sh", "-c",
                "trap '" + deed + "' TERM; echo up; while :; do sleep 0.1; done"));
        done(new EngineCall.Start(id));
        Lab.await("the trap is set", () -> logs(id, false).contains("up"));
        return id;
    }

    @Test
    void aPausedContainerIsStoppedAndRemoved() throws IOException {
        String id = created(Specs.request("one", FOREVER));
        done(new EngineCall.Start(id));
        dockerd.docker("pause", "one").ok();
        done(new EngineCall.Stop(id, SECOND_NS));
        assertEquals(Container.State.EXITED, inspected(id).state());
        String other = created(Specs.request("two", FOREVER));
        done(new EngineCall.Start(other));
        dockerd.docker("pause", "two").ok();
        done(new EngineCall.Remove(other));
        assertEquals(EngineAnswer.Cause.NOT_FOUND, failed(new EngineCall.Inspect("two")).cause());
    }

    @Test
    void anEngineThatIsFrozenIsGivenUpAndFoundAgain() throws IOException {
        String id = created(Specs.request("one", FOREVER));
        done(new EngineCall.Start(id));
        String pid = Files.readString(Path.of(dockerd.host().replaceFirst("^unix://", ""))
                .resolveSibling("pid")).strip();
        Lab.signal("STOP", Long.parseLong(pid));
        try {
            assertEquals(EngineAnswer.Cause.UNAVAILABLE,
                    failed(new EngineCall.Inspect(id)).cause());
        } finally {
            Lab.signal("CONT", Long.parseLong(pid));
        }
        assertTrue(inspected(id).alive());
    }

    private void awaitState(String verb, String id, Container.State state) throws IOException {
        int before = events.size();
        dockerd.docker(verb, "one").ok();
        awaitEvents(before + 1);
        Lab.await(verb, () -> inspected(id).state() == state);
    }

    private void awaitGaps(int count) throws IOException {
        Lab.await(count + " gaps", () -> events.stream()
                .filter(new EngineEvent.Gap()::equals).count() >= count);
    }

    private void awaitEvents(int count) throws IOException {
        Lab.await(count + " events", () -> events.size() >= count);
    }

    private String created(EngineCall.ContainerRequest request) {
        EngineAnswer answer = engine.perform(new EngineCall.Create(request));
        assertTrue(answer instanceof EngineAnswer.Created, answer.toString());
        return ((EngineAnswer.Created) answer).containerId();
    }

    private void done(EngineCall call) {
        assertEquals(new EngineAnswer.Done(), engine.perform(call));
    }

    private EngineAnswer.Failed failed(EngineCall call) {
        EngineAnswer answer = engine.perform(call);
        assertTrue(answer instanceof EngineAnswer.Failed, answer.toString());
        return (EngineAnswer.Failed) answer;
    }

    private Container inspected(String container) {
        EngineAnswer answer = engine.perform(new EngineCall.Inspect(container));
        assertTrue(answer instanceof EngineAnswer.Inspected, answer.toString());
        return ((EngineAnswer.Inspected) answer).container();
    }

    private List<Container> listed() {
        EngineAnswer answer = engine.perform(new EngineCall.ListContainers(Specs.LABEL, "us"));
        assertTrue(answer instanceof EngineAnswer.Listed, answer.toString());
        return ((EngineAnswer.Listed) answer).containers();
    }

    private String logs(String id, boolean follow) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        engine.logs(id, new LogOptions(true, true, follow, false, "", "", "all",
                false), frames);
        return Specs.shown(frames.toByteArray());
    }
}

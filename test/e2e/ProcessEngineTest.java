package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.engine.Container;
import swarm.engine.Engine;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.EngineEvent;
import swarm.engine.ProcessEngine;
import swarm.model.ContainerSpec;
import swarm.model.LogOptions;
import swarm.model.PortConfig;

/// The process engine with real processes: what an agent relies on, across daemons too (a second
/// engine over the same directory is what a daemon that was killed and started again has).
class ProcessEngineTest {
    private static final long SECOND_NS = 1_000_000_000L;
    /// A grace that no task needs to its end.
    private static final long GRACE_NS = Lab.PATIENCE_S * SECOND_NS;

    private Path dir;
    private Path root;
    private ProcessEngine engine;

    @BeforeEach
    void open() throws IOException {
        dir = Scratch.make("swp");
        root = dir.resolve("tasks");
        engine = ProcessEngine.open(root, System.getenv());
    }

    @AfterEach
    void removeAll() throws IOException {
        engine.close();
        engine = ProcessEngine.open(root, System.getenv());
        for (Container container : listed()) {
            removed(container.id());
        }
        engine.close();
        assertEquals(List.of(), files(), "directories are left");
        Scratch.remove(dir);
    }

    @Test
    void aTaskRunsAndItsEndIsKnown() throws IOException {
        String id = started("one", "sh", "-c", "exit 7");
        Container ended = ended(id);
        assertEquals(7, ended.exitCode());
        assertEquals("", ended.error());
        assertTrue(ended.startedAt().isPresent() && ended.finishedAt().isPresent());
    }

    @Test
    void aSignalsNumberIsInTheExitCode() throws IOException {
        String id = started("one", "sleep", "1000");
        Ran.run("kill", "-KILL", Long.toString(inspected(id).pid())).ok();
        assertEquals(137, ended(id).exitCode());
    }

    @Test
    void aTaskIsFoundByNameAndLabel() throws IOException {
        String id = started("one", "sleep", "1000");
        assertEquals(id, inspected("one").id());
        assertEquals(1, listed().size());
        assertEquals(List.of(), ((EngineAnswer.Listed) engine.perform(
                new EngineCall.ListContainers(Specs.LABEL, "others"))).containers());
    }

    @Test
    void aNameIsTakenOnce() {
        created(Specs.request("one", "sleep", "1000"));
        assertEquals(EngineAnswer.Cause.CONFLICT,
                failed(new EngineCall.Create(Specs.request("one", "true"))).cause());
    }

    @Test
    void startingTwiceStartsOnce() throws IOException {
        String id = started("one", "sleep", "1000");
        long pid = inspected(id).pid();
        done(new EngineCall.Start(id));
        assertEquals(pid, inspected(id).pid());
    }

    @Test
    void ofTwoScriptsOneRuns() throws Exception {
        String id = created(Specs.request("one", "sh", "-c", "echo ran; sleep 1000"));
        Path script = root.resolve(id).resolve("run");
        for (int i = 0; i < 5; i++) {
            new ProcessBuilder("setsid", "sh", script.toString()).start();
        }
        done(new EngineCall.Start(id));
        Lab.await("four of six scripts end", () -> processesOf(id + "/run").size() == 1);
        Lab.await("one has run", () -> !out(id).isEmpty());
        done(new EngineCall.Stop(id, GRACE_NS));
        assertEquals("ran\n", out(id));
        assertEquals(143, ended(id).exitCode());
    }

    @Test
    void aMissingProgramIsRefusedAtTheStart() {
        String id = created(Specs.request("one", "no-such-program"));
        EngineAnswer.Failed failed = failed(new EngineCall.Start(id));
        assertEquals(EngineAnswer.Cause.REFUSED, failed.cause());
        assertEquals("exec: \"no-such-program\": executable file not found in $PATH",
                failed.message());
    }

    @Test
    void noCommandIsRefused() {
        assertEquals("No command specified",
                failed(new EngineCall.Create(Specs.request("one"))).message());
    }

    @Test
    void environmentDirectoryAndWordsArriveAsTheyAre() throws IOException {
        String odd = "it's \"$HOME\" `x` \\ \n two";
        ContainerSpec spec = Specs.spec(List.of("ODD=" + odd, "HOME"), "/usr", "sh", "-c",
                "pwd; echo \"$ODD\"; printf '%s|' \"$@\"; echo ${HOME-none}", "sh", "a b", "", odd);
        String id = created(Specs.request("one", spec));
        done(new EngineCall.Start(id));
        ended(id);
        assertEquals("/usr\n" + odd + "\na b||" + odd + "|none\n",
                Files.readString(root.resolve(id).resolve("out")));
    }

    @Test
    void aVariableMayHaveAnyName() throws IOException {
        String id = created(Specs.request("one",
                Specs.spec(List.of("my.name=dotted", "PATH", "HOME"), "", "/usr/bin/env")));
        done(new EngineCall.Start(id));
        ended(id);
        assertEquals("my.name=dotted\n", out(id));
    }

    @Test
    void theDaemonsOwnEnvironmentStaysWithIt() throws IOException {
        ProcessEngine other = ProcessEngine.open(root, Map.of("PATH", "/usr/bin:/bin",
                "TOKEN", "secret"));
        EngineAnswer.Created made = (EngineAnswer.Created) other.perform(
                new EngineCall.Create(Specs.request("two", "env")));
        other.perform(new EngineCall.Start(made.containerId()));
        Lab.await("env ends", () -> files().size() == 1
                && Files.exists(root.resolve(made.containerId()).resolve("exit")));
        assertEquals("HOME=/\nPATH=/usr/bin:/bin\n", Files.readString(
                root.resolve(made.containerId()).resolve("out")));
    }

    @Test
    void stopUsesTheSignalAndWaits() throws IOException {
        String id = created(Specs.request("one", Specs.stoppedBy("SIGUSR1", "sh", "-c",
                "trap 'sleep 0.3; exit 42' USR1; echo up; while :; do sleep 0.05; done")));
        done(new EngineCall.Start(id));
        Lab.await("the trap is set", () -> "up\n".equals(out(id)));
        done(new EngineCall.Stop(id, GRACE_NS));
        assertEquals(42, inspected(id).exitCode());
    }

    @Test
    void stopInterruptsByItsNumber() throws IOException {
        String id = created(Specs.request("one", Specs.stoppedBy("2", "sleep", "1000")));
        done(new EngineCall.Start(id));
        done(new EngineCall.Stop(id, GRACE_NS));
        assertEquals(130, inspected(id).exitCode());
    }

    @Test
    void afterTheGraceItKillsAllOfTheTask() throws IOException {
        String id = created(Specs.request("one", "sh", "-c",
                "trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 1; done' & "
                + "echo up; while :; do sleep 1; done"));
        done(new EngineCall.Start(id));
        Lab.await("the traps are set", () -> "up\n".equals(out(id)));
        long session = inspected(id).pid();
        done(new EngineCall.Stop(id, SECOND_NS / 5));
        assertEquals(137, inspected(id).exitCode());
        Lab.await("the whole session is gone", () -> ofSession(session).isEmpty());
    }

    @Test
    void whatATaskLeavesBehindIsKilled() throws IOException {
        String id = started("one", "sh", "-c", "sleep 1000 & echo $$");
        assertEquals(0, ended(id).exitCode());
        long session = Long.parseLong(out(id).strip());
        Lab.await("the sleeper is gone", () -> ofSession(session).isEmpty());
    }

    @Test
    void aFrozenTaskIsPaused() throws IOException {
        String id = started("one", "sleep", "1000");
        String pid = Long.toString(inspected(id).pid());
        Lab.signal("STOP", Long.parseLong(pid));
        Lab.await("it is paused", () -> inspected(id).state() == Container.State.PAUSED);
        Lab.signal("CONT", Long.parseLong(pid));
        Lab.await("it runs", () -> inspected(id).state() == Container.State.RUNNING);
    }

    /// F54: a daemon that starts again neither kills what runs nor starts it twice.
    @Test
    void anotherDaemonAdoptsWhatRunsAndLearnsWhatEnded() throws IOException {
        String runs = started("runs", "sleep", "1000");
        String ends = started("ends", "sh", "-c", "sleep 0.3; exit 3");
        String waits = created(Specs.request("waits", "sleep", "1000"));
        long pid = inspected(runs).pid();
        engine.close();
        engine = ProcessEngine.open(root, System.getenv());
        assertEquals(pid, inspected(runs).pid());
        assertEquals(Container.State.RUNNING, inspected(runs).state());
        assertEquals(Container.State.CREATED, inspected(waits).state());
        assertEquals(3, ended(ends).exitCode());
        done(new EngineCall.Stop(runs, GRACE_NS));
        assertEquals(143, inspected(runs).exitCode());
    }

    @Test
    void aDaemonKilledAtAnyMomentLeavesNoProcessThatIsNotRecorded() throws Exception {
        for (int round = 0; round < 4; round++) {
            Process daemon = new ProcessBuilder(ProcessHandle.current().info().command()
                    .orElseThrow(), "-XX:TieredStopAtLevel=1", "-cp",
                    System.getProperty("java.class.path"), EngineLoop.class.getName(),
                    root.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            BufferedReader started = daemon.inputReader();
            String first = started.readLine();
            Lab.pause(Duration.ofMillis(new Random(round).nextInt(150)));
            daemon.destroyForcibly().waitFor();
            engine.close();
            engine = ProcessEngine.open(root, System.getenv());
            assertEquals(Container.State.RUNNING, inspected(first).state());
            Lab.pause(Duration.ofMillis(200));
            for (Container container : listed()) {
                removed(container.id());
            }
            Lab.await("no process is left", () -> processesOf(root.toString()).isEmpty());
        }
    }

    @Test
    void anotherProcessOfTheSameIdIsNotTheTask() throws IOException {
        String id = started("one", "sleep", "1000");
        Path pid = root.resolve(id).resolve("pid");
        List<String> words = List.of(Files.readString(pid).strip().split(" "));
        ended(id, "kill");
        Files.delete(root.resolve(id).resolve("exit"));
        Process other = new ProcessBuilder("setsid", "sleep", "1000").start();
        try {
            Files.writeString(pid, other.pid() + " 1 " + other.pid() + " 1 " + words.get(4)
                    + "\n");
            assertEquals(Container.State.EXITED, inspected(id).state());
            done(new EngineCall.Stop(id, 0));
            assertTrue(other.isAlive());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aTaskRemovedWhileItStartsIsNotLeftRunning() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            String id = created(Specs.request("one", "sh", "-c", ": " + root + "; sleep 1000"));
            Thread start = Thread.ofVirtual().start(() -> engine.perform(
                    new EngineCall.Start(id)));
            Lab.pause(Duration.ofMillis(random.nextInt(12)));
            removed(id);
            start.join();
        }
        Lab.await("no process is left", () -> processesOf(root.toString()).isEmpty());
    }

    @Test
    void afterAnotherBootNothingRuns() throws IOException {
        String id = started("one", "sleep", "1000");
        Path pid = root.resolve(id).resolve("pid");
        String before = Files.readString(pid);
        Files.writeString(pid, before.substring(0, before.lastIndexOf(' ')) + " another-boot\n");
        assertEquals(Container.State.EXITED, inspected(id).state());
        assertEquals("how the process ended was not seen", inspected(id).error());
        Files.writeString(pid, before);
    }

    @Test
    void aTaskWhoseParentWasKilledStillRunsAndIsStopped() throws IOException {
        String id = started("one", "sleep", "1000");
        String parent = Files.readString(root.resolve(id).resolve("pid")).split(" ")[2];
        Ran.run("kill", "-KILL", parent).ok();
        assertEquals(Container.State.RUNNING, inspected(id).state());
        done(new EngineCall.Stop(id, GRACE_NS));
        assertEquals(255, inspected(id).exitCode());
    }

    @Test
    void removingEndsTheTaskAndLeavesNothing() throws IOException {
        String id = started("one", "sleep", "1000");
        long pid = inspected(id).pid();
        done(new EngineCall.Remove(id));
        assertEquals(EngineAnswer.Cause.NOT_FOUND,
                failed(new EngineCall.Inspect(id)).cause());
        Lab.await("the process is gone", () -> ofSession(pid).isEmpty());
        assertFalse(Files.exists(root.resolve(id)));
        done(new EngineCall.Remove(id));
    }

    @Test
    void aScriptThatComesAfterTheRemovalStartsNothing() throws Exception {
        String id = created(Specs.request("one", "sh", "-c", "echo ran > " + root + "/ran"));
        Path script = root.resolve(id).resolve("run");
        Path kept = Files.copy(script, dir.resolve("kept"));
        done(new EngineCall.Remove(id));
        assertTrue(new ProcessBuilder("setsid", "sh", kept.toString()).start().waitFor() != 0);
        assertFalse(Files.exists(root.resolve("ran")));
    }

    @Test
    void whatWasHalfMadeOrHalfRemovedIsSweptAway() throws IOException {
        String id = started("one", "sleep", "1000");
        long pid = inspected(id).pid();
        Files.createDirectory(root.resolve("new-0123"));
        Files.move(root.resolve(id), root.resolve("gone-" + id));
        engine.close();
        engine = ProcessEngine.open(root, System.getenv());
        assertEquals(List.of(), files());
        Lab.await("the process is gone", () -> ofSession(pid).isEmpty());
    }

    @Test
    void whatHappensBehindOurBackIsReported() throws IOException {
        String id = started("one", "sleep", "1000");
        engine.close();
        engine = ProcessEngine.open(root, System.getenv());
        List<EngineEvent> events = new CopyOnWriteArrayList<>();
        engine.watch(events::add);
        Lab.await("the first look", () -> events.size() >= 2);
        assertEquals(new EngineEvent.Gap(), events.getFirst());
        Lab.signal("STOP", inspected(id).pid());
        Lab.await("the pause", () -> events.size() >= 3);
        Ran.run("kill", "-KILL", Long.toString(inspected(id).pid())).ok();
        Lab.await("the end", () -> events.size() >= 4);
        assertTrue(events.stream().skip(1).allMatch(new EngineEvent.Touched(id, "one")::equals),
                events.toString());
        assertEquals(Container.State.EXITED, inspected(id).state());
    }

    @Test
    void logsAreFramesOfWholeLinesAndATailOfThem() throws IOException {
        String id = started("one", "sh", "-c", "echo one; echo two; printf three; echo err >&2");
        ended(id);
        assertEquals("1one\n1two\n1three2err\n", logs(id, "all"));
        assertEquals("1two\n1three2err\n", logs(id, "2"));
        assertEquals("", logs(id, "0"));
    }

    @Test
    void outputThatSomebodyHasTakenAwayIsMissed() throws IOException {
        String id = started("one", "sh", "-c", "echo one");
        ended(id);
        Scratch.remove(root.resolve(id));
        assertTrue(assertThrows(IOException.class, () -> logs(id, "all")).getMessage()
                .contains("No such container: " + id));
    }

    @Test
    void logsCanBeFollowedToTheEnd() throws IOException {
        String id = started("one", "sh", "-c",
                "echo one; sleep 0.3; echo two; sleep 0.3; exit 1");
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        engine.logs(id, new LogOptions(true, true, true, false, "", "", "all", false),
                frames);
        assertEquals("1one\n1two\n", Specs.shown(frames.toByteArray()));
    }

    @Test
    void whatCannotBeGivenIsRefused() {
        PortConfig moved = new PortConfig("", "tcp", 80, 8080, Optional.empty());
        EngineCall.ContainerRequest request = new EngineCall.ContainerRequest("one",
                Specs.spec(List.of(), "", "true"), new TreeMap<>(), Optional.empty(),
                Optional.empty(), List.of(moved));
        assertTrue(failed(new EngineCall.Create(request)).message().contains("8080:80"));
    }

    @Test
    void theMachineIsDescribed() {
        EngineAnswer.Described described =
                (EngineAnswer.Described) engine.perform(new EngineCall.Describe());
        assertEquals("linux", described.platform().os());
        assertEquals("process", described.engine().engineVersion());
        assertTrue(described.resources().memoryBytes() > 1 << 20);
        assertTrue(described.resources().nanoCpus() >= SECOND_NS);
    }

    private String started(String name, String... args) {
        String id = created(Specs.request(name, args));
        done(new EngineCall.Start(id));
        return id;
    }

    private String created(EngineCall.ContainerRequest request) {
        EngineAnswer answer = engine.perform(new EngineCall.Create(request));
        assertTrue(answer instanceof EngineAnswer.Created, answer.toString());
        return ((EngineAnswer.Created) answer).containerId();
    }

    private void done(EngineCall call) {
        assertEquals(new EngineAnswer.Done(), engine.perform(call));
    }

    /// Removes a task that may be starting: while its script still writes, the engine answers that
    /// it may work later, and is asked again, as an agent does it.
    private void removed(String id) throws IOException {
        Lab.await("it is removed", () -> engine.perform(new EngineCall.Remove(id))
                .equals(new EngineAnswer.Done()));
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

    private Container ended(String id, String... how) throws IOException {
        if (how.length > 0) {
            Ran.run("kill", "-KILL", Long.toString(inspected(id).pid())).ok();
        }
        Lab.await("the task ends", () -> !inspected(id).alive());
        return inspected(id);
    }

    private List<Container> listed() {
        return ((EngineAnswer.Listed) engine.perform(
                new EngineCall.ListContainers(Specs.LABEL, "us"))).containers();
    }

    private String out(String id) throws IOException {
        Path out = root.resolve(id).resolve("out");
        return Files.exists(out) ? Files.readString(out) : "";
    }

    private String logs(String id, String tail) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        engine.logs(id, new LogOptions(true, true, false, false, "", "", tail, false),
                frames);
        return Specs.shown(frames.toByteArray());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> found = Files.list(root)) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    /// The processes whose command line has these words.
    private static List<Long> processesOf(String words) {
        return ProcessHandle.allProcesses().filter(process -> process.info().commandLine()
                .orElse("").contains(words)).map(ProcessHandle::pid).toList();
    }

    private static List<String> ofSession(long session) throws IOException {
        return List.of(Ran.run("ps", "-o", "pid=", "-s", Long.toString(session)).out()
                .strip().split("\\s+")).stream().filter(pid -> !pid.isEmpty()).toList();
    }
}

package swarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.json.Json;

/// What is ours in the command line: the options of the program, the commands at the top, the
/// daemon that starts by itself, and Docker's flags that swarm does not have.
class CallsTest {
    private final ScriptedWorld world = new ScriptedWorld("world.json");
    private final Global global = new Global();

    private int run(String... words) {
        return Cli.run(List.of(words), global, world);
    }

    @Test
    void optionsOfTheProgramStandAnywhere() {
        assertEquals(0, run("--data-dir", "/a", "--engine=none", "init", "-H", "unix:///b"));
        assertEquals(List.of("--data-dir", "/a", "--engine", "none", "--host", "unix:///b"),
            global.daemonFlags());
    }

    @Test
    void commandsOwnFlagsCountBeforeThePrograms() {
        assertEquals(0, run("service", "create", "-d", "--no-resolve-image", "--hostname", "h",
            "--host", "x:10.0.0.1", "--group", "g", "nginx"));
        Json.Obj container = world.bodies.getFirst().asObj().obj("TaskTemplate")
            .obj("ContainerSpec");
        assertEquals("h", container.str("Hostname"));
        assertEquals("[\"10.0.0.1 x\"]", new Json.Arr(container.arr("Hosts")).text());
        assertEquals("", global.text("hostname"));
        assertEquals("unix:///run/swarm.sock", global.text("host"));
    }

    @Test
    void wordsAfterTheImageAreTheContainers() {
        assertEquals(0, run("service", "create", "-d", "--no-resolve-image", "nginx", "-H", "x",
            "--help", "--"));
        Json.Obj container = world.bodies.getFirst().asObj().obj("TaskTemplate")
            .obj("ContainerSpec");
        assertEquals("[\"-H\",\"x\",\"--help\",\"--\"]",
            new Json.Arr(container.arr("Args")).text());
    }

    @Test
    void staleListsAreAskedForAndMarkedOnce() {
        String mark = "as of 2026-11-22T20:34:00Z, no leader";
        Json.Obj service = Json.obj().with("ID", "s").with("Spec", Json.obj().with("Name", "web"));
        Json.Arr services = new Json.Arr(List.of(service));
        world.willAnswerStale("GET /services?filters={\"id\":{\"web\":true}}&stale=1", services,
            mark);
        world.willAnswerStale("GET /services?filters={\"name\":{\"web\":true}}&stale=1", services,
            mark);
        world.willAnswerStale("GET /tasks?filters={\"service\":{\"s\":true}}&stale=1",
            new Json.Arr(List.of()), mark);
        assertEquals(0, run("service", "ps", "--stale", "web"), world.err.toString());
        assertEquals("stale: " + mark + "\n", world.err.toString());
        assertTrue(world.out.toString().startsWith("ID "), world.out.toString());
    }

    @Test
    void secondManagerIsToldWhatTwoAreGoodFor() {
        world.willAnswer("POST /swarm/join", 200, new Json.Str(""));
        world.willAnswer("GET /info", 200, Json.obj().with("Swarm",
            Json.obj().with("ControlAvailable", true).with("Warnings",
                new Json.Arr(List.of(new Json.Str("2 managers tolerate the loss of none"))))));
        assertEquals(0, run("join", "--token", "t", "10.0.0.1:2377"));
        assertEquals("This node joined a swarm as a manager.\n", world.out.toString());
        assertEquals("Warning: 2 managers tolerate the loss of none\n", world.err.toString());
    }

    @Test
    void environmentFillsInWhatTheLineLeavesOut() {
        world.variables.put("SWARM_HOST", "unix:///e");
        world.variables.put("SWARM_ENGINE", "process");
        assertEquals(0, run("node", "ls", "--host", "unix:///line"));
        assertEquals("unix:///line", global.text("host"));
        assertEquals("process", global.text("engine"));
    }

    @Test
    void usersDaemonLivesInTheirDirectories() {
        world.isRoot = false;
        world.variables.put("XDG_RUNTIME_DIR", "/run/user/7");
        assertEquals(0, run("node", "ls"));
        assertEquals("unix:///run/user/7/swarm.sock", global.text("host"));
        assertEquals("/root/.local/state/swarm", global.text("data-dir"));
    }

    @Test
    void initStartsTheDaemonOnceItsFlagsAreRight() {
        assertEquals(0, run("init"));
        assertEquals("start daemon", world.events.getFirst());
        assertEquals("POST /swarm/init", world.events.get(1));
        ScriptedWorld other = new ScriptedWorld("world.json");
        assertEquals(1, Cli.run(List.of("init", "--availability", "x"), new Global(), other));
        assertEquals(List.of(), other.events);
    }

    @Test
    void joinTakesTheTokenFromStandardInput() {
        world.input = "SWMTKN-1-a-b";
        assertEquals(0, run("join", "--token-file", "-", "10.1.0.1:2377"));
        assertEquals("SWMTKN-1-a-b", world.bodies.getFirst().asObj().str("JoinToken"));
    }

    @Test
    void swarmsCommandsWorkWithAndWithoutTheWord() {
        assertEquals(0, run("join-token", "-q", "worker"));
        assertEquals(0, run("swarm", "join-token", "-q", "worker"));
        assertEquals("SWMTKN-1-worker\nSWMTKN-1-worker\n", world.out.toString());
    }

    @Test
    void daemonTakesOnlyTheProgramsOptions() {
        assertEquals(0, run("daemon", "--engine", "none", "--data-dir", "/d"));
        assertEquals(List.of("be daemon"), world.events);
        assertEquals(List.of("--data-dir", "/d", "--engine", "none", "--host",
            "unix:///run/swarm.sock"), global.daemonFlags());
        assertEquals(125, run("daemon", "--replicas", "3"));
    }

    @Test
    void flagsThatSwarmLacksAreRefusedByName() {
        for (String flag : List.of("--secret", "--config", "--network", "--generic-resource",
            "--credential-spec")) {
            world.err.setLength(0);
            assertEquals(125, run("service", "create", flag, "x", "nginx"));
            assertTrue(world.err.toString().startsWith(flag + " is not supported\n"),
                world.err.toString());
        }
        assertEquals(List.of(), world.sent);
    }

    @Test
    void everyCommandHasHelp() {
        for (String group : List.of("node", "service", "swarm")) {
            String commands = group.equals("node") ? Nodes.COMMANDS
                : group.equals("service") ? Services.COMMANDS : Swarms.COMMANDS;
            for (String line : commands.split("\n")) {
                String name = line.substring(0, line.indexOf('|'));
                world.out.setLength(0);
                assertEquals(0, run(group, name, "--help"));
                String help = world.out.toString();
                assertTrue(help.startsWith("Usage:  swarm " + group + " " + name), help);
                assertFalse(help.contains("refused"), help);
                for (String shown : help.split("\n")) {
                    assertTrue(shown.length() <= 80, shown);
                }
            }
        }
    }

    @Test
    void helpNamesACommandEitherWay() {
        assertEquals(0, run("help", "node", "ls"));
        String asked = world.out.toString();
        world.out.setLength(0);
        assertEquals(0, run("node", "ls", "--help"));
        assertEquals(asked, world.out.toString());
    }

    @Test
    void unknownCommandsAreRefused() {
        assertEquals(1, run("bogus"));
        assertEquals(1, run("node", "bogus"));
        assertEquals(125, run("--bogus"));
        assertTrue(world.err.toString().contains("swarm: unknown command: swarm node bogus"),
            world.err.toString());
    }

    @Test
    void credentialsOfTheImagesRegistryAreSent() {
        assertEquals(0, run("service", "create", "-d", "--no-resolve-image",
            "--with-registry-auth", "r.example:5000/a/b"));
        assertEquals("X-Registry-Auth", world.headers.getFirst());
        assertEquals("{\"username\":\"user\",\"password\":\"pass\",\"serveraddress\":"
            + "\"r.example:5000\"}", new String(Base64.getUrlDecoder()
            .decode(world.headers.get(1)), StandardCharsets.UTF_8));
    }

    @Test
    void engineWithoutRegistriesNeedsNoWarning() {
        world.willAnswer("GET /distribution/nginx:latest/json", 501,
            Json.obj().with("message", "no registries here"));
        assertEquals(0, run("service", "create", "-d", "nginx"));
        assertEquals("", world.err.toString());
    }

    @Test
    void absentDaemonIsNoAbsentRegistry() {
        world.isAbsent = true;
        assertEquals(1, run("service", "create", "-d", "nginx"));
        assertEquals("nobody there\n", world.err.toString());
    }

    @Test
    void interruptedWaitSaysThatWorkGoesOn() {
        assertEquals(0, run("service", "update", "prog1"));
        assertTrue(world.events.contains("interrupt Operation continuing in background.\n"
            + "Use `swarm service ps prog1` to check progress."), world.events.toString());
        assertEquals("interrupt ", world.events.getLast());
    }

    @Test
    void terminalShowsEachTaskInItsOwnLine() {
        world.isTerminal = true;
        assertEquals(0, run("service", "update", "prog1"));
        String out = ScriptedWorld.text(world.out);
        assertTrue(out.contains("\u001b[1A\u001b[2K\r2/2: starting  [==========================>"
            + "    ]\r\u001b[1B"), out);
        assertTrue(out.contains("\u001b[3A\u001b[2K\roverall progress: 2 out of 2 tasks\r"
            + "\u001b[3B"), out);
    }
}

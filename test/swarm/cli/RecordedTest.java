package swarm.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import swarm.json.Json;
import swarm.json.JsonException;

/// The whole command line against recordings of Docker's client on the same answers: what is
/// printed, what is sent, how it ends.
class RecordedTest {
    @Test
    void nodeCommandsSpeakAsDocker() throws IOException {
        replay("node.txt", 40);
    }

    @Test
    void serviceCommandsSpeakAsDocker() throws IOException {
        replay("service.txt", 80);
    }

    @Test
    void swarmCommandsSpeakAsDocker() throws IOException {
        replay("swarm.txt", 30);
    }

    @Test
    void progressTellsEachChangeOnce() throws IOException {
        replay("progress.txt", 8);
    }

    private static void replay(String file, int least) throws IOException {
        List<Recorded> calls = Recorded.read(file);
        assertTrue(calls.size() >= least, file + " has only " + calls.size() + " calls");
        ArrayList<Executable> checks = new ArrayList<>();
        for (Recorded call : calls) {
            checks.add(() -> check(call));
        }
        assertAll(file, checks);
    }

    private static void check(Recorded call) throws Failure, JsonException {
        ScriptedWorld world = new ScriptedWorld("world.json");
        int exit = world.run(Words.split(call.command()).toArray(new String[0]));
        assertEquals(call.out(), ScriptedWorld.text(world.out), call.command());
        assertEquals(call.err().strip(), ScriptedWorld.text(world.err).strip(), call.command());
        assertEquals(call.exit(), exit, call.command());
        assertEquals(call.sent().size(), world.sent.size(), call.command() + world.sent);
        for (int at = 0; at < world.sent.size(); at++) {
            String line = call.sent().get(at).substring(2);
            assertTrue(line.startsWith(world.sent.get(at) + " "), line + "\n" + world.sent.get(at));
            String body = line.substring(world.sent.get(at).length() + 1);
            assertEquals(body.isEmpty() ? Json.NULL : Json.parse(body), world.bodies.get(at),
                call.command());
        }
    }
}

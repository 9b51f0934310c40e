package swarm.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import swarm.json.Json;
import swarm.json.JsonException;

/// Each flag of `service create` and `service update` puts into the request what Docker's client
/// puts there, and is refused where that refuses it.
class FlagsTest {
    private static final String BASE = "{\"Labels\":{},\"TaskTemplate\":{\"ContainerSpec\":"
        + "{\"Init\":false,\"DNSConfig\":{}},\"Resources\":{\"Limits\":{},\"Reservations\":{}},"
        + "\"Placement\":{},\"ForceUpdate\":0},\"Mode\":{\"Replicated\":{}},"
        + "\"EndpointSpec\":{\"Mode\":\"vip\"}}";

    @Test
    void requestBodiesAreDockers() throws IOException {
        List<Recorded> calls = Recorded.read("flags.txt");
        assertTrue(calls.size() > 450, "only " + calls.size() + " calls");
        ArrayList<Executable> checks = new ArrayList<>();
        for (Recorded call : calls) {
            checks.add(() -> check(call));
        }
        assertAll("flags.txt", checks);
    }

    private static void check(Recorded call) throws Failure, JsonException {
        ScriptedWorld world = new ScriptedWorld("flags.json");
        List<String> words = Words.split(call.command());
        int exit = world.run(words.toArray(new String[0]));
        String err = ScriptedWorld.text(world.err);
        int usage = err.indexOf("\n\nUsage:");
        assertEquals(call.err().strip(), (usage < 0 ? err : err.substring(0, usage)).strip(),
            call.command());
        assertEquals(call.exit(), exit, call.command());
        assertEquals(call.exit() != 0, world.sent.isEmpty(), call.command());
        if (call.exit() == 0) {
            boolean creates = words.get(1).equals("create");
            Json base = creates ? Json.parse(BASE) : read(words.getLast()).asObj().obj("Spec");
            assertEquals(wanted(call), changes(base, world.bodies.getFirst()), call.command());
            assertTrue(creates || call.sent().getFirst().equals("? "
                + world.sent.getFirst().substring(world.sent.getFirst().indexOf('?') + 1)));
        }
    }

    private static Json read(String service) throws Failure, JsonException {
        return Json.parse(new ScriptedWorld("flags.json").ask("GET",
            "/v1.41/services/" + service + "?insertDefaults=false", Json.NULL, List.of()).body());
    }

    private static Map<String, Json> wanted(Recorded call) throws JsonException {
        TreeMap<String, Json> wanted = new TreeMap<>();
        for (String line : call.sent()) {
            int space = line.indexOf(' ', 2);
            if (line.charAt(0) == '+') {
                String value = line.substring(space + 1);
                wanted.put(line.substring(2, space),
                    value.equals("-") ? new Json.Str("absent") : Json.parse(value));
            }
        }
        return wanted;
    }

    private static Map<String, Json> changes(Json from, Json to) {
        TreeMap<String, Json> old = new TreeMap<>();
        flatten(from, "", old);
        TreeMap<String, Json> changed = new TreeMap<>();
        flatten(to, "", changed);
        for (String path : old.keySet()) {
            if (!changed.containsKey(path)) {
                changed.put(path, new Json.Str("absent"));
            } else if (changed.get(path).equals(old.get(path))) {
                changed.remove(path);
            }
        }
        return changed;
    }

    private static void flatten(Json value, String path, Map<String, Json> into) {
        if (value.asObj().isEmpty()) {
            into.put(path.isEmpty() ? path : path.substring(1), value);
        }
        value.asObj().members().forEach((name, inner) -> flatten(inner, path + "." + name, into));
    }
}

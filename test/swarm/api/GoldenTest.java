package swarm.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.model.TaskState;

/// Runs the conversations in `test/golden/api`: each file is asked of a new [LabSwarm], in order.
/// A block is a request in one line and what is answered: status, and a message, or JSON to an
/// empty line, or in parentheses a list's names. Ids read `{id}`; `@web` in a request is the
/// present version of `web`, `TT` a template with an image; filters are given as plain JSON. Made
/// from what Docker 20.10 answered.
final class GoldenTest {
    private static final Path FOLDER = Path.of(System.getProperty("test.dir", "test"))
            .resolve("golden/api");
    private static final String TEMPLATE =
            "\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"alpine\"}}";

    @Test void refusesServicesInDockersWords() throws Exception {
        run("services-refused.txt");
    }

    @Test void updatesServicesAsDocker() throws Exception {
        run("services-updated.txt");
    }

    @Test void showsServicesAsDocker() throws Exception {
        run("services-shown.txt");
    }

    @Test void listsByFilters() throws Exception {
        run("filters.txt");
    }

    @Test void keepsNodesAsDocker() throws Exception {
        run("nodes.txt");
    }

    @Test void keepsTheSwarmAsDocker() throws Exception {
        run("swarm.txt");
    }

    @Test void findsRoutesAsDocker() throws Exception {
        run("routes.txt");
    }

    private static void run(String file) throws IOException, JsonException {
        LabSwarm swarm = new LabSwarm();
        List<String> lines = Files.readAllLines(FOLDER.resolve(file));
        List<String> wanted = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.startsWith("task ")) {
                String[] words = line.split(" ");
                swarm.task(words[1], Integer.parseInt(words[2]), words[3],
                        TaskState.valueOf(words[4]));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                List<String> expected = new ArrayList<>();
                while (at + 1 < lines.size() && !lines.get(at + 1).isEmpty()) {
                    at++;
                    expected.add(lines.get(at));
                }
                ApiAnswer answer = ask(swarm, line);
                boolean names = expected.getFirst().startsWith("200 (");
                wanted.add(line + "\n" + String.join("\n", expected));
                found.add(line + "\n" + shown(answer, names));
            }
        }
        assertFalse(wanted.isEmpty(), file + " has no blocks");
        assertEquals(String.join("\n\n", wanted), String.join("\n\n", found), file);
    }

    private static ApiAnswer ask(LabSwarm swarm, String line) {
        String[] words = line.split(" ", 3);
        String target = words[1];
        int sign = target.indexOf('@');
        if (sign >= 0) {
            String name = target.substring(sign + 1).split("&")[0];
            target = target.replace("@" + name, Long.toString(swarm.version(name)));
        }
        int filters = target.indexOf("filters=");
        if (filters >= 0) {
            int start = filters + "filters=".length();
            target = target.substring(0, start)
                    + URLEncoder.encode(target.substring(start), StandardCharsets.UTF_8);
        }
        return swarm.ask(words[0], target, "", words.length < 3 ? ""
                : words[2].replaceAll("(?<=[,{])TT(?=[,}])", TEMPLATE));
    }

    /// As the files have it.
    private static String shown(ApiAnswer answer, boolean names) throws JsonException {
        String body = new String(answer.body(), StandardCharsets.UTF_8).strip()
                .replaceAll("\\b(?=[a-z]*[0-9])[a-z0-9]{25}\\b", "{id}");
        if (body.isEmpty() || answer.status() == 100) {
            return answer.status() + (body.isEmpty() ? "" : " " + body);
        }
        Json json = Json.parse(body);
        if (names) {
            List<String> all = json.asArr().stream().map(item -> name(item.asObj())).toList();
            return answer.status() + " (" + String.join(" ", all) + ")";
        }
        String message = json.asObj().str("message");
        return answer.status() + (message.isEmpty() ? "\n" + json.pretty() : " " + message);
    }

    private static String name(Json.Obj item) {
        Json.Obj status = item.obj("ServiceStatus");
        String counts = status.isEmpty() ? "" : "=" + status.num("RunningTasks") + "/"
                + status.num("DesiredTasks");
        String name = item.obj("Spec").str("Name");
        String host = item.obj("Description").str("Hostname");
        return !host.isEmpty() ? host : !name.isEmpty() ? name + counts
                : item.num("Slot") + "@" + item.obj("Status").str("State");
    }
}

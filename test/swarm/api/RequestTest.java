package swarm.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.model.Cluster;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.Change;

/// Small parts that a conversation does not show: content types, image names, tokens, `/info`.
final class RequestTest {
    private final LabSwarm swarm = new LabSwarm();

    private static String refused(String contentType, String text) {
        TreeMap<String, String> headers = new TreeMap<>();
        headers.put("content-type", contentType);
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        ApiRequest request = ApiRequest.of("POST", "/services/create", headers, body);
        return Api.route(request, "1.41") instanceof Route.Refused(ApiAnswer answer)
                ? new String(answer.body(), StandardCharsets.UTF_8) : "";
    }

    @Test void takesJsonOnly() {
        assertEquals("", refused("application/json", "{}"));
        assertEquals("", refused("Application/JSON; charset=utf-8", "{}"));
        assertEquals("{\"message\":\"unsupported Content-Type header (text/plain): must be "
                + "'application/json'\"}\n", refused("text/plain", "{}"));
        assertFalse(refused("", "{}").isEmpty());
        assertEquals("{\"message\":\"got EOF while reading request body\"}\n", refused("", ""));
    }

    @Test void newerEngineDoesNotMakeVersionsOlder() {
        ApiRequest request = ApiRequest.of("GET", "/v1.44/nodes", new TreeMap<>(), new byte[0]);
        assertTrue(Api.route(request, "1.47") instanceof Route.Read);
        assertTrue(Api.route(request, "1.43") instanceof Route.Refused);
    }

    @Test void ownsItsPathsWithAndWithoutVersion() {
        assertTrue(Api.owns("GET", "/v1.41/services/web") && Api.owns("POST", "/swarm/init"));
        assertTrue(Api.owns("HEAD", "/_ping") && Api.owns("DELETE", "/v1.24/nodes/x"));
        assertFalse(Api.owns("GET", "/v1.41") || Api.owns("GET", "/") || Api.owns("GET", ""));
        assertFalse(Api.owns("GET", "/v1.41/networks") || Api.owns("GET", "/servicesx"));
        assertFalse(Api.owns("GET", "/info/x") || Api.owns("GET", "/x/swarm"));
    }

    private List<String> logged(String target) {
        ApiRequest request = ApiRequest.of("GET", target + "/logs?stdout=1", new TreeMap<>(),
                new byte[0]);
        if (!(Api.route(request, "1.41") instanceof Route.Logs(Route.LogTarget logs))) {
            throw new AssertionError(target);
        }
        return Api.logged(swarm.view(), logs).fold(
                tasks -> tasks.stream().map(Task::key).toList(),
                missed -> List.of(missed.status() + " " + missed.message()));
    }

    @Test void outputIsOfWhatIdsNamesAndTheirBeginningsMean() {
        assertEquals(201, swarm.ask("POST", "/services/create", "", "{\"Name\":\"web\","
                + "\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"x\"}}}").status());
        swarm.task("web", 1, "node1", TaskState.RUNNING);
        swarm.task("web", 2, "node2", TaskState.FAILED);
        String first = "web" + "0".repeat(21) + "1";
        List<String> both = List.of(first, "web" + "0".repeat(21) + "2");
        String service = swarm.service("web").key();
        for (String text : List.of("web", service, service.substring(0, 12))) {
            assertEquals(both, logged("/services/" + text), text);
        }
        for (String text : List.of(first, "web.1." + first)) {
            assertEquals(List.of(first), logged("/tasks/" + text), text);
        }
        assertEquals(List.of("400 task web0 is ambiguous (2 matches found)"),
                logged("/tasks/web0"));
        assertEquals(List.of("404 task nope not found"), logged("/tasks/nope"));
        assertEquals(List.of("404 service nope not found"), logged("/services/nope"));
    }

    @Test void knowsImageNames() {
        String digest = "@sha256:" + "a".repeat(64);
        for (String good : List.of("nginx", "busybox:lab", "a/b/c", "localhost/x", "h:5000/x:1",
                "Host/x", "1.2.3.4:5000/a_b/c__d/e-f--g.h", "x" + digest, "r.io/x:1" + digest)) {
            assertTrue(ImageReference.valid(good), good);
        }
        for (String bad : List.of("", "a b", "A", "a:", "a@", "a/", "/a", "a//b", "a___b", "-a",
                "a..b", "host:/x", "h:x/y", "a:" + "t".repeat(129), "x@sha256:ab", "a".repeat(256),
                "b".repeat(64), "x:.t", "a".repeat(100_000), "a.a".repeat(9_000))) {
            assertFalse(ImageReference.valid(bad), bad);
        }
    }

    @Test void rotatesJustTheTokensAskedFor() {
        Cluster.JoinTokens first = tokens();
        rotate("&rotateWorkerToken=true&rotateManagerToken=false");
        Cluster.JoinTokens second = tokens();
        rotate("&rotateManagerToken=1");
        Cluster.JoinTokens third = tokens();
        rotate("&rotateManagerUnlockKey=true");
        assertNotEquals(first.worker(), second.worker());
        assertEquals(first.manager(), second.manager());
        assertEquals(second.worker(), third.worker());
        assertNotEquals(second.manager(), third.manager());
        assertEquals(third, tokens());
        assertTrue(third.manager().matches(LabSwarm.TOKEN + "[0-9a-z]{25}"), third.manager());
    }

    private Cluster.JoinTokens tokens() {
        return swarm.view().cluster().orElseThrow().joinTokens();
    }

    private void rotate(String flags) {
        String target = "/swarm/update?version=" + swarm.version("swarm") + flags;
        assertEquals(200, swarm.ask("POST", target, "", "{\"Name\":\"default\"}").status());
    }

    @Test void infoSaysWhatTheEngineSaysAndTheSwarm() throws JsonException {
        Json.Obj engine = Json.parse("{\"ID\":\"x\",\"Swarm\":{\"NodeID\":\"other\"},\"NCPU\":2}")
                .asObj();
        Json.Obj info = Info.manager(engine, swarm.view(), swarm.facts(), "10.78.0.11");
        assertEquals(List.of("ID", "Swarm", "NCPU"), List.copyOf(info.members().keySet()));
        assertEquals(List.of("NodeID", "NodeAddr", "LocalNodeState", "ControlAvailable", "Error",
                "RemoteManagers", "Nodes", "Managers", "Cluster"),
                List.copyOf(info.obj("Swarm").members().keySet()));
        assertEquals("[{\"NodeID\":\"v0ye4qvxquyrb0qj97oy8rjgq\",\"Addr\":\"10.78.0.11:2377\"}]",
                info.obj("Swarm").find("RemoteManagers").orElseThrow().text());
        assertFalse(info.text().contains("SWMTKN") || info.text().contains("PRIVATE"));
        assertEquals("{\"NodeID\":\"\",\"NodeAddr\":\"\",\"LocalNodeState\":\"inactive\","
                + "\"ControlAvailable\":false,\"Error\":\"\",\"RemoteManagers\":null}",
                Info.inactive(engine).obj("Swarm").text());
        assertEquals("""
                {"NodeID":"n","NodeAddr":"a","LocalNodeState":"active","ControlAvailable":false,\
                "Error":"","RemoteManagers":[{"NodeID":"m","Addr":"b:2377"}]}""",
                Info.worker(engine, new NodeId("n"), "a",
                        List.of(new Info.Remote("m", "b:2377"))).obj("Swarm").text());
        assertEquals("This node is not a swarm manager. Worker nodes can't be used to view or "
                + "modify cluster state. Please run this command on a manager node or promote "
                + "the current node to a manager.", Messages.WORKER);
    }

    @Test void infoOfASwarmInTroubleSaysWhatItIs() throws JsonException {
        Facts facts = swarm.facts();
        Json.Obj engine = Json.parse("{\"Warnings\":[\"no swap\"]}").asObj();
        Json.Obj info = Info.manager(engine, swarm.view(), new Facts(facts.self(),
                Optional.empty(), facts.reachable(), "no leader", facts.asOf()), "10.78.0.11");
        assertEquals("no leader", info.obj("Swarm").str("Error"));
        assertEquals("active", info.obj("Swarm").str("LocalNodeState"));
        assertEquals(4, info.obj("Swarm").num("Nodes"));
        assertEquals("[\"no swap\"]", new Json.Arr(info.arr("Warnings")).text());
        swarm.apply(new Change.Update(swarm.view().node(new NodeId("ih2hagonksxov2p84svgwv925"))
                .orElseThrow().withManager(Optional.of(new Node.Manager(2, "b:2377")))));
        Json.Obj two = Info.manager(engine, swarm.view(), facts, "10.78.0.11");
        String warning = "2 managers tolerate the loss of none, as 1 does; add a third";
        assertEquals("[\"no swap\",\"" + warning + "\"]",
                new Json.Arr(two.arr("Warnings")).text());
        assertEquals("[\"" + warning + "\"]",
                new Json.Arr(two.obj("Swarm").arr("Warnings")).text());
    }

    @Test void evenNumbersOfManagersAreWarnedOf() {
        assertEquals(List.of(), Messages.evenManagers(1));
        assertEquals(List.of(), Messages.evenManagers(3));
        assertEquals(List.of("4 managers tolerate the loss of 1, as 3 do; add one more"),
                Messages.evenManagers(4));
    }

    @Test void readsOfNodesServicesAndTasksMayBeOldAndAreMarkedThen() {
        for (String target : List.of("/nodes", "/nodes/self", "/services", "/tasks", "/tasks/x")) {
            ApiAnswer current = swarm.ask("GET", target, "", "");
            ApiAnswer stale = swarm.ask("GET", target + "?stale=1", "", "");
            assertEquals(new String(current.body()), new String(stale.body()));
            assertEquals("", current.stale());
            assertEquals("as of 2026-11-22T20:34:00Z", stale.stale());
        }
        assertEquals("", swarm.ask("GET", "/swarm?stale=1", "", "").stale());
        assertEquals("", swarm.ask("DELETE", "/nodes/x?stale=1", "", "").stale());
    }

    @Test void servicesCountWhatRunsOnNodesThatAreUp() throws JsonException {
        assertEquals(201, swarm.ask("POST", "/services/create", "", """
                {"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"nginx"}},
                 "Mode":{"Replicated":{"Replicas":3}}}""").status());
        swarm.task("web", 1, "node1", TaskState.RUNNING);
        swarm.task("web", 2, "node2", TaskState.RUNNING);
        swarm.task("web", 3, "xde2y4u9rlhgeddukuvk5fzk5", TaskState.RUNNING);
        Json.Obj status = Json.parse(swarm.ask("GET", "/services?status=true", "", "").body())
                .asArr().getFirst().asObj().obj("ServiceStatus");
        assertEquals(2, status.num("RunningTasks"));
        assertEquals(3, status.num("DesiredTasks"));
    }

    @Test void nodeWithoutEngineDescribesItself() {
        Json.Obj info = Info.manager(Json.obj(), swarm.view(), swarm.facts(), "10.78.0.11");
        assertEquals("node1", info.str("Name"));
        assertEquals(2, info.num("NCPU"));
        assertEquals("1.41", Info.version(Json.obj()).str("ApiVersion"));
    }
}

package swarm.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.Service;

/// Whatever a client sends is answered: 50,000 requests whose bodies, filters, versions and ids are
/// good ones with something put wrong. None may throw, each has a status of Docker's, and what was
/// accepted can be shown and survives the log.
final class FuzzTest {
    private static final int REQUESTS = 50_000;
    private static final int REQUESTS_PER_SWARM = 100;
    private static final List<Integer> STATUSES =
            List.of(100, 200, 201, 400, 404, 409, 500, 501);
    private static final String SERVICE = """
            {"Name":"web","Labels":{"a":"1"},"TaskTemplate":{"ContainerSpec":{"Image":"busybox:lab",
            "Labels":{"c":"2"},"Command":["sh"],"Args":["-c","x"],"Hostname":"h-{{.Task.Slot}}",
            "Env":["S={{.Node.ID}}"],"Init":true,"Mounts":[{"Type":"tmpfs","Target":"/s",
            "TmpfsOptions":{"SizeBytes":1048576}},{"Type":"bind","Source":"/t","Target":"/h"}],
            "StopGracePeriod":7000000000,"Healthcheck":{"Test":["CMD","true"],"Interval":5000000000,
            "Retries":3},"DNSConfig":{"Nameservers":["10.1.1.1"]},"Ulimits":[{"Name":"nofile",
            "Hard":200,"Soft":100}]},"Resources":{"Limits":{"NanoCPUs":500000000},"Reservations":
            {"MemoryBytes":16777216}},"RestartPolicy":{"Condition":"on-failure","Delay":2000000000,
            "MaxAttempts":4},"Placement":{"Constraints":["node.role==manager"],"Preferences":
            [{"Spread":{"SpreadDescriptor":"node.labels.zone"}}],"MaxReplicas":2},"ForceUpdate":1},
            "Mode":{"Replicated":{"Replicas":2}},"UpdateConfig":{"Parallelism":2,"FailureAction":
            "rollback","MaxFailureRatio":0.25,"Order":"start-first"},"EndpointSpec":{"Mode":"vip",
            "Ports":[{"Protocol":"tcp","TargetPort":81,"PublishedPort":86,"PublishMode":"host"}]}}
            """;
    private static final String SWARM = """
            {"Name":"default","Labels":{},"Orchestration":{"TaskHistoryRetentionLimit":5},"Raft":
            {"SnapshotInterval":10000,"ElectionTick":10,"HeartbeatTick":1},"Dispatcher":
            {"HeartbeatPeriod":5000000000},"CAConfig":{"NodeCertExpiry":7776000000000000},
            "TaskDefaults":{},"EncryptionConfig":{"AutoLockManagers":false}}""";
    private static final String INIT = """
            {"ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"10.78.0.11","DataPathPort":4789,
            "Availability":"active","DefaultAddrPool":["10.0.0.0/8"],"SubnetSize":24,"Spec":"""
            + SWARM + "}";
    private static final String NODE =
            "{\"Labels\":{\"a\":\"b\"},\"Role\":\"worker\",\"Availability\":\"active\"}";
    private static final List<String> WORDS = List.of("", "x", "web", "-1", "{{.Task.", "{{}}",
            "a==b", "==", "/", "\u0000", "\ud83d\ude00", "tcp", "host", "ingress", "pause",
            "default", "container", "plugin", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
    private static final List<String> NUMBERS = List.of("0", "-1", "1", "1.5", "1e400", "80",
            "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808");
    private static final List<String> NAMES = List.of("Name", "Mode", "Global", "Replicated",
            "ReplicatedJob", "Ports", "Runtime", "Secrets", "Image", "replicas", "Spec", "");

    private final Random chance = new Random(20261122);
    /// Replaced now and then, so that lists stay short.
    private LabSwarm swarm = new LabSwarm();

    @Test void answersWhateverIsSent() throws JsonException {
        int accepted = 0;
        for (int i = 0; i < REQUESTS; i++) {
            if (i % REQUESTS_PER_SWARM == 0) {
                swarm = new LabSwarm();
                swarm.ask("POST", "/services/create", "", SERVICE);
            }
            ApiAnswer answer = request(i);
            assertTrue(STATUSES.contains(answer.status()), "status " + answer.status());
            accepted += answer.status() < 300 ? 1 : 0;
            for (Service service : i % 50 == 0 ? swarm.view().services() : List.<Service>of()) {
                assertEquals(200,
                        swarm.ask("GET", "/services/" + service.key() + "?insertDefaults=1", "", "")
                                .status());
                byte[] log = RecordCodec.toBytes(service, Audience.LOG);
                assertEquals(service, RecordCodec.fromBytes(Service.class, log));
            }
        }
        assertTrue(accepted > REQUESTS / 20, "only " + accepted + " were accepted");
    }

    private ApiAnswer request(int i) throws JsonException {
        String version = one(List.of("", "x", "1", "" + swarm.version("web"),
                "" + swarm.version("node2"), "" + swarm.version("swarm")));
        return switch (i % 8) {
            case 0, 1 -> ask("POST", "/services/create", SERVICE);
            case 2, 3 -> ask("POST", "/services/web/update?version=" + swarm.version("web")
                    + one(List.of("", "&rollback=previous", "&registryAuthFrom=previous-spec")),
                    SERVICE);
            case 4 -> ask("POST", "/swarm/update?version=" + version, SWARM);
            case 5 -> ask("POST", "/swarm/init", INIT);
            case 6 -> ask("POST", "/nodes/node2/update?version=" + version, NODE);
            default -> swarm.ask("GET", one(List.of("/services", "/nodes", "/tasks", "/swarm"))
                    + "?status=1&filters=" + one(List.of("", "{", "[]", "1", "{%22name%22:[1]}",
                    "{%22label%22:[%22=%22]}", "{%22name%22:{%22%22:0}}", "{%22node%22:3}")),
                    "", "");
        };
    }

    private ApiAnswer ask(String method, String target, String good) throws JsonException {
        Json json = Json.parse(good);
        for (int i = chance.nextInt(4); i > 0; i--) {
            json = wrong(json);
        }
        String body = json.text();
        if (chance.nextInt(4) == 0) {
            int at = chance.nextInt(body.length());
            body = body.substring(0, at) + one(WORDS) + body.substring(chance.nextBoolean() ? at
                    : chance.nextInt(at, body.length()));
        }
        return swarm.ask(method, target, one(WORDS), body);
    }

    /// The same with one value, somewhere, that is another or is gone, or one that is new.
    private Json wrong(Json json) {
        return switch (json) {
            case Json.Obj object when !object.isEmpty() && chance.nextInt(8) > 0 -> {
                LinkedHashMap<String, Json> members = new LinkedHashMap<>(object.members());
                List<String> names = new ArrayList<>(members.keySet());
                String name = names.get(chance.nextInt(names.size()));
                members.put(name, wrong(members.get(name)));
                yield chance.nextInt(20) > 0 ? new Json.Obj(members)
                        : new Json.Obj(members).without(name).with(one(NAMES), any());
            }
            case Json.Arr array when !array.isEmpty() && chance.nextInt(8) > 0 -> {
                List<Json> items = new ArrayList<>(array.items());
                int at = chance.nextInt(items.size());
                items.set(at, wrong(items.get(at)));
                yield new Json.Arr(items);
            }
            case Json.Obj _, Json.Arr _, Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> any();
        };
    }

    private Json any() {
        return switch (chance.nextInt(7)) {
            case 0 -> Json.NULL;
            case 1 -> Json.obj();
            case 2 -> new Json.Arr(List.of());
            case 3 -> new Json.Bool(chance.nextBoolean());
            case 4 -> new Json.Obj(new LinkedHashMap<>(Map.of(one(NAMES), Json.obj())));
            case 5 -> new Json.Num(one(NUMBERS));
            default -> new Json.Str(one(WORDS));
        };
    }

    private String one(List<String> choices) {
        return choices.get(chance.nextInt(choices.size()));
    }
}

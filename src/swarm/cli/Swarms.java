package swarm.cli;

import java.nio.charset.StandardCharsets;
import swarm.json.Json;

/// `swarm …`: the swarm itself, this node's part in it, its tokens, keys and settings.
final class Swarms {
    static final String COMMANDS = """
        ca|Show or rotate the root certificate|[OPTIONS]
        init|Start a swarm on this node|[OPTIONS]
        join|Join a swarm as worker or manager|[OPTIONS] HOST:PORT
        join-token|Show or rotate what a node needs to join|[OPTIONS] (worker|manager)
        leave|Leave the swarm|[OPTIONS]
        unlock|Unlock this manager|
        unlock-key|Show or rotate the key that unlocks managers|[OPTIONS]
        update|Change the swarm's settings|[OPTIONS]
        """;
    private static final String SETTINGS = """
        --autolock|Lock managers when they stop, so that a key is needed to start them
        --cert-expiry duration|How long the certificates of nodes hold (default 2160h0m0s)
        --dispatcher-heartbeat duration|How often nodes say that they live
        --external-ca external-ca|Who signs certificates instead, protocol=X,url=X
        --max-snapshots uint|How many old snapshots to keep
        --snapshot-interval uint|Log entries between snapshots (default 10000)
        --task-history-limit int|How many old tasks of a slot to keep (default 5)
        """;
    private static final String JOINING = """
        --advertise-addr string|Address that others reach this node at, ADDRESS|INTERFACE[:PORT]
        --availability string|"active", "pause" or "drain"
        --data-path-addr string|Address or interface for traffic between containers
        --listen-addr node-addr|Where to listen, ADDRESS|INTERFACE[:PORT] (default 0.0.0.0:2377)
        """;
    private static final long DEFAULT_MASK = 24;

    private Swarms() {
    }

    static String flags(String name) {
        return switch (name) {
            case "init" -> JOINING + SETTINGS + """
                --data-path-port uint|Port for traffic between containers
                --default-addr-pool cidr|Addresses for networks
                --default-addr-pool-mask-length uint|Size of one network (default 24)
                --force-new-cluster|Start anew with this manager alone and what it knows
                """;
            case "join" -> JOINING + """
                --token string|What `swarm join-token` showed
                --token-file string|File with the token, - for standard input
                """;
            case "leave" -> "-f, --force|Leave even if that harms the swarm\n";
            case "join-token" -> "-q, --quiet|Show only the token\n--rotate|Make a new one first\n";
            case "update" -> SETTINGS;
            case "ca" -> SwarmKeys.CA_FLAGS;
            case "unlock-key" -> "-q, --quiet|Show only the key\n--rotate|Make a new key first\n";
            default -> "";
        };
    }

    static void run(String name, Session session) throws Failure {
        Args args = session.args();
        switch (name) {
            case "init" -> init(session, args);
            case "join" -> join(session, args);
            case "leave" -> leave(session, args);
            case "join-token" -> joinToken(session, args);
            case "update" -> update(session, args);
            case "ca" -> SwarmKeys.ca(session, args);
            case "unlock" -> SwarmKeys.unlock(session);
            default -> SwarmKeys.unlockKey(session, args);
        }
    }

    private static void init(Session session, Args args) throws Failure {
        Json.Obj none = Json.obj();
        Json.Obj spec = settings(none.with("Labels", Json.NULL).with("Orchestration", none)
            .with("Raft", none.with("ElectionTick", 0).with("HeartbeatTick", 0))
            .with("Dispatcher", none).with("CAConfig", none).with("TaskDefaults", none)
            .with("EncryptionConfig", none.with("AutoLockManagers", false)), args);
        Json.Obj body = joining(args)
            .with("DataPathPort", args.last("data-path-port").asNum())
            .with("ForceNewCluster", args.on("force-new-cluster"))
            .with("Spec", spec)
            .with("AutoLockManagers", args.on("autolock"))
            .with("DefaultAddrPool", new Json.Arr(args.all("default-addr-pool")))
            .with("SubnetSize", args.has("default-addr-pool-mask-length")
                ? args.last("default-addr-pool-mask-length").asNum() : DEFAULT_MASK);
        session.world().startDaemon();
        String id = session.post("/swarm/init", body).asStr();
        session.print("Swarm initialized: current node (" + id
            + ") is now a manager.\n\n");
        printJoin(session, id, "Worker");
        session.print("To add a manager to this swarm, run 'swarm join-token manager' "
            + "and follow the instructions.\n");
        if (args.on("autolock")) {
            SwarmKeys.printKey(session, false);
        }
    }

    /// What init and join have in common.
    private static Json.Obj joining(Args args) throws Failure {
        String availability = args.text("availability");
        if (!availability.isEmpty() && !availability.equals("active")
            && !availability.equals("pause") && !availability.equals("drain")) {
            throw Failure.of("invalid availability \"" + availability
                + "\", only active, pause and drain are supported");
        }
        return Json.obj().with("ListenAddr", args.text("listen-addr", "0.0.0.0:2377"))
            .with("AdvertiseAddr", args.text("advertise-addr"))
            .with("DataPathAddr", args.text("data-path-addr"))
            .with("Availability", availability);
    }

    private static Json.Obj settings(Json.Obj old, Args args) {
        Json.Obj spec = old;
        String[] places = {"autolock", "EncryptionConfig.AutoLockManagers",
            "cert-expiry", "CAConfig.NodeCertExpiry",
            "dispatcher-heartbeat", "Dispatcher.HeartbeatPeriod",
            "max-snapshots", "Raft.KeepOldSnapshots",
            "snapshot-interval", "Raft.SnapshotInterval",
            "task-history-limit", "Orchestration.TaskHistoryRetentionLimit"};
        for (int at = 0; at < places.length; at += 2) {
            spec = args.has(places[at])
                ? ServiceSpec.put(spec, places[at + 1], args.last(places[at])) : spec;
        }
        return args.has("external-ca") ? ServiceSpec.put(spec, "CAConfig.ExternalCAs",
            new Json.Arr(args.all("external-ca"))) : spec;
    }

    private static void printJoin(Session session, String nodeId, String role) throws Failure {
        String address = session.get("/nodes/" + nodeId).obj("ManagerStatus")
            .str("Addr");
        String token = session.get("/swarm").obj("JoinTokens").str(role);
        session.print("To add a " + (role.equals("Worker") ? "worker" : "manager")
            + " to this swarm, run the following command:\n\n    " + session.world().program()
            + " join --token " + token + " " + address + "\n\n");
    }

    private static void join(Session session, Args args) throws Failure {
        String file = args.text("token-file");
        String token = file.isEmpty() ? args.text("token") : file.equals("-")
            ? session.world().line("Token: ")
            : new String(session.world().file(file), StandardCharsets.UTF_8).strip();
        Json.Obj body = joining(args)
            .with("RemoteAddrs", Values.strings(args.rest)).with("JoinToken", token);
        session.world().startDaemon();
        session.post("/swarm/join", body);
        Json.Obj swarm = session.get("/info").obj("Swarm");
        session.print("This node joined a swarm as a "
            + (swarm.bool("ControlAvailable") ? "manager" : "worker") + ".\n");
        for (Json warning : swarm.arr("Warnings")) {
            session.world().complain("Warning: " + warning.asStr() + "\n");
        }
    }

    private static void leave(Session session, Args args) throws Failure {
        session.post("/swarm/leave" + (args.on("force") ? "?force=1" : ""), Json.NULL);
        session.print("Node left the swarm.\n");
    }

    private static void joinToken(Session session, Args args) throws Failure {
        String role = args.first();
        if (!role.equals("worker") && !role.equals("manager")) {
            throw Failure.of("unknown role " + role);
        }
        boolean worker = role.equals("worker");
        Json.Obj swarm = session.get("/swarm");
        if (args.on("rotate")) {
            post(session, swarm, swarm.obj("Spec"), worker ? "Worker" : "Manager");
            swarm = session.get("/swarm");
            session.print(args.on("quiet") ? ""
                : "Successfully rotated " + role + " join token.\n\n");
        }
        if (args.on("quiet")) {
            session.print(
                swarm.obj("JoinTokens").str(worker ? "Worker" : "Manager") + "\n");
        } else {
            printJoin(session, Inspect.self(session), worker ? "Worker" : "Manager");
        }
    }

    /// Posts settings, and has one secret rotated: `Worker`, `Manager`, `Unlock` or none.
    static void post(Session session, Json.Obj swarm, Json.Obj spec, String rotates)
            throws Failure {
        session.post("/swarm/update?rotateManagerToken=" + rotates.equals("Manager")
            + "&rotateManagerUnlockKey=" + rotates.equals("Unlock")
            + "&rotateWorkerToken=" + rotates.equals("Worker")
            + "&version=" + swarm.obj("Version").num("Index"), spec);
    }

    private static void update(Session session, Args args) throws Failure {
        if (!args.hasAny("")) {
            session.print(Help.of(args.command(), args.flags()));
            return;
        }
        Json.Obj swarm = session.get("/swarm");
        Json.Obj old = swarm.obj("Spec");
        post(session, swarm, settings(old, args), "");
        session.print("Swarm updated.\n");
        if (args.on("autolock") && !old.obj("EncryptionConfig").bool("AutoLockManagers")) {
            SwarmKeys.printKey(session, false);
        }
    }

    /// The value of `--external-ca`.
    static Json externalCa(String text, World world) throws Failure {
        Json.Obj ca = Json.obj().with("CACert", "");
        for (String field : Words.fields(text)) {
            int equals = field.indexOf('=');
            if (equals < 0) {
                throw Failure.of("invalid field '" + field + "' must be a key=value pair");
            }
            String key = field.substring(0, equals);
            String value = field.substring(equals + 1);
            ca = switch (key) {
                case "protocol" -> ca.with("Protocol", value);
                case "url" -> ca.with("URL", value);
                case "cacert" -> ca.with("CACert", pem(value, world));
                default -> ca.with("Options", ca.obj("Options").with(key, value));
            };
        }
        if (ca.str("Protocol").isEmpty() || ca.str("URL").isEmpty()) {
            throw Failure.of("the external-ca option needs a "
                + (ca.str("Protocol").isEmpty() ? "protocol" : "url") + "= parameter");
        }
        return ca;
    }

    static String pem(String path, World world) throws Failure {
        String text = new String(world.file(path), StandardCharsets.UTF_8);
        if (!text.contains("-----BEGIN ")) {
            throw Failure.of("file contents must be in PEM format");
        }
        return text;
    }

    /// With the port that is meant when none is given.
    static String listenAddr(String text) throws Failure {
        int colon = text.lastIndexOf(':');
        boolean ported = colon >= 0 && text.indexOf(']', colon) < 0
            && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String port = ported ? text.substring(colon + 1) : "2377";
        for (int at = 0; at < port.length(); at++) {
            if (port.charAt(at) < '0' || port.charAt(at) > '9') {
                throw Failure.of("parse \"tcp://" + text + "\": invalid port \":" + port
                    + "\" after host");
            }
        }
        return ported ? text : text + ":2377";
    }

    static String cidr(String text) throws Failure {
        if (text.indexOf('/') <= 0) {
            throw Failure.of("invalid string being converted to CIDR: " + text);
        }
        return text;
    }
}

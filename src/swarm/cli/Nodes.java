package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// `swarm node …`: the nodes of the swarm.
final class Nodes {
    static final String COMMANDS = """
        demote|Make managers workers|NODE [NODE...]
        inspect|Show all about nodes|[OPTIONS] self|NODE [NODE...]
        ls|List the nodes of the swarm|[OPTIONS]
        promote|Make workers managers|NODE [NODE...]
        ps|List the tasks on nodes, on this one if none is named|[OPTIONS] [NODE...]
        rm|Remove nodes from the swarm|[OPTIONS] NODE [NODE...]
        update|Change a node|[OPTIONS] NODE
        """;
    static final String FORMAT =
        " string|\"json\", \"table\", \"table TEMPLATE\" or a Go template\n";
    static final String STALE =
        "--stale|Show what this manager knows, which may be old, also without a leader\n";
    static final String LIST_FLAGS =
        "-f, --filter list:filter|Show only those of which this is true, NAME=VALUE\n"
            + "--format" + FORMAT + "-q, --quiet|Show only ids\n" + STALE;
    private static final String COLUMNS = "ID=ID,Hostname=HOSTNAME,Status=STATUS,"
        + "Availability=AVAILABILITY,ManagerStatus=MANAGER STATUS,EngineVersion=ENGINE VERSION";

    private static final long POLL_MS = 100;
    /// How long `promote` waits for the node to be a manager.
    private static final long PROMOTED_MS = 10_000;
    /// How often a change is tried while others change the same node.
    private static final int TRIES_MAX = 10;

    private Nodes() {
    }

    static String flags(String name) {
        return switch (name) {
            case "ls" -> LIST_FLAGS;
            case "inspect" -> Inspect.FLAGS;
            case "ps" -> Tasks.FLAGS;
            case "update" -> """
                --availability string|"active", "pause" or "drain"
                --label-add list|Add or change a label, NAME=VALUE
                --label-rm list|Remove a label by its key
                --role string|"worker" or "manager"
                """;
            case "rm" -> "-f, --force|Remove them even if they are not down\n";
            default -> "";
        };
    }

    static void run(String name, Session session) throws Failure {
        switch (name) {
            case "ls" -> list(session, session.args());
            case "inspect" -> Inspect.nodes(session);
            case "ps" -> Tasks.ofNodes(session, session.args());
            case "update" -> update(session, session.args());
            case "rm" -> removeAll(session, "/nodes/",
                session.args().on("force") ? "?force=1" : "");
            default -> changeRoles(session, name.equals("promote"));
        }
    }

    private static void list(Session session, Args args) throws Failure {
        boolean quiet = args.on("quiet");
        String filters = Client.filters(args.texts("filter"));
        List<Json> nodes = session.list("/nodes" + (filters.isEmpty() ? "" : "?" + filters));
        Json.Obj swarm = quiet ? Json.obj() : session.get("/info").obj("Swarm");
        ArrayList<String> names = new ArrayList<>();
        ArrayList<Json.Obj> rows = new ArrayList<>();
        for (Json node : nodes) {
            rows.add(row(node.asObj(), swarm, args.text("format")));
            names.add(Natural.key(rows.getLast().str("Hostname")));
        }
        session.print(Listing.of(quiet && !args.has("format") ? "{{.ID}}" : args.text("format"),
            COLUMNS, Natural.sorted(names, rows), "*node.nodeContext"));
    }

    private static Json.Obj row(Json.Obj node, Json.Obj swarm, String format) {
        Json.Obj description = node.obj("Description");
        Json.Obj manager = node.obj("ManagerStatus");
        String reachability = manager.bool("Leader") ? "leader" : manager.str("Reachability");
        boolean self = node.str("ID").equals(swarm.str("NodeID"));
        boolean marked = !swarm.isEmpty() && (format.isEmpty() || format.equals("table"));
        Json root = swarm.obj("Cluster").obj("TLSInfo").find("TrustRoot").orElse(Json.NULL);
        String tls = description.obj("TLSInfo").isEmpty() ? "Unknown"
            : description.obj("TLSInfo").str("TrustRoot").equals(root.asStr()) ? "Ready"
            : "Needs Rotation";
        return Json.obj()
            .with("Availability", Functions.capital(node.obj("Spec").str("Availability")))
            .with("EngineVersion", description.obj("Engine").str("EngineVersion"))
            .with("Hostname", description.str("Hostname"))
            .with("ID", node.str("ID") + (marked ? self ? " *" : "  " : ""))
            .with("ManagerStatus", Functions.capital(reachability))
            .with("Self", self)
            .with("Status", Functions.capital(node.obj("Status").str("State")))
            .with("TLSStatus", tls);
    }

    private static void update(Session session, Args args) throws Failure {
        Json.Obj node = session.get("/nodes/" + Client.escaped(args.first()));
        Json.Obj spec = node.obj("Spec");
        for (String name : new String[] {"Role", "Availability"}) {
            String flag = name.equals("Role") ? "role" : "availability";
            spec = args.has(flag) ? spec.with(name, args.text(flag)) : spec;
        }
        Json.Obj labels = Rules.mapped(spec.obj("Labels"), args.all("label-add"));
        for (String label : args.texts("label-rm")) {
            if (labels.find(label).isEmpty()) {
                throw Failure.of("key " + label + " doesn't exist in node's labels");
            }
            labels = labels.without(label);
        }
        post(session, node, args.hasAny("label-") ? spec.with("Labels", labels) : spec);
        session.print(args.first() + "\n");
    }

    private static void post(Session session, Json.Obj node, Json.Obj spec) throws Failure {
        session.post("/nodes/" + node.str("ID") + "/update?version="
            + node.obj("Version").num("Index"), spec);
    }

    private static void changeRoles(Session session, boolean up) throws Failure {
        List<String> changed = new ArrayList<>();
        for (String name : session.args().rest) {
            String id = changeRole(session, name, up ? "manager" : "worker");
            if (!id.isEmpty() && up) {
                changed.add(id);
            }
            if (!id.isEmpty()) {
                session.print(up ? "Node " + name + " promoted to a manager in the swarm.\n"
                    : "Manager " + name + " demoted in the swarm.\n");
            }
        }
        for (String id : changed) {
            awaitVote(session, id);
        }
    }

    /// Says what the node is to be, and returns its id; empty if it is that already. Somebody else
    /// may change the node meanwhile.
    private static String changeRole(Session session, String name, String role) throws Failure {
        for (int tries = 1;; tries++) {
            Json.Obj node = session.get("/nodes/" + Client.escaped(name));
            if (node.obj("Spec").str("Role").equals(role)) {
                session.print("Node " + node.str("ID") + " is already a " + role + ".\n");
                return "";
            }
            try {
                post(session, node, node.obj("Spec").with("Role", role));
                return node.str("ID");
            } catch (Failure failure) {
                if (tries == TRIES_MAX || !failure.getMessage().contains("out of sequence")) {
                    throw failure;
                }
                session.world().pause(POLL_MS);
            }
        }
    }

    /// Waits until the node is a manager indeed, with a vote and heard by the others.
    private static void awaitVote(Session session, String id) throws Failure {
        long end = session.world().now().toEpochMilli() + PROMOTED_MS;
        Json.Obj node = session.get("/nodes/" + id);
        while (!node.obj("ManagerStatus").str("Reachability").equals("reachable")) {
            if (session.world().now().toEpochMilli() >= end) {
                throw Failure.of("node " + id + " is to be a manager, and is none after "
                    + PROMOTED_MS / 1_000 + " seconds: " + whyNone(node)
                    + "; it goes on trying until it is one or is demoted");
            }
            session.world().pause(POLL_MS);
            node = session.get("/nodes/" + id);
        }
    }

    private static String whyNone(Json.Obj node) {
        return !node.obj("Spec").str("Role").equals("manager") ? "it was demoted meanwhile"
            : node.obj("Status").str("State").equals("down") ? "it is down"
            : node.obj("ManagerStatus").isEmpty() ? "it has no seat yet; the log of its daemon says"
                + " why" : "the other managers do not hear it, or it still learns their log";
    }

    /// Removes each argument, saying so; all are tried, and what failed is told at the end.
    static void removeAll(Session session, String path, String query) throws Failure {
        String failures = "";
        for (String name : session.args().rest) {
            try {
                session.client().call("DELETE", path + Client.escaped(name) + query, Json.NULL,
                    List.of());
                session.print(name + "\n");
            } catch (Failure failure) {
                failures += (failures.isEmpty() ? "" : "\n") + failure.getMessage();
            }
        }
        if (!failures.isEmpty()) {
            throw Failure.of(failures);
        }
    }
}

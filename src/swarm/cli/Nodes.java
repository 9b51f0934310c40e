package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// `swarm node …`: the nodes of the swarm.
final class Nodes {
    private static final String PURPOSE = "Manage the nodes of the swarm";
    private static final String COMMANDS = """
        demote|Make managers workers
        inspect|Show all about nodes
        ls|List the nodes
        promote|Make workers managers
        ps|List the tasks on nodes, on this one if none is named
        rm|Remove nodes from the swarm
        update|Change a node
        """;
    static final String FORMAT =
        " string|\"json\", \"table\", \"table TEMPLATE\" or a Go template\n";
    private static final String COLUMNS = "ID=ID,Hostname=HOSTNAME,Status=STATUS,"
        + "Availability=AVAILABILITY,ManagerStatus=MANAGER STATUS,EngineVersion=ENGINE VERSION";

    private Nodes() {
    }

    static void run(Session session) throws Failure {
        String path = session.path() + " " + session.name();
        switch (session.name()) {
            case "ls", "list" -> list(session, new Command(path, "[OPTIONS]",
                "List the nodes of the swarm", 0, 0,
                "-f, --filter list:filter|Show only nodes of which this is true, NAME=VALUE\n"
                    + "--format" + FORMAT + "-q, --quiet|Show only ids\n"));
            case "inspect" -> Inspect.nodes(session, new Command(path,
                "[OPTIONS] self|NODE [NODE...]", "Show all about nodes", 1, Command.ANY,
                "-f, --format" + FORMAT + "--pretty|Show it for people to read\n"));
            case "ps" -> Tasks.ofNodes(session, new Command(path, "[OPTIONS] [NODE...]",
                "List the tasks on nodes, on this one if none is named", 0, Command.ANY,
                Tasks.FLAGS));
            case "update" -> update(session, new Command(path, "[OPTIONS] NODE", "Change a node",
                1, 1, """
                    --availability string|"active", "pause" or "drain"
                    --label-add list|Add or change a label, NAME=VALUE
                    --label-rm list|Remove a label by its key
                    --role string|"worker" or "manager"
                    """));
            case "promote", "demote" -> changeRoles(session, new Command(path, "NODE [NODE...]",
                session.name().equals("promote") ? "Make workers managers"
                    : "Make managers workers", 1, Command.ANY, ""));
            case "rm", "remove" -> remove(session, new Command(path, "[OPTIONS] NODE [NODE...]",
                "Remove nodes from the swarm", 1, Command.ANY,
                "-f, --force|Remove them even if they are not down\n"));
            default -> session.noCommand(PURPOSE, COMMANDS);
        }
    }

    private static void list(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (args.helpWanted()) {
            return;
        }
        boolean quiet = args.on("quiet");
        String filters = Client.filters(args.texts("filter"));
        List<Json> nodes = session.client()
            .get("/nodes" + (filters.isEmpty() ? "" : "?" + filters)).asArr();
        Json.Obj swarm = quiet ? Json.obj() : session.client().get("/info").asObj().obj("Swarm");
        ArrayList<Json.Obj> rows = new ArrayList<>();
        for (Json node : sorted(nodes)) {
            rows.add(row(node.asObj(), swarm, args.text("format")));
        }
        session.world().print(Listing.of(quiet && !args.has("format") ? "{{.ID}}"
            : args.text("format"), COLUMNS, rows, "*node.nodeContext"));
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
        return Json.obj().with("Availability", capital(node.obj("Spec").str("Availability")))
            .with("EngineVersion", description.obj("Engine").str("EngineVersion"))
            .with("Hostname", description.str("Hostname"))
            .with("ID", node.str("ID") + (marked ? self ? " *" : "  " : ""))
            .with("ManagerStatus", capital(reachability))
            .with("Self", self)
            .with("Status", capital(node.obj("Status").str("State")))
            .with("TLSStatus", tls);
    }

    private static String capital(String text) {
        return text.isEmpty() ? "" : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /// By host name, numbers in it by their value; nodes of one name by id.
    private static List<Json> sorted(List<Json> nodes) {
        ArrayList<Json> sorted = new ArrayList<>();
        for (Json node : nodes) {
            int at = sorted.size();
            while (at > 0 && Natural.compare(name(sorted.get(at - 1)), name(node)) > 0) {
                at--;
            }
            sorted.add(at, node);
        }
        return sorted;
    }

    private static String name(Json node) {
        return node.asObj().obj("Description").str("Hostname");
    }

    private static void update(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (args.helpWanted()) {
            return;
        }
        Json.Obj node = session.client().get("/nodes/" + Client.escaped(args.first())).asObj();
        Json.Obj spec = node.obj("Spec");
        for (String name : new String[] {"Role", "Availability"}) {
            String flag = name.equals("Role") ? "role" : "availability";
            spec = args.has(flag) ? spec.with(name, args.text(flag)) : spec;
        }
        Json.Obj labels = spec.obj("Labels");
        for (String label : args.texts("label-add")) {
            int equals = label.indexOf('=');
            labels = labels.with(equals < 0 ? label : label.substring(0, equals),
                label.substring(equals < 0 ? label.length() : equals + 1));
        }
        for (String label : args.texts("label-rm")) {
            if (labels.find(label).isEmpty()) {
                throw Failure.of("key " + label + " doesn't exist in node's labels");
            }
            labels = labels.without(label);
        }
        post(session, node, args.hasAny("label-") ? spec.with("Labels", labels) : spec);
        session.world().print(args.first() + "\n");
    }

    private static void post(Session session, Json.Obj node, Json.Obj spec) throws Failure {
        session.client().post("/nodes/" + node.str("ID") + "/update?version="
            + node.obj("Version").num("Index"), spec);
    }

    private static void changeRoles(Session session, Command command) throws Failure {
        Args args = session.args(command);
        boolean up = session.name().equals("promote");
        for (String name : args.helpWanted() ? List.<String>of() : args.rest) {
            Json.Obj node = session.client().get("/nodes/" + Client.escaped(name)).asObj();
            Json.Obj spec = node.obj("Spec");
            String role = up ? "manager" : "worker";
            if (spec.str("Role").equals(role)) {
                session.world().print("Node " + node.str("ID") + " is already a " + role + ".\n");
                continue;
            }
            post(session, node, spec.with("Role", role));
            session.world().print(up ? "Node " + name + " promoted to a manager in the swarm.\n"
                : "Manager " + name + " demoted in the swarm.\n");
        }
    }

    private static void remove(Session session, Command command) throws Failure {
        Args args = session.args(command);
        if (!args.helpWanted()) {
            removeAll(session, args, "/nodes/", args.on("force") ? "?force=1" : "");
        }
    }

    /// Removes each argument, saying so; all are tried, and what failed is told at the end.
    static void removeAll(Session session, Args args, String path, String query) throws Failure {
        String failures = "";
        for (String name : args.rest) {
            try {
                session.client().call("DELETE", path + Client.escaped(name) + query, Json.NULL,
                    List.of());
                session.world().print(name + "\n");
            } catch (Failure failure) {
                failures += (failures.isEmpty() ? "" : "\n") + failure.getMessage();
            }
        }
        if (!failures.isEmpty()) {
            throw Failure.of(failures);
        }
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import swarm.json.Json;

/// `service ps` and `node ps`: tasks with their history, the newest of a slot first and what it
/// replaced indented below it.
final class Tasks {
    static final String FLAGS = Nodes.LIST_FLAGS + """
        --no-resolve|Show ids instead of names
        --no-trunc|Show everything in full
        """;
    private static final String COLUMNS = "ID=ID,Name=NAME,Image=IMAGE,Node=NODE,"
        + "DesiredState=DESIRED STATE,CurrentState=CURRENT STATE,Error=ERROR,Ports=PORTS";
    private static final int ERROR_MAX = 30;
    static final int ID_SHOWN = 12;

    private final Session session;
    private final boolean resolves;
    /// Names by path of the object, asked for once each; filled as they are needed.
    private final LinkedHashMap<String, String> names = new LinkedHashMap<>();

    Tasks(Session session, boolean resolves) {
        this.session = session;
        this.resolves = resolves;
    }

    static void ofNodes(Session session, Args args) throws Failure {
        ArrayList<String> filters = new ArrayList<>(args.texts("filter"));
        for (String name : args.rest.isEmpty() ? List.of("self") : args.rest) {
            String id = name.equals("self") ? Inspect.self(session) : name;
            filters.add("node=" + session.get("/nodes/" + Client.escaped(id))
                .str("ID"));
        }
        print(session, args, filters, args.on("no-trunc"));
    }

    /// A service is meant by id, then by name, then by the beginning of its id.
    static void ofServices(Session session, Args args) throws Failure {
        ArrayList<String> filters = new ArrayList<>();
        for (String filter : args.texts("filter")) {
            filters.add(filter.equals("node=self") ? "node=" + Inspect.self(session) : filter);
        }
        String missing = "";
        List<Json> byId = session.list("/services?" + named("id", args.rest));
        List<Json> byName = session.list("/services?" + named("name", args.rest));
        int found = 0;
        for (String name : args.rest) {
            String id = service(byId, byName, name);
            found += id.isEmpty() ? 0 : 1;
            if (id.isEmpty()) {
                missing += (missing.isEmpty() ? "" : "\n") + "no such service: " + name;
            } else {
                filters.add("service=" + id);
            }
        }
        if (found > 0) {
            print(session, args, filters, args.on("no-trunc") || args.on("quiet"));
        }
        if (!missing.isEmpty()) {
            throw Failure.of(missing);
        }
    }

    private static String named(String filter, List<String> names) {
        ArrayList<String> pairs = new ArrayList<>();
        for (String name : names) {
            pairs.add(filter + "=" + name);
        }
        return Client.filters(pairs);
    }

    private static String service(List<Json> byId, List<Json> byName, String name) {
        for (Json service : byId) {
            if (service.asObj().str("ID").equals(name)) {
                return name;
            }
        }
        for (Json service : byName) {
            if (service.asObj().obj("Spec").str("Name").equals(name)) {
                return service.asObj().str("ID");
            }
        }
        for (Json service : byId) {
            if (service.asObj().str("ID").startsWith(name)) {
                return service.asObj().str("ID");
            }
        }
        return "";
    }

    private static void print(Session session, Args args, List<String> filters, boolean full)
            throws Failure {
        Tasks tasks = new Tasks(session, !args.on("no-resolve"));
        List<Json> sorted = tasks.sorted(session.list("/tasks?" + Client.filters(filters)));
        ArrayList<Json.Obj> rows = new ArrayList<>();
        String format = args.text("format");
        String previous = "";
        for (Json item : sorted) {
            Json.Obj task = item.asObj();
            String name = tasks.name(task);
            String shown = previous.equals(name) && !format.equals("json")
                && (format.isEmpty() || format.startsWith("table")) ? " \\_ " + name : name;
            rows.add(tasks.row(task, shown, full));
            previous = name;
        }
        session.print(Listing.of(args.on("quiet") && format.isEmpty() ? "{{.ID}}" : format,
            COLUMNS, rows, "*task.taskContext"));
    }

    private Json.Obj row(Json.Obj task, String name, boolean full) throws Failure {
        Json.Obj status = task.obj("Status");
        String image = task.obj("Spec").obj("ContainerSpec").str("Image");
        int digest = image.indexOf("@sha256:");
        boolean tagged = digest > 0 && image.lastIndexOf(':', digest) > image.lastIndexOf('/');
        String error = status.str("Err");
        if (!full && error.length() > ERROR_MAX) {
            error = error.substring(0, ERROR_MAX - 1) + "…";
        }
        String id = task.str("ID");
        return Json.obj()
            .with("CurrentState", Functions.capital(status.str("State")) + " "
                + Functions.ago(session.world().now(), status.str("Timestamp")).toLowerCase(
                    Locale.ROOT))
            .with("DesiredState", Functions.capital(task.str("DesiredState")))
            .with("Error", error.isEmpty() ? "" : "\"" + error + "\"")
            .with("ID", full ? id : shortened(id))
            .with("Image", !full && tagged ? image.substring(0, digest) : image)
            .with("Name", name)
            .with("Node", task.str("NodeID").isEmpty() ? "" : nodeName(task.str("NodeID")))
            .with("Ports", ports(status.obj("PortStatus")));
    }

    static String shortened(String id) {
        return id.length() > ID_SHOWN ? id.substring(0, ID_SHOWN) : id;
    }

    private static String ports(Json.Obj status) {
        String text = "";
        for (Json item : status.arr("Ports")) {
            Json.Obj port = item.asObj();
            text += (text.isEmpty() ? "" : ",") + "*:" + port.num("PublishedPort") + "->"
                + port.num("TargetPort") + "/" + port.str("Protocol");
        }
        return text;
    }

    /// By name, the newest of a name first.
    private List<Json> sorted(List<Json> tasks) throws Failure {
        ArrayList<String> keys = new ArrayList<>();
        for (Json item : tasks) {
            StringBuilder key = new StringBuilder(Natural.key(name(item.asObj()))).append('\0');
            String created = item.asObj().str("CreatedAt");
            for (int at = 0; at < created.length(); at++) {
                key.append((char) ('z' - created.charAt(at)));
            }
            keys.add(key.toString());
        }
        return Natural.sorted(keys, tasks);
    }

    /// `service.slot`, or for tasks of a global service `service.node`.
    String name(Json.Obj task) throws Failure {
        long slot = task.num("Slot");
        return serviceName(task.str("ServiceID")) + "."
            + (slot != 0 ? Long.toString(slot) : task.str("NodeID"));
    }

    String serviceName(String id) throws Failure {
        return resolved("/services/" + id + "?insertDefaults=false", id);
    }

    String nodeName(String id) throws Failure {
        return resolved("/nodes/" + id, id);
    }

    private String resolved(String path, String id) throws Failure {
        if (!resolves || id.isEmpty()) {
            return id;
        }
        if (!names.containsKey(path)) {
            String name = id;
            try {
                Json.Obj object = session.get(path);
                name = object.obj("Spec").str("Name");
                name = name.isEmpty() ? object.obj("Description").str("Hostname") : name;
            } catch (Failure gone) {
                if (gone.answered != 404) {
                    throw gone;
                }
            }
            names.put(path, name.isEmpty() ? id : name);
        }
        return names.get(path);
    }
}

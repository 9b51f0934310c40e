package swarm.cli;

import java.util.ArrayList;
import swarm.json.Json;

/// `inspect`: objects as the daemon tells them, by a template, or as a text for people.
/// What is found is printed even if something else is not.
final class Inspect {
    private static final String SERVICES = "/services/";

    private Inspect() {
    }

    static final String FLAGS =
        "-f, --format" + Nodes.FORMAT + "--pretty|Show it for people to read\n" + Nodes.STALE;

    static void nodes(Session session) throws Failure {
        show(session, session.args(), "/nodes/");
    }

    static void services(Session session) throws Failure {
        if (session.args().on("pretty") && !session.args().text("format").isEmpty()) {
            throw Failure.of("--format is incompatible with human friendly format");
        }
        show(session, session.args(), SERVICES);
    }

    private static void show(Session session, Args args, String path) throws Failure {
        ArrayList<Json> found = new ArrayList<>();
        String problems = "";
        for (String name : args.rest) {
            try {
                found.add(one(session, path, name));
            } catch (Failure failure) {
                problems += (problems.isEmpty() ? "" : "\n") + failure.getMessage();
            }
        }
        String format = args.text("format");
        if (args.on("pretty")) {
            boolean services = path.equals(SERVICES);
            for (Json object : found) {
                session.print(services ? ServiceView.of(object.asObj(), session)
                    : NodeView.of(object.asObj()));
            }
        } else if (format.isEmpty() || format.equals("json")) {
            Json all = new Json.Arr(found);
            session.print((format.isEmpty() ? all.pretty()
                : Functions.escaped(all.text())) + "\n");
        } else {
            Template template = new Template(format,
                path.equals(SERVICES) ? "swarm.Service" : "swarm.Node");
            for (Json object : found) {
                session.print(template.apply(object.asObj()) + "\n");
            }
        }
        if (!problems.isEmpty()) {
            throw Failure.of(problems);
        }
    }

    private static Json one(Session session, String path, String name) throws Failure {
        boolean service = path.equals(SERVICES);
        String id = !service && name.equals("self") ? self(session) : name;
        try {
            return session.get(path + Client.escaped(id)
                + (service ? "?insertDefaults=true" : ""));
        } catch (Failure refused) {
            throw service && refused.answered == 404
                ? Failure.of("Error: no such service: " + name) : refused;
        }
    }

    /// The id of the node that is asked. A node in no swarm has none, and then the list of nodes
    /// says why.
    static String self(Session session) throws Failure {
        String id = session.get("/info").obj("Swarm").str("NodeID");
        if (id.isEmpty()) {
            session.get("/nodes");
        }
        return id;
    }
}

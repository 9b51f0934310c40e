package swarm.cli;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.json.Json;

/// Waits until a service has converged, and shows how: asks five times a second for the service,
/// its newest tasks and the nodes, as Docker's client does. A service has converged when all its
/// tasks ran for the update's monitoring period.
final class Progress {
    private static final long POLL_MS = 200;
    private static final long NANOS_IN_MS = 1_000_000;
    private static final long MONITOR_MS = 5_000;
    /// With more tasks than this only their sum is shown.
    private static final long BARS_MAX = 20;
    private static final int ERROR_MAX = 75;
    private static final List<String> STATES = List.of("new", "allocated", "pending", "assigned",
        "accepted", "preparing", "ready", "starting", "running", "complete", "shutdown", "failed",
        "rejected", "remove", "orphaned");
    private static final int RUNNING = STATES.indexOf("running");

    private final Session session;
    private final ProgressLines lines;
    /// Which line shows which slot or node, from 1; filled as they come.
    private final TreeMap<String, Integer> places = new TreeMap<>();
    /// Whether the first lines are written; set once.
    private boolean begun;
    /// Whether all tasks ran when last seen; the lines then rest.
    private boolean done;
    /// Whether an update is being rolled back, which the lines say and bars show backwards.
    private boolean rollingBack;

    Progress(Session session, boolean quiet) {
        this.session = session;
        this.lines = new ProgressLines(session.world(), quiet);
    }

    /// The service by the name that the user called it by.
    void watch(String name) throws Failure {
        World world = session.world();
        world.interruptedSay("Operation continuing in background.\nUse `swarm service ps " + name
            + "` to check progress.\n");
        long convergedAt = 0;
        while (true) {
            Json.Obj service = session.get("/services/" + Client.escaped(name)
                + "?insertDefaults=false");
            long now = world.now().toEpochMilli();
            checkUpdate(service.obj("UpdateStatus"));
            long monitor = monitor(service.obj("Spec"));
            if (convergedAt > 0 && now - convergedAt >= monitor) {
                lines.show("verify", "Service " + name + " converged", "");
                break;
            }
            boolean converged = tasksConverged(service);
            if (converged) {
                convergedAt = convergedAt > 0 ? convergedAt : now;
                lines.show("verify", "Waiting " + (monitor - (now - convergedAt) + 999) / 1000
                    + " seconds to verify that tasks are stable...", "");
            } else if (convergedAt > 0) {
                lines.show("verify", "Detected task failure", "");
                convergedAt = 0;
            }
            world.pause(POLL_MS);
        }
        world.interruptedSay("");
    }

    private long monitor(Json.Obj spec) {
        long nanos = spec.obj(rollingBack ? "RollbackConfig" : "UpdateConfig").num("Monitor");
        return nanos > 0 ? nanos / NANOS_IN_MS : MONITOR_MS;
    }

    private void checkUpdate(Json.Obj status) throws Failure {
        String message = status.str("Message");
        switch (status.str("State")) {
            case "paused" -> throw Failure.of("service update paused: " + message);
            case "rollback_paused" -> throw Failure.of("service rollback paused: " + message);
            case "rollback_started" -> {
                if (!rollingBack && !message.isEmpty()) {
                    lines.show("rollback", message, "");
                }
                rollingBack = true;
            }
            case "rollback_completed" -> rollingBack = true;
            default -> rollingBack = false;
        }
    }

    private boolean tasksConverged(Json.Obj service) throws Failure {
        List<Json> tasks = session.list("/tasks?" + Client.filters(
            List.of("service=" + service.str("ID"), "_up-to-date=true")));
        TreeSet<String> alive = new TreeSet<>();
        for (Json node : session.list("/nodes")) {
            if (!node.asObj().obj("Status").str("State").equals("down")) {
                alive.add(node.asObj().str("ID"));
            }
        }
        Json.Obj mode = service.obj("Spec").obj("Mode");
        boolean everywhere = mode.find("Global").isPresent();
        TreeMap<String, Json.Obj> newest = newest(tasks, alive, everywhere);
        long wanted = everywhere ? newest.size() : mode.obj("Replicated").num("Replicas");
        if (everywhere && newest.isEmpty()) {
            lines.show("overall progress", "waiting for new tasks", "");
            return false;
        }
        if (!begun) {
            sum(0, wanted);
            for (long at = 1; at <= wanted && wanted <= BARS_MAX && !everywhere; at++) {
                lines.show(at + "/" + wanted, " ", "");
            }
            begun = true;
        }
        return running(newest, wanted);
    }

    private void sum(long count, long of) {
        lines.show("overall progress", (rollingBack ? "rolling back update: " : "") + count
            + " out of " + of
            + " tasks", "");
    }

    private boolean running(TreeMap<String, Json.Obj> newest, long wanted) {
        long running = 0;
        for (String key : newest.keySet()) {
            Json.Obj task = newest.get(key);
            boolean runs = desired(task) <= RUNNING && state(task) == RUNNING;
            running += runs ? 1 : 0;
            done &= runs;
        }
        done &= running == wanted;
        for (String key : newest.keySet()) {
            show(newest.get(key), key, wanted);
        }
        if (!done) {
            sum(running, wanted);
            done = running == wanted;
        }
        return done;
    }

    /// One task for each slot or node: the one that is wanted most, then the one that got furthest.
    private static TreeMap<String, Json.Obj> newest(List<Json> tasks, TreeSet<String> alive,
            boolean everywhere) {
        TreeMap<String, Json.Obj> newest = new TreeMap<>();
        for (Json item : tasks) {
            Json.Obj task = item.asObj();
            String node = task.str("NodeID");
            String key = everywhere ? node : Long.toString(task.num("Slot"));
            Json.Obj other = newest.getOrDefault(key, Json.obj());
            boolean better = other.isEmpty() || desired(task) < desired(other)
                || desired(task) == desired(other) && state(task) < state(other);
            if (better && desired(task) >= 0 && (node.isEmpty() || alive.contains(node))) {
                newest.put(key, task);
            }
        }
        return newest;
    }

    private void show(Json.Obj task, String key, long wanted) {
        if (!places.containsKey(key)) {
            places.put(key, places.size() + 1);
        }
        if (done || wanted > BARS_MAX || places.get(key) > wanted) {
            return;
        }
        String id = task.num("Slot") == 0 ? Tasks.shortened(key) : places.get(key) + "/" + wanted;
        String error = task.obj("Status").str("Err").replace('\n', ' ');
        if (!error.isEmpty()) {
            lines.show(id, error.length() > ERROR_MAX ? error.substring(0, ERROR_MAX - 1) + "…"
                : error, "");
        } else if (desired(task) <= RUNNING && state(task) <= RUNNING) {
            int reached = rollingBack ? RUNNING - state(task) : state(task) + 1;
            lines.show(id, STATES.get(state(task)), ProgressLines.bar(reached, RUNNING + 1));
        }
    }

    private static int desired(Json.Obj task) {
        return STATES.indexOf(task.str("DesiredState"));
    }

    private static int state(Json.Obj task) {
        return STATES.indexOf(task.obj("Status").str("State"));
    }
}

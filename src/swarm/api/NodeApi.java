package swarm.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;
import swarm.model.Node;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.View;

/// `/nodes`. Who leads and who is reached is not stored: it comes from the facts of the manager
/// that answers. Every node here has been accepted; there is no other membership.
final class NodeApi {
    private static final List<String> FILTERS =
            List.of("id", "label", "membership", "name", "node.label", "role");
    private static final String GONE = "Task belonged to a node that has been deleted";

    private NodeApi() { }

    static Route list(ApiRequest request) {
        return Filters.list(request, 500, filters -> (view, facts) -> filters.unknown(FILTERS)
                .or(() -> filters.unknownValue("role", List.of("worker", "manager")))
                .or(() -> filters.unknownValue("membership", List.of("pending", "accepted")))
                .orElseGet(() -> shown(view, facts, filters)));
    }

    private static ApiAnswer shown(View view, Facts facts, Filters filters) {
        List<Json> shown = new ArrayList<>();
        for (Node node : view.nodes()) {
            if (matches(filters, node)) {
                shown.add(json(node, facts));
            }
        }
        return ApiAnswer.json(200, new Json.Arr(shown));
    }

    /// Of labels, `label` means the engine's, `node.label` those that operators set.
    private static boolean matches(Filters filters, Node node) {
        return filters.prefixed("id", node.key())
                && filters.prefixed("name", node.description().hostname())
                && filters.labelled("label", node.description().engine().labels())
                && filters.labelled("node.label", node.spec().labels())
                && filters.has("membership", "accepted")
                && filters.has("role", node.spec().role().name().toLowerCase(Locale.ROOT));
    }

    static Route inspect(String id) {
        return new Route.Read((view, facts) -> Lookup.node(view, id)
                .fold(node -> ApiAnswer.json(200, json(node, facts)), missed -> missed));
    }

    private static Json json(Node node, Facts facts) {
        Json.Obj json = RecordCodec.toJson(node, Audience.API).asObj();
        return node.manager().isEmpty() ? json
                : json.with("ManagerStatus", manager(node, node.manager().get(), facts));
    }

    private static Json manager(Node node, Node.Manager manager, Facts facts) {
        Optional<Boolean> heard = Optional.ofNullable(facts.reachable().get(node.id()));
        Json.Obj leader = facts.leader().equals(Optional.of(node.id()))
                ? Json.obj().with("Leader", true) : Json.obj();
        String reachability = heard.map(reached -> reached ? "reachable" : "unreachable")
                .orElse("unknown");
        return leader.with("Reachability", reachability)
                .with("Addr", manager.addr());
    }

    static Route update(String id, ApiRequest request) {
        return Body.read(request, Node.Spec.class, spec ->
                VersionNumber.read("node", request, version ->
                        new Route.Write((tip, _) -> update(tip, id, spec, version))));
    }

    private static Decision update(View tip, String id, Node.Spec spec, Version version) {
        return Lookup.node(tip, id).fold(node -> {
            Optional<String> refusal = spec.role() == Node.Role.WORKER
                    && node.spec().role() == Node.Role.MANAGER ? demotion(tip, node)
                    : Optional.empty();
            if (refusal.isPresent()) {
                return new Decision.Refuse(Rpc.FAILED_PRECONDITION.error(refusal.get()));
            }
            return node.version().equals(version)
                    ? propose(List.of(new Change.Update(node.withSpec(spec))))
                    : new Decision.Refuse(Rpc.outOfSequence());
        }, Decision.Refuse::new);
    }

    /// Why this manager must not become a worker, if so: those left must be a majority that is
    /// heard. What is heard right now raft knows better, and waits; here a client is told.
    private static Optional<String> demotion(View tip, Node node) {
        if (tip.nodes().stream().noneMatch(other -> !other.id().equals(node.id())
                && other.spec().role() == Node.Role.MANAGER)) {
            return Optional.of("attempting to demote the last manager of the swarm");
        }
        List<Node> left = Membership.seats(tip)
                .filter(other -> !other.id().equals(node.id())).toList();
        long heard = left.stream()
                .filter(other -> other.status().state() == Node.State.READY).count();
        return node.manager().isEmpty() || 2 * heard > left.size() ? Optional.empty()
                : Optional.of("can't remove member from the raft: this would result in a loss of "
                        + "quorum");
    }

    static Route remove(String id, boolean force) {
        return new Route.Write((tip, moment) -> Lookup.node(tip, id)
                .fold(node -> remove(tip, moment, node, force), Decision.Refuse::new));
    }

    /// A node that is gone cannot say what became of its tasks: they are orphans, and are replaced.
    private static Decision remove(View tip, Moment moment, Node node, boolean force) {
        if (node.manager().isPresent() || node.spec().role() == Node.Role.MANAGER) {
            return new Decision.Refuse(Rpc.FAILED_PRECONDITION.error("node " + node.key()
                    + " is a cluster manager and is a member of the raft cluster. It must be "
                    + "demoted to worker before removal"));
        }
        if (!force && node.status().state() == Node.State.READY) {
            return new Decision.Refuse(Rpc.FAILED_PRECONDITION.error("node " + node.key()
                    + " is not down and can't be removed"));
        }
        List<Change> changes = new ArrayList<>();
        for (Task task : tip.tasksOn(node.id())) {
            if (task.state().before(TaskState.COMPLETE)) {
                changes.add(new Change.Update(task.withStatus(
                        task.status().moved(moment.wall(), TaskState.ORPHANED, GONE))));
            }
        }
        changes.add(Change.Delete.of(node));
        return propose(changes);
    }

    private static Decision propose(List<Change> changes) {
        return new Decision.Propose(changes, ApiAnswer.empty(200));
    }
}

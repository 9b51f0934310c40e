package swarm.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.View;

/// `/tasks`, which only reads, and where requests for output go.
final class TaskApi {
    private static final List<String> FILTERS = List.of("_up-to-date", "desired-state", "id",
            "label", "name", "node", "runtime", "service");

    private TaskApi() { }

    static Route list(ApiRequest request) {
        return Filters.list(request, 500, filters -> (view, _) -> filters.unknown(FILTERS)
                .orElseGet(() -> resolved(view, filters)));
    }

    /// Services and nodes are named as everywhere; the first that is missed is the answer.
    private static ApiAnswer resolved(View view, Filters filters) {
        List<String> services = new ArrayList<>();
        List<String> nodes = new ArrayList<>();
        Optional<ApiAnswer> missed = Optional.empty();
        for (String text : filters.of("service")) {
            missed = missed.or(() -> Lookup.service(view, text).fold(found -> {
                services.add(found.key());
                return Optional.empty();
            }, Optional::of));
        }
        for (String text : filters.of("node")) {
            missed = missed.or(() -> Lookup.node(view, text).fold(found -> {
                nodes.add(found.key());
                return Optional.empty();
            }, Optional::of));
        }
        return missed.or(() -> filters.unknownValue("desired-state", states()))
                .orElseGet(() -> shown(view, filters, services, nodes));
    }

    private static List<String> states() {
        List<String> states = new ArrayList<>();
        for (TaskState state : TaskState.values()) {
            states.add(word(state));
        }
        return states;
    }

    private static String word(TaskState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static ApiAnswer shown(View view, Filters filters, List<String> services,
            List<String> nodes) {
        List<Json> shown = new ArrayList<>();
        for (Task task : candidates(view, services, nodes)) {
            if (matches(view, filters, task)) {
                shown.add(json(task));
            }
        }
        return ApiAnswer.json(200, new Json.Arr(shown));
    }

    /// By the narrowest index, in the order of ids.
    private static List<Task> candidates(View view, List<String> services, List<String> nodes) {
        List<Task> tasks = new ArrayList<>();
        if (services.isEmpty() && nodes.isEmpty()) {
            return view.tasks();
        }
        if (services.isEmpty()) {
            nodes.forEach(node -> tasks.addAll(view.tasksOn(new NodeId(node))));
        } else {
            services.forEach(id -> tasks.addAll(view.tasksOf(new ServiceId(id))));
            tasks.removeIf(task -> !nodes.isEmpty()
                    && !nodes.contains(task.nodeId().map(Object::toString).orElse("")));
        }
        tasks.sort(Comparator.comparing(Task::key));
        return tasks;
    }

    private static boolean matches(View view, Filters filters, Task task) {
        return filters.prefixed("id", task.key())
                && filters.prefixed("name", task.containerName())
                && filters.labelled("label", task.serviceLabels())
                && filters.has("runtime", "container")
                && filters.has("desired-state", word(task.desiredState()))
                && (filters.of("_up-to-date").isEmpty() || upToDate(view, task));
    }

    /// Made from what its service now says: from the same version of it, or from an equal one.
    private static boolean upToDate(View view, Task task) {
        Optional<Service> service = view.service(task.serviceId());
        return service.isPresent() && (task.specVersion().equals(service.get().specVersion())
                || task.spec().equals(service.get().spec().taskTemplate()));
    }

    static Route inspect(String id) {
        return new Route.Read((view, _) -> Lookup.task(view, id)
                .fold(task -> ApiAnswer.json(200, json(task)), missed -> missed));
    }

    /// Docker names the runtime in a service's template, and not in its tasks.
    private static Json json(Task task) {
        Json.Obj json = RecordCodec.toJson(task, Audience.API).asObj();
        return json.with("Spec", json.obj("Spec").without("Runtime"));
    }

    static Route logs(boolean task, String id, ApiRequest request) {
        String tail = request.value("tail");
        if (!request.flag("stdout") && !request.flag("stderr")) {
            return refused("Bad parameters: you must choose at least one stream");
        }
        if (!tail.isEmpty() && !tail.equals("all") && !tail.matches("[0-9]{1,18}")) {
            return refused("tail value must be a positive integer or \"all\"");
        }
        return new Route.Logs(new Route.LogTarget(task, id, request.flag("stdout"),
                request.flag("stderr"), request.flag("follow"), request.flag("timestamps"),
                request.flag("details"), request.value("since"), request.value("until"),
                tail.isEmpty() ? "all" : tail));
    }

    private static Route refused(String message) {
        return new Route.Refused(ApiAnswer.error(500, message));
    }
}

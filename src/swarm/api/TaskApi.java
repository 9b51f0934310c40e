package swarm.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;
import swarm.json.Audience;
import swarm.json.RecordCodec;
import swarm.model.LogOptions;
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
    /// Seconds since 1970 and a fraction; more digits than that are no time.
    private static final String TIME = "-?[0-9]{1,18}(\\.[0-9]{1,9})?";

    private TaskApi() { }

    static Route list(ApiRequest request) {
        return Filters.list(request, 500, filters -> (view, _) -> filters.unknown(FILTERS)
                .orElseGet(() -> resolved(view, filters)));
    }

    /// Services and nodes are named as everywhere; the first that is missed is the answer.
    private static ApiAnswer resolved(View view, Filters filters) {
        List<ServiceId> services = new ArrayList<>();
        List<NodeId> nodes = new ArrayList<>();
        return filters.of("service").stream().map(text -> Lookup.service(view, text))
                .flatMap(lookup -> missed(lookup, service -> services.add(service.id())))
                .findFirst()
                .or(() -> filters.of("node").stream().map(text -> Lookup.node(view, text))
                        .flatMap(lookup -> missed(lookup, node -> nodes.add(node.id())))
                        .findFirst())
                .or(() -> filters.unknownValue("desired-state",
                        Arrays.stream(TaskState.values()).map(TaskApi::word).toList()))
                .orElseGet(() -> shown(view, filters, services, nodes));
    }

    private static <T> Stream<ApiAnswer> missed(Lookup<T> lookup, Consumer<T> found) {
        return switch (lookup) {
            case Lookup.Found<T>(T object) -> {
                found.accept(object);
                yield Stream.empty();
            }
            case Lookup.Missed<T>(ApiAnswer answer) -> Stream.of(answer);
        };
    }

    private static String word(TaskState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static ApiAnswer shown(View view, Filters filters, List<ServiceId> services,
            List<NodeId> nodes) {
        StringJoiner shown = new StringJoiner(",", "[", "]");
        for (Task task : candidates(view, services, nodes)) {
            if (matches(view, filters, task)) {
                shown.add(json(task));
            }
        }
        return ApiAnswer.text(200, shown.toString());
    }

    /// By the narrowest index, in the order of ids.
    private static List<Task> candidates(View view, List<ServiceId> services, List<NodeId> nodes) {
        List<Task> tasks = new ArrayList<>();
        if (services.isEmpty() && nodes.isEmpty()) {
            return view.tasks();
        }
        if (services.isEmpty()) {
            nodes.forEach(id -> tasks.addAll(view.tasksOn(id)));
        } else {
            services.forEach(id -> tasks.addAll(view.tasksOf(id)));
            tasks.removeIf(task -> !nodes.isEmpty()
                    && task.nodeId().filter(nodes::contains).isEmpty());
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
                .fold(task -> ApiAnswer.text(200, json(task)), missed -> missed));
    }

    /// Straight to text: there may be many.
    private static String json(Task task) {
        return new String(RecordCodec.toBytes(task, Audience.API), StandardCharsets.UTF_8);
    }

    static Route logs(boolean task, String id, ApiRequest request) {
        String tail = request.value("tail");
        if (!request.flag("stdout") && !request.flag("stderr")) {
            return refused("Bad parameters: you must choose at least one stream");
        }
        if (!tail.isEmpty() && !tail.equals("all") && !tail.matches("[0-9]{1,18}")) {
            return refused("tail value must be a positive integer or \"all\"");
        }
        for (String bound : List.of("since", "until")) {
            String time = request.value(bound);
            if (!time.isEmpty() && !time.matches(TIME)) {
                return refused("could not parse " + bound + " timestamp: \"" + time
                        + "\" is no number of seconds");
            }
        }
        return new Route.Logs(new Route.LogTarget(task, id, new LogOptions(
                request.flag("stdout"), request.flag("stderr"), request.flag("follow"),
                request.flag("timestamps"), request.value("since"), request.value("until"),
                tail.isEmpty() ? "all" : tail, request.flag("details"))));
    }

    /// The tasks whose output is meant.
    static Lookup<List<Task>> logged(View view, Route.LogTarget target) {
        return target.task()
                ? Lookup.task(view, target.id()).fold(
                        task -> new Lookup.Found<>(List.of(task)), Lookup.Missed::new)
                : Lookup.service(view, target.id()).fold(
                        service -> new Lookup.Found<>(view.tasksOf(service.id())),
                        Lookup.Missed::new);
    }

    private static Route refused(String message) {
        return new Route.Refused(ApiAnswer.error(500, message));
    }
}

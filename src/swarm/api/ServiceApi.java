package swarm.api;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;
import swarm.model.Node;
import swarm.model.Service;
import swarm.model.ServiceMode;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.store.View;

/// What is read of services; [ServiceWrites] is what changes them.
final class ServiceApi {
    private static final List<String> FILTERS = List.of("id", "label", "mode", "name", "runtime");

    private ServiceApi() { }

    static Route list(ApiRequest request) {
        boolean status = request.flag("status");
        return Filters.list(request, 400, filters -> (view, _) -> filters.unknown(FILTERS)
                .orElseGet(() -> shown(view, filters, status)));
    }

    private static ApiAnswer shown(View view, Filters filters, boolean status) {
        List<Json> shown = new ArrayList<>();
        for (Service service : view.services()) {
            if (matches(filters, service)) {
                Json.Obj json = json(service, false);
                shown.add(status ? json.with("ServiceStatus", status(view, service)) : json);
            }
        }
        return ApiAnswer.json(200, new Json.Arr(shown));
    }

    private static boolean matches(Filters filters, Service service) {
        return filters.prefixed("id", service.key())
                && filters.prefixed("name", service.spec().name())
                && filters.labelled("label", service.spec().labels())
                && filters.has("runtime", "container")
                && filters.has("mode", mode(service.spec().modeOrReplicated()));
    }

    private static String mode(ServiceMode mode) {
        return switch (mode) {
            case ServiceMode.Replicated _ -> "replicated";
            case ServiceMode.Global _ -> "global";
            case ServiceMode.ReplicatedJob _ -> "replicated-job";
            case ServiceMode.GlobalJob _ -> "global-job";
        };
    }

    /// How many tasks there should be and are.
    ///
    /// Departs: Docker counts a task as running for as long as nobody has said otherwise, also on a
    /// node that it knows to be down.
    private static Json status(View view, Service service) {
        List<Task> tasks = view.tasksOf(service.id());
        long running = tasks.stream().filter(task ->
                task.state() == TaskState.RUNNING && heard(view, task)).count();
        long wanted = tasks.stream().filter(t -> t.desiredState() == TaskState.RUNNING).count();
        long desired = switch (service.spec().modeOrReplicated()) {
            case ServiceMode.Replicated replicated -> replicated.replicas().orElse(1L);
            case ServiceMode.ReplicatedJob job -> job.maxConcurrent().orElse(1L);
            case ServiceMode.Global _, ServiceMode.GlobalJob _ -> wanted;
        };
        long completed = tasks.stream().filter(task -> task.state() == TaskState.COMPLETE
                && task.jobIteration().isPresent()).count();
        return Json.obj().with("RunningTasks", running).with("DesiredTasks", desired)
                .with("CompletedTasks", completed);
    }

    private static boolean heard(View view, Task task) {
        return task.nodeId().flatMap(view::node).map(Node::status).map(Node.Status::state)
                .filter(state -> state != Node.State.DOWN && state != Node.State.DISCONNECTED)
                .isPresent();
    }

    static Route inspect(String id, boolean defaults) {
        return new Route.Read((view, _) -> Lookup.service(view, id).fold(
                service -> ApiAnswer.json(200, json(service, defaults)), missed -> missed));
    }

    private static Json.Obj json(Service service, boolean defaults) {
        ServiceSpec spec = ServiceForm.shown(service.spec());
        return RecordCodec.toJson(new Service(service.id(), service.version(),
                service.createdAt(), service.updatedAt(),
                defaults ? ServiceForm.withDefaults(spec) : spec,
                service.previousSpec().map(ServiceForm::shown), service.endpoint(),
                service.updateStatus(), service.jobStatus(), service.specVersion()),
                Audience.API).asObj();
    }
}

package swarm.api;

import java.util.List;
import java.util.Optional;
import swarm.json.Json;
import swarm.model.ContainerSpec;
import swarm.model.Ids;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.UpdateStatus;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.View;

/// What changes services. A spec is checked before the manager sees it; what the manager's thread
/// does is to compare with what is there. The tasks of a removed service are seen to by the
/// orchestrator.
final class ServiceWrites {
    private static final String AUTH = "x-registry-auth";

    private ServiceWrites() { }

    static Route create(ApiRequest request) {
        return Body.read(request, ServiceSpec.class, spec -> {
            Optional<ApiAnswer> broken = ServiceRules.broken(spec);
            ServiceSpec stored = withAuth(ServiceForm.stored(spec), request.header(AUTH));
            return new Route.Write((tip, moment) ->
                    broken.<Decision>map(Decision.Refuse::new)
                            .orElseGet(() -> create(tip, moment, stored)));
        });
    }

    private static Decision create(View tip, Moment moment, ServiceSpec spec) {
        if (tip.serviceNamed(spec.name()).isPresent()) {
            return new Decision.Refuse(Rpc.ALREADY_EXISTS.error("name conflicts with an existing "
                    + "object: service " + spec.name() + " already exists"));
        }
        ServiceSpec named = !spec.name().isEmpty() ? spec
                : spec.withName(ServiceName.draw(tip, moment.chance()));
        ServiceId id = new ServiceId(Ids.draw(moment.chance()));
        Service service = new Service(id, Version.NONE, moment.wall(), moment.wall(), named,
                Optional.empty(), ServiceForm.endpoint(named), Optional.empty(),
                Optional.empty(), Version.NONE);
        return new Decision.Propose(List.of(new Change.Create(service)),
                ApiAnswer.json(201, Json.obj().with("ID", id.text())));
    }

    /// An update's wishes beside the spec.
    private record Wish(ServiceSpec spec, Optional<ApiAnswer> broken, Version version,
            String auth, String authFrom, String rollback) { }

    static Route update(String id, ApiRequest request) {
        return Body.read(request, ServiceSpec.class, spec ->
                VersionNumber.read("service", request, version -> {
                    Wish wish = new Wish(ServiceForm.stored(spec), ServiceRules.broken(spec),
                            version, request.header(AUTH), request.value("registryAuthFrom"),
                            request.value("rollback"));
                    return new Route.Write((tip, moment) -> Lookup.service(tip, id).fold(
                            service -> update(service, wish, moment), Decision.Refuse::new));
                }));
    }

    private static Decision update(Service service, Wish wish, Moment moment) {
        return unknownOption(service, wish).or(wish::broken)
                .or(() -> changed(service, wish.spec()))
                .or(() -> unable(service, wish))
                .<Decision>map(Decision.Refuse::new)
                .orElseGet(() -> new Decision.Propose(
                        List.of(new Change.Update(updated(service, wish, moment))),
                        ApiAnswer.json(200, Json.obj().with("Warnings", Json.NULL))));
    }

    private static Optional<ApiAnswer> unknownOption(Service service, Wish wish) {
        Optional<String> auth = switch (wish.authFrom()) {
            case "", "spec" -> Optional.empty();
            case "previous-spec" -> service.previousSpec().isPresent() ? Optional.empty()
                    : Optional.of("service does not have a previous spec");
            default -> Optional.of("unsupported registryAuthFrom value");
        };
        return auth.filter(_ -> wish.auth().isEmpty()).or(() -> switch (wish.rollback()) {
            case "", "none", "previous" -> Optional.empty();
            default -> Optional.of("unrecognized rollback option " + wish.rollback());
        }).map(text -> ApiAnswer.error(500, text));
    }

    /// What cannot be changed: the mode and the name.
    private static Optional<ApiAnswer> changed(Service service, ServiceSpec spec) {
        boolean mode = !spec.modeOrReplicated().getClass()
                .equals(service.spec().modeOrReplicated().getClass());
        boolean name = !spec.name().equals(service.spec().name());
        return !mode && !name ? Optional.empty() : Optional.of(Rpc.UNIMPLEMENTED.error(mode
                ? "service mode change is not allowed" : "renaming services is not supported"));
    }

    private static Optional<ApiAnswer> unable(Service service, Wish wish) {
        if (wish.rollback().equals("previous") && service.previousSpec().isEmpty()) {
            return Optional.of(Rpc.FAILED_PRECONDITION.error("service " + service.key()
                    + " does not have a previous spec"));
        }
        return service.version().equals(wish.version()) ? Optional.empty()
                : Optional.of(Rpc.outOfSequence());
    }

    /// Old tasks stay up to date when neither their template nor their ports have changed: the spec
    /// version is kept then.
    private static Service updated(Service service, Wish wish, Moment moment) {
        boolean rollback = wish.rollback().equals("previous");
        ServiceSpec spec = rollback ? service.previousSpec().orElseThrow()
                : withAuth(wish.spec(), auth(service, wish));
        Optional<UpdateStatus> status = !rollback ? Optional.empty()
                : Optional.of(new UpdateStatus(UpdateStatus.State.ROLLBACK_STARTED,
                        Optional.of(moment.wall()), Optional.empty(),
                        "manually requested rollback"));
        boolean same = spec.taskTemplate().equals(service.spec().taskTemplate())
                && spec.endpoint().equals(service.spec().endpoint());
        return new Service(service.id(), service.version(), service.createdAt(),
                service.updatedAt(), spec, Optional.of(service.spec()),
                ServiceForm.endpoint(spec), status, service.jobStatus(),
                same ? service.specVersion() : Version.NONE);
    }

    /// What the client gives for the registry, else what it gave before.
    private static String auth(Service service, Wish wish) {
        ServiceSpec from = wish.authFrom().equals("previous-spec")
                ? service.previousSpec().orElse(service.spec()) : service.spec();
        return wish.auth().isEmpty() ? from.taskTemplate().containerSpec()
                .map(ContainerSpec::registryAuth).orElse("") : wish.auth();
    }

    private static ServiceSpec withAuth(ServiceSpec spec, String auth) {
        return spec.taskTemplate().containerSpec().map(container -> spec.withTemplate(
                spec.taskTemplate().withContainer(container.withRegistryAuth(auth)))).orElse(spec);
    }

    static Route remove(String id) {
        return new Route.Write((tip, _) -> Lookup.service(tip, id)
                .<Decision>fold(service -> new Decision.Propose(
                        List.of(Change.Delete.of(service)), ApiAnswer.empty(200)),
                        Decision.Refuse::new));
    }
}

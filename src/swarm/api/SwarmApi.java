package swarm.api;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.json.Json;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.Ids;
import swarm.model.Version;
import swarm.store.Change;
import swarm.store.Moment;
import swarm.store.View;

/// `/swarm`: the settings of the whole, its join tokens, and the node's own steps into the swarm
/// and out of it, which are decoded and checked here and done by the node.
final class SwarmApi {
    private SwarmApi() { }

    static Route route(ApiRequest request, String shape) {
        return switch (shape) {
            case "GET swarm" -> new Route.Read((view, _) -> inspect(view));
            case "GET swarm/unlockkey" -> new Route.Read((_, _) ->
                    ApiAnswer.json(200, Json.obj().with("UnlockKey", "")));
            case "POST swarm/init" -> init(request);
            case "POST swarm/join" -> Body.read(request, Route.Join.class, join ->
                    SwarmRules.broken(join).<Route>map(Route.Refused::new)
                            .orElseGet(() -> new Route.Lifecycle(join)));
            case "POST swarm/leave" ->
                    new Route.Lifecycle(new Route.Leave(request.flag("force")));
            case "POST swarm/unlock" ->
                    Body.read(request, Route.Unlock.class, Route.Lifecycle::new);
            case "POST swarm/update" -> update(request);
            default -> new Route.Refused(ApiAnswer.error(404, "page not found"));
        };
    }

    private static ApiAnswer inspect(View view) {
        return view.cluster().map(cluster -> ApiAnswer.json(200, Info.cluster(cluster)))
                .orElseGet(() -> ApiAnswer.error(503, Messages.NOT_A_MANAGER));
    }

    private static Route init(ApiRequest request) {
        return Body.read(request, Route.Init.class, init ->
                SwarmRules.broken(init).<Route>map(Route.Refused::new).orElseGet(() ->
                        new Route.Lifecycle(new Route.Init(init.listenAddr(),
                                init.advertiseAddr(), init.dataPathAddr(), init.dataPathPort(),
                                init.forceNewCluster(), init.spec().map(SwarmApi::filled),
                                init.autoLockManagers(), init.availability(),
                                init.defaultAddrPool(), init.subnetSize()))));
    }

    /// Which secrets an update draws anew.
    private record Rotation(boolean worker, boolean manager) { }

    private static Route update(ApiRequest request) {
        return Body.read(request, ClusterSpec.class, spec ->
                VersionNumber.read("swarm", request, version -> {
                    Optional<ApiAnswer> broken = SwarmRules.broken(spec);
                    Rotation rotation = new Rotation(request.flag("rotateWorkerToken"),
                            request.flag("rotateManagerToken"));
                    return new Route.Write((tip, moment) -> broken
                            .<Decision>map(Decision.Refuse::new)
                            .orElseGet(() -> update(tip, moment, filled(spec), version,
                                    rotation)));
                }));
    }

    private static Decision update(View tip, Moment moment, ClusterSpec spec, Version version,
            Rotation rotation) {
        if (tip.cluster().isEmpty() || !tip.cluster().get().version().equals(version)) {
            return new Decision.Refuse(Rpc.outOfSequence());
        }
        Cluster cluster = tip.cluster().get();
        Cluster.JoinTokens old = cluster.joinTokens();
        Cluster.JoinTokens tokens = new Cluster.JoinTokens(
                rotation.worker() ? rotated(old.worker(), moment.chance()) : old.worker(),
                rotation.manager() ? rotated(old.manager(), moment.chance()) : old.manager());
        return new Decision.Propose(
                List.of(new Change.Update(cluster.withSpec(spec).withJoinTokens(tokens))),
                ApiAnswer.empty(200));
    }

    /// A token with another secret; what it says of the root stays.
    private static String rotated(String token, RandomGenerator chance) {
        return token.substring(0, token.lastIndexOf('-') + 1) + Ids.draw(chance);
    }

    /// A client's settings, with what a new swarm has where the client says nothing.
    private static ClusterSpec filled(ClusterSpec given) {
        ClusterSpec initial = ClusterSpec.initial();
        return new ClusterSpec(initial.name(), given.labels(),
                new ClusterSpec.Orchestration(given.orchestration().taskHistoryRetentionLimit()
                        .or(() -> initial.orchestration().taskHistoryRetentionLimit())),
                filled(given.raft(), initial.raft()),
                new ClusterSpec.Dispatcher(either(given.dispatcher().heartbeatPeriod(),
                        initial.dispatcher().heartbeatPeriod())),
                new ClusterSpec.CaConfig(either(given.caConfig().nodeCertExpiry(),
                        initial.caConfig().nodeCertExpiry()), "", "", 0),
                given.taskDefaults(), given.encryptionConfig());
    }

    private static ClusterSpec.Raft filled(ClusterSpec.Raft given, ClusterSpec.Raft initial) {
        return new ClusterSpec.Raft(either(given.snapshotInterval(), initial.snapshotInterval()),
                given.keepOldSnapshots().or(initial::keepOldSnapshots),
                either(given.logEntriesForSlowFollowers(),
                        initial.logEntriesForSlowFollowers()),
                initial.electionTick(), initial.heartbeatTick());
    }

    private static long either(long given, long initial) {
        return given == 0 ? initial : given;
    }
}

package swarm.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;
import swarm.model.Cluster;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.store.View;

/// What a node says of itself: the engine's own answers to `/info` and `/version`, with our part
/// put into them. Without an engine's answer (an empty object) the node says what its description
/// knows.
public final class Info {
    private static final String SWARM = "Swarm";
    /// Of this program, as its command line prints it too.
    private static final String VERSION = "0.1";

    private Info() { }

    /// A manager that a worker knows; the id is empty where only an address was given.
    public record Remote(String node, String addr) { }

    /// `/info` of a node that is in no swarm.
    public static Json.Obj inactive(Json.Obj engineInfo) {
        return engineInfo.with(SWARM, member("", "", "inactive", false)
                .with("Error", "").with("RemoteManagers", Json.NULL));
    }

    /// `/info` of a manager, from what it holds itself: it answers whatever the swarm's state is.
    public static Json.Obj manager(Json.Obj engineInfo, View view, Facts facts, String addr) {
        List<Node> managers = view.nodes().stream()
                .filter(node -> node.manager().isPresent()).toList();
        List<Remote> remote = new ArrayList<>();
        for (Node node : managers) {
            remote.add(new Remote(node.key(),
                    node.manager().map(Node.Manager::addr).orElse("")));
        }
        Json.Obj swarm = member(facts.self().text(), addr, "active", true)
                .with("Error", facts.trouble()).with("RemoteManagers", json(remote))
                .with("Nodes", view.nodes().size()).with("Managers", managers.size());
        Optional<Cluster> cluster = view.cluster();
        if (cluster.isPresent()) {
            swarm = swarm.with("Cluster", cluster(cluster.get()).without("JoinTokens"));
        }
        return warned(described(engineInfo, view.node(facts.self())), swarm,
                Messages.evenManagers(managers.size()));
    }

    /// Warnings stand in both places, as Docker has them.
    private static Json.Obj warned(Json.Obj info, Json.Obj swarm, List<String> warnings) {
        if (warnings.isEmpty()) {
            return info.with(SWARM, swarm);
        }
        List<Json> ours = warnings.stream().<Json>map(Json.Str::new).toList();
        List<Json> all = new ArrayList<>(info.arr("Warnings"));
        all.addAll(ours);
        return info.with("Warnings", new Json.Arr(all))
                .with(SWARM, swarm.with("Warnings", new Json.Arr(ours)));
    }

    /// `/info` of a worker, which knows of the swarm where its managers are.
    public static Json.Obj worker(Json.Obj engineInfo, NodeId self, String addr,
            List<Remote> managers) {
        return engineInfo.with(SWARM, member(self.text(), addr, "active", false)
                .with("Error", "").with("RemoteManagers", json(managers)));
    }

    /// `/version`, with us as one of the daemon's parts.
    public static Json.Obj version(Json.Obj engineVersion) {
        List<Json> components = new ArrayList<>(engineVersion.arr("Components"));
        components.add(Json.obj().with("Name", SWARM).with("Version", VERSION)
                .with("Details", Json.obj().with("ApiVersion", Api.MAX_VERSION)
                        .with("MinAPIVersion", Api.MIN_VERSION)));
        Json.Obj version = engineVersion.with("Components", new Json.Arr(components));
        return engineVersion.isEmpty() ? version.with("ApiVersion", Api.MAX_VERSION)
                .with("MinAPIVersion", Api.MIN_VERSION) : version;
    }

    /// The swarm as the API shows it; Docker has `null` where no pool was named.
    static Json.Obj cluster(Cluster cluster) {
        Json.Obj json = RecordCodec.toJson(cluster, Audience.API).asObj();
        Json.Obj shown = Json.obj();
        for (String name : List.of("ID", "Version", "CreatedAt", "UpdatedAt", "Spec", "TLSInfo",
                "RootRotationInProgress", "DefaultAddrPool", "SubnetSize", "DataPathPort",
                "JoinTokens")) {
            shown = shown.with(name, json.find(name).orElse(Json.NULL));
        }
        return shown;
    }

    private static Json json(List<Remote> managers) {
        List<Json> shown = new ArrayList<>();
        for (Remote manager : managers) {
            shown.add(Json.obj().with("NodeID", manager.node()).with("Addr", manager.addr()));
        }
        return new Json.Arr(shown);
    }

    private static Json.Obj member(String id, String addr, String state, boolean control) {
        return Json.obj().with("NodeID", id).with("NodeAddr", addr)
                .with("LocalNodeState", state).with("ControlAvailable", control);
    }

    private static Json.Obj described(Json.Obj engineInfo, Optional<Node> node) {
        return node.isEmpty() || !engineInfo.isEmpty() ? engineInfo
                : Json.obj().with("Name", node.get().description().hostname())
                        .with("OSType", node.get().description().platform().os())
                        .with("Architecture", node.get().description().platform().architecture())
                        .with("NCPU", node.get().description().resources().nanoCpus()
                                / 1_000_000_000L)
                        .with("MemTotal", node.get().description().resources().memoryBytes());
    }
}

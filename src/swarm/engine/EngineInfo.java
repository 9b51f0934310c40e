package swarm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import swarm.json.Json;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;

/// What a Docker engine says of itself and its machine (GET /info), in our words.
final class EngineInfo {
    private static final long NANOS_PER_CORE = 1_000_000_000;
    /// The kinds of plugins that a node shows, as Docker orders them.
    private static final List<String> KINDS = List.of("Log", "Network", "Volume");

    private EngineInfo() { }

    /// An engine whose own swarm is active is refused: it would run the tasks of two.
    static EngineAnswer described(Json.Obj info, String address) {
        if (info.obj("Swarm").str("LocalNodeState").equals("active")) {
            return new EngineAnswer.Failed(EngineAnswer.Cause.REFUSED, "the engine at " + address
                    + " is in a Docker swarm of its own; run \"docker swarm leave\" there first");
        }
        return new EngineAnswer.Described(
                new Placement.Platform(info.str("Architecture"), info.str("OSType")),
                new Resources(info.num("NCPU") * NANOS_PER_CORE, info.num("MemTotal")),
                new Node.Engine(info.str("ServerVersion"), labels(info.arr("Labels")),
                        plugins(info.obj("Plugins"))));
    }

    private static TreeMap<String, String> labels(List<Json> pairs) {
        TreeMap<String, String> labels = new TreeMap<>();
        for (Json pair : pairs) {
            int equals = pair.asStr().indexOf('=');
            if (equals > 0) {
                labels.put(pair.asStr().substring(0, equals), pair.asStr().substring(equals + 1));
            }
        }
        return labels;
    }

    private static List<Node.Plugin> plugins(Json.Obj said) {
        List<Node.Plugin> plugins = new ArrayList<>();
        for (String kind : KINDS) {
            said.arr(kind).stream().map(Json::asStr).sorted()
                    .forEach(name -> plugins.add(new Node.Plugin(kind, name)));
        }
        return plugins;
    }
}

package swarm.cli;

import java.util.TreeMap;
import swarm.json.Json;

/// `node inspect --pretty`: a node for people to read, in Docker's layout.
final class NodeView {
    private static final String TEXT = """
        ID:\t\t\t{{.ID}}
        {{if .Spec.Labels}}Labels:
        {{range pairs "=" .Spec.Labels}} - {{.}}
        {{end}}{{end}}\
        Hostname:              \t{{.Description.Hostname}}
        Joined at:             \t{{.Joined}}
        Status:
         State:\t\t\t{{title .Status.State}}
        {{if .Status.Message}} Message:              \t{{title .Status.Message}}
        {{end}}\
         Availability:         \t{{title .Spec.Availability}}
         Address:\t\t{{.Status.Addr}}
        {{if .ManagerStatus}}Manager Status:
         Address:\t\t{{.ManagerStatus.Addr}}
         Raft Status:\t\t{{title .ManagerStatus.Reachability}}
         Leader:\t\t{{if .ManagerStatus.Leader}}Yes{{else}}No{{end}}
        {{end}}\
        Platform:
         Operating System:\t{{.Description.Platform.OS}}
         Architecture:\t\t{{.Description.Platform.Architecture}}
        Resources:
         CPUs:\t\t\t{{cpus .Description.Resources.NanoCPUs}}
         Memory:\t\t{{size .Description.Resources.MemoryBytes}}
        {{if .Plugins}}Plugins:
        {{range pairs ":\t\t" .Plugins}} {{.}}
        {{end}}{{end}}\
        Engine Version:\t\t{{.Description.Engine.EngineVersion}}
        {{if .Description.Engine.Labels}}Engine Labels:
        {{range pairs "=" .Description.Engine.Labels}} - {{.}}
        {{end}}{{end}}\
        {{with .Description.TLSInfo}}TLS Info:
         TrustRoot:
        {{.TrustRoot}}
         Issuer Subject:\t{{.CertIssuerSubject}}
         Issuer Public Key:\t{{.CertIssuerPublicKey}}
        {{end}}""";

    private NodeView() {
    }

    static String of(Json.Obj node) throws Failure {
        TreeMap<String, String> plugins = new TreeMap<>();
        for (Json item : node.obj("Description").obj("Engine").arr("Plugins")) {
            Json.Obj plugin = item.asObj();
            String names = plugins.getOrDefault(plugin.str("Type"), "");
            plugins.put(plugin.str("Type"),
                names + (names.isEmpty() ? "" : ", ") + plugin.str("Name"));
        }
        Json.Obj byType = Json.obj();
        for (String type : plugins.keySet()) {
            byType = byType.with(type, plugins.get(type));
        }
        return new Template(TEXT, "").apply(node.with("Plugins", byType).with("Joined",
            node.str("CreatedAt").replace('T', ' ').replace("Z", " +0000 utc")));
    }
}

package swarm.cli;

import java.util.ArrayList;
import swarm.json.Json;

/// `service inspect --pretty`: a service for people to read, in Docker's layout.
final class ServiceView {
    private static final String TEXT = """

        ID:\t\t{{.ID}}
        Name:\t\t{{.Spec.Name}}
        {{if .Spec.Labels}}Labels:
        {{range pairs "=" .Spec.Labels}} {{.}}
        {{end}}{{end}}\
        Service Mode:{{if .Global}}\tGlobal{{end}}{{if .Replicated}}\tReplicated
         Replicas:\t{{.Spec.Mode.Replicated.Replicas}}{{end}}
        {{with .UpdateStatus}}UpdateStatus:
         State:\t\t{{.State}}
         Started:\t{{.Started}}
        {{if .Completed}} Completed:\t{{.Completed}}
        {{end}}\
         Message:\t{{.Message}}
        {{end}}\
        Placement:
        {{with .Spec.TaskTemplate.Placement.Constraints}} Constraints:\t{{.}}
        {{end}}\
        {{if .Preferences}} Preferences:   {{.Preferences}}
        {{end}}\
        {{with .Spec.TaskTemplate.Placement.MaxReplicas}} Max Replicas Per Node:   {{.}}
        {{end}}\
        {{with .Spec.UpdateConfig}}UpdateConfig:
         Parallelism:\t{{.Parallelism}}
        {{if .Delay}} Delay:\t\t{{duration .Delay}}
        {{end}}\
         On failure:\t{{.FailureAction}}
         Monitoring Period: {{duration .Monitor}}
         Max failure ratio: {{.MaxFailureRatio}}
         Update order:      {{.Order}}
        {{end}}\
        {{with .Spec.RollbackConfig}}RollbackConfig:
         Parallelism:\t{{.Parallelism}}
        {{if .Delay}} Delay:\t\t{{duration .Delay}}
        {{end}}\
         On failure:\t{{.FailureAction}}
         Monitoring Period: {{duration .Monitor}}
         Max failure ratio: {{.MaxFailureRatio}}
         Rollback order:    {{.Order}}
        {{end}}\
        {{with .Spec.TaskTemplate.ContainerSpec}}ContainerSpec:
         Image:\t\t{{.Image}}
        {{if .Args}} Args:\t\t{{range .Args}}{{.}} {{end}}
        {{end}}\
        {{if .Env}} Env:\t\t{{range .Env}}{{.}} {{end}}
        {{end}}\
        {{if .Dir}} Dir:\t\t{{.Dir}}
        {{end}}\
         Init:\t\t{{.Init}}
        {{if .User}} User: {{.User}}
        {{end}}\
        {{if or .CapabilityAdd .CapabilityDrop}}Capabilities:
        {{if .CapabilityAdd}} Add: {{join .CapabilityAdd ", "}}
        {{end}}\
        {{if .CapabilityDrop}} Drop: {{join .CapabilityDrop ", "}}
        {{end}}{{end}}\
        {{if .Sysctls}}SysCtls:
        {{range pairs ": " .Sysctls}} {{.}}
        {{end}}{{end}}\
        {{if .Ulimits}}Ulimits:
        {{range .Ulimits}} {{.Name}}: {{.Soft}}:{{.Hard}}
        {{end}}{{end}}\
        {{if .Mounts}}Mounts:
        {{range .Mounts}} Target:\t{{.Target}}
          Source:\t{{.Source}}
          ReadOnly:\t{{if .ReadOnly}}true{{else}}false{{end}}
          Type:\t\t{{.Type}}
        {{end}}{{end}}\
        {{if .Configs}}Configs:
        {{range .Configs}} Target:\t{{.File.Name}}
          Source:\t{{.ConfigName}}
        {{end}}{{end}}\
        {{if .Secrets}}Secrets:
        {{range .Secrets}} Target:\t{{.File.Name}}
          Source:\t{{.SecretName}}
        {{end}}{{end}}{{end}}\
        {{with .Spec.TaskTemplate.LogDriver}}Log Driver:
         Name:\t\t{{.Name}}
        {{if .Options}} LogOpts:
        {{range pairs ":       " .Options}}  {{.}}
        {{end}}{{end}}
        {{end}}\
        Resources:
        {{with .Spec.TaskTemplate.Resources.Reservations}} Reservations:
        {{if .NanoCPUs}}  CPU:\t\t{{cpus .NanoCPUs}}
        {{end}}\
        {{if .MemoryBytes}}  Memory:\t{{size .MemoryBytes}}
        {{end}}{{end}}\
        {{with .Spec.TaskTemplate.Resources.Limits}} Limits:
        {{if .NanoCPUs}}  CPU:\t\t{{cpus .NanoCPUs}}
        {{end}}\
        {{if .MemoryBytes}}  Memory:\t{{size .MemoryBytes}}
        {{end}}\
        {{if .Pids}}  PIDs:\t\t{{.Pids}}
        {{end}}{{end}}\
        {{if .Networks}}Networks: {{range .Networks}}{{.}} {{end}}
        {{end}}\
        Endpoint Mode:\t{{.Spec.EndpointSpec.Mode}}
        {{if .Ports}}Ports:
        {{.Ports}}\s
        {{end}}\
        {{with .Spec.TaskTemplate.ContainerSpec.Healthcheck}} Healthcheck:
          Interval = {{duration .Interval}}
          Retries = {{or .Retries 0}}
          StartPeriod =\t{{duration .StartPeriod}}
          Timeout =\t{{duration .Timeout}}
        {{if .Test}}  Tests:{{range .Test}}
        \t Test = {{.}}{{end}}\s
        {{end}}{{end}}
        """;

    private ServiceView() {
    }

    static String of(Json.Obj service, Session session) throws Failure {
        Json.Obj spec = service.obj("Spec");
        Json.Obj mode = spec.obj("Mode");
        Json.Obj status = service.obj("UpdateStatus");
        if (!status.isEmpty()) {
            status = status.with("Started", since(status.str("StartedAt"), session))
                .with("Completed", status.str("State").equals("completed")
                    ? since(status.str("CompletedAt"), session) : "");
        }
        String preferences = "";
        for (Json item : spec.obj("TaskTemplate").obj("Placement").arr("Preferences")) {
            preferences += (preferences.isEmpty() ? "spread=" : " spread=")
                + item.asObj().obj("Spread").str("SpreadDescriptor");
        }
        return new Template(TEXT, "").apply(service.with("UpdateStatus", status)
            .with("Global", mode.find("Global").isPresent())
            .with("Replicated", mode.find("Replicated").isPresent())
            .with("Preferences", preferences.isEmpty() ? "" : "[" + preferences + "]")
            .with("Networks", networks(spec.obj("TaskTemplate"), session))
            .with("Ports", ports(service.obj("Endpoint"))));
    }

    private static String since(String time, Session session) {
        return time.isEmpty() ? "" : Functions.ago(session.world().now(), time);
    }

    private static String ports(Json.Obj endpoint) {
        String text = "";
        for (Json item : endpoint.arr("Ports")) {
            Json.Obj port = item.asObj();
            text += (text.isEmpty() ? "" : "\n") + " PublishedPort = " + port.num("PublishedPort")
                + "\n  Protocol = " + port.str("Protocol")
                + "\n  TargetPort = " + port.num("TargetPort")
                + "\n  PublishMode = " + port.str("PublishMode");
        }
        return text;
    }

    /// Networks by name; by id if their name cannot be had.
    private static Json networks(Json.Obj task, Session session) {
        ArrayList<String> names = new ArrayList<>();
        for (Json item : task.arr("Networks")) {
            String id = item.asObj().str("Target");
            try {
                names.add(session.get("/networks/" + Client.escaped(id)).str("Name"));
            } catch (Failure unknown) {
                names.add(id);
            }
        }
        return Values.strings(names);
    }
}

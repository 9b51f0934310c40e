package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// `service ls`.
final class ServiceList {
    private static final String COLUMNS = "ID=ID,Name=NAME,Mode=MODE,Replicas=REPLICAS,"
        + "Image=IMAGE,Ports=PORTS";

    private ServiceList() {
    }

    static void run(Session session, Args args) throws Failure {
        String filters = Client.filters(args.texts("filter"));
        boolean quiet = args.on("quiet") && !args.has("format");
        String query = filters + (filters.isEmpty() || quiet ? "" : "&")
            + (quiet ? "" : "status=true");
        List<Json> services = session.list("/services" + (query.isEmpty() ? "" : "?" + query));
        ArrayList<String> names = new ArrayList<>();
        ArrayList<Json.Obj> rows = new ArrayList<>();
        for (Json service : services) {
            rows.add(row(service.asObj()));
            names.add(Natural.key(rows.getLast().str("Name")));
        }
        session.print(Listing.of(quiet ? "{{.ID}}" : args.text("format"), COLUMNS,
            Natural.sorted(names, rows), "*service.serviceContext"));
    }

    private static Json.Obj row(Json.Obj service) {
        Json.Obj spec = service.obj("Spec");
        String image = spec.obj("TaskTemplate").obj("ContainerSpec").str("Image");
        int digest = image.indexOf("@sha256:");
        boolean tagged = digest > 0 && image.lastIndexOf(':', digest) > image.lastIndexOf('/');
        Json.Obj mode = spec.obj("Mode");
        String name = mode.find("Global").isPresent() ? "global"
            : mode.find("ReplicatedJob").isPresent() ? "replicated job"
            : mode.find("GlobalJob").isPresent() ? "global job" : "replicated";
        return Json.obj().with("ID", Tasks.shortened(service.str("ID")))
            .with("Image", tagged ? image.substring(0, digest) : image)
            .with("Mode", name).with("Name", spec.str("Name"))
            .with("Ports", ports(service.obj("Endpoint").arr("Ports")))
            .with("Replicas", replicas(service.obj("ServiceStatus"), spec));
    }

    private static String replicas(Json.Obj status, Json.Obj spec) {
        long desired = status.num("DesiredTasks");
        long completed = status.num("CompletedTasks");
        long most = spec.obj("TaskTemplate").obj("Placement").num("MaxReplicas");
        Json.Obj job = spec.obj("Mode").obj("ReplicatedJob");
        String running = status.num("RunningTasks") + "/";
        if (!job.isEmpty()) {
            return running + job.num("MaxConcurrent") + " (" + completed + "/"
                + job.num("TotalCompletions") + " completed)";
        } else if (spec.obj("Mode").find("GlobalJob").isPresent()) {
            return running + desired + " (" + completed + "/" + (desired + completed)
                + " completed)";
        }
        return running + desired + (most > 0 ? " (max " + most + " per node)" : "");
    }

    /// Ingress ports; those that follow each other inside and outside are one range.
    private static String ports(List<Json> ports) {
        ArrayList<String> shown = new ArrayList<>();
        for (int from = 0; from < ports.size(); ) {
            Json.Obj first = ports.get(from).asObj();
            int next = from + 1;
            while (next < ports.size()
                && follows(ports.get(next - 1).asObj(), ports.get(next).asObj())) {
                next++;
            }
            long span = next - from - 1;
            if (!first.str("PublishMode").equals("host") && first.num("PublishedPort") > 0) {
                shown.add("*:" + range(first.num("PublishedPort"), span) + "->"
                    + range(first.num("TargetPort"), span) + "/" + first.str("Protocol"));
            }
            from = next;
        }
        return String.join(", ", shown);
    }

    private static String range(long first, long span) {
        return first + (span > 0 ? "-" + (first + span) : "");
    }

    private static boolean follows(Json.Obj a, Json.Obj b) {
        return a.num("PublishedPort") + 1 == b.num("PublishedPort")
            && a.num("TargetPort") + 1 == b.num("TargetPort")
            && a.str("Protocol").equals(b.str("Protocol"))
            && a.str("PublishMode").equals(b.str("PublishMode"));
    }
}

package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import swarm.json.Json;

/// What `service update` posts: the spec as it was read, with the changes that the flags ask for.
/// Here is what the rules of `ServiceFlags` cannot say, some of it needed by `create` as well.
final class ServiceChanges {
    private static final String CONTAINER = "TaskTemplate.ContainerSpec";
    private static final String ALL = "ALL";

    private ServiceChanges() {
    }

    static Json.Obj updated(Json.Obj old, Args args) throws Failure {
        Json.Obj spec = hosts(old, args.texts("host-rm"));
        spec = Rules.apply(spec, args, false);
        if (args.has("image")) {
            String image = args.text("image");
            spec = Rules.put(spec, CONTAINER + ".Image",
                ServiceSpec.text(image.isEmpty() ? "" : ImageName.familiar(image)));
        }
        if (args.has("replicas")) {
            if (old.obj("Mode").find("Replicated").isEmpty()) {
                throw Failure.of("replicas can only be used with replicated mode");
            }
            spec = ServiceSpec.put(spec, "Mode.Replicated.Replicas", args.last("replicas"));
        }
        if (args.has("max-concurrent") && old.obj("Mode").find("ReplicatedJob").isPresent()) {
            spec = ServiceSpec.put(spec, "Mode.ReplicatedJob.MaxConcurrent",
                args.last("max-concurrent"));
        }
        if (args.on("force")) {
            spec = ServiceSpec.put(spec, "TaskTemplate.ForceUpdate", Json.Num.of(
                spec.obj("TaskTemplate").num("ForceUpdate") + 1));
        }
        spec = health(spec, args);
        spec = logging(spec, args);
        spec = capabilities(spec, args);
        spec = args.hasAny("publish-") ? ports(spec, args) : spec;
        spec = args.hasAny("dns-") ? sortedResolver(spec) : spec;
        return sortedMounts(spec);
    }

    static Json.Obj health(Json.Obj spec, Args args) throws Failure {
        boolean none = args.on("no-healthcheck");
        if (none && args.hasAny("health-")) {
            throw Failure.of("--no-healthcheck conflicts with --health-* options");
        }
        if (none) {
            return ServiceSpec.put(spec, CONTAINER + ".Healthcheck",
                Json.obj().with("Test", Values.strings(List.of("NONE"))));
        }
        String command = args.text("health-cmd");
        return !args.has("health-cmd") ? spec : Rules.put(spec, CONTAINER + ".Healthcheck.Test",
            Values.strings(command.isEmpty() ? List.of() : List.of("CMD-SHELL", command)));
    }

    static Json.Obj logging(Json.Obj spec, Args args) {
        if (args.text("log-driver").isEmpty()) {
            return spec;
        }
        Json.Obj driver = Json.obj().with("Name", args.text("log-driver"));
        if (args.has("log-opt")) {
            driver = driver.with("Options", Rules.mapped(Json.obj(), args.all("log-opt")));
        }
        return ServiceSpec.put(spec, "TaskTemplate.LogDriver", driver);
    }

    /// Adding what was dropped, or dropping what was added, takes the other back.
    static Json.Obj capabilities(Json.Obj spec, Args args) {
        if (!args.hasAny("cap-")) {
            return spec;
        }
        TreeSet<String> added = texts(ServiceSpec.at(spec, CONTAINER + ".CapabilityAdd"));
        TreeSet<String> dropped = texts(ServiceSpec.at(spec, CONTAINER + ".CapabilityDrop"));
        List<String> adds = args.texts("cap-add");
        for (String name : args.texts("cap-drop")) {
            if (!adds.contains(name) && !added.remove(name)) {
                dropped.add(name);
            }
        }
        for (String name : adds) {
            if (!dropped.remove(name)) {
                added.add(name);
            }
        }
        Json.Obj changed = Rules.put(spec, CONTAINER + ".CapabilityAdd", list(added));
        return Rules.put(changed, CONTAINER + ".CapabilityDrop", list(dropped));
    }

    private static TreeSet<String> texts(Json list) {
        TreeSet<String> texts = new TreeSet<>();
        for (Json item : list.asArr()) {
            texts.add(item.asStr());
        }
        return texts;
    }

    private static Json list(TreeSet<String> names) {
        return Values.strings(names.contains(ALL) ? List.of(ALL) : new ArrayList<>(names));
    }

    /// Ports are the same when target, protocol and mode are; the published one does not count.
    private static Json.Obj ports(Json.Obj spec, Args args) {
        TreeMap<String, Json> ports = new TreeMap<>();
        TreeSet<String> gone = new TreeSet<>();
        for (Json port : flat(args.all("publish-rm"))) {
            gone.add(socket(port));
        }
        for (Json port : ServiceSpec.at(spec, "EndpointSpec.Ports").asArr()) {
            if (!gone.contains(socket(port))) {
                ports.put(port.asObj().num("PublishedPort") + ":" + socket(port), port);
            }
        }
        for (Json port : flat(args.all("publish-add"))) {
            ports.put(port.asObj().num("PublishedPort") + ":" + socket(port), port);
        }
        return Rules.put(spec, "EndpointSpec.Ports",
            new Json.Arr(new ArrayList<>(ports.values())));
    }

    /// The ports of several `--publish`, each of which can be a range.
    static List<Json> flat(List<Json> groups) {
        ArrayList<Json> ports = new ArrayList<>();
        for (Json group : groups) {
            ports.addAll(group.asArr());
        }
        return ports;
    }

    private static String socket(Json port) {
        Json.Obj of = port.asObj();
        return of.num("TargetPort") + "/" + of.str("Protocol") + "/" + of.str("PublishMode");
    }

    /// A name with an address goes from that line only, without one from every line.
    private static Json.Obj hosts(Json.Obj spec, List<String> removes) {
        ArrayList<String> lines = new ArrayList<>();
        for (Json line : ServiceSpec.at(spec, CONTAINER + ".Hosts").asArr()) {
            String text = line.asStr();
            int space = text.indexOf(' ');
            String address = text.substring(0, Math.max(space, 0));
            String names = text.substring(space + 1) + " ";
            for (String remove : removes) {
                int colon = remove.indexOf(':');
                boolean here = colon < 0 || remove.substring(colon + 1).equals(address);
                String name = (colon < 0 ? remove : remove.substring(0, colon)) + " ";
                if (here && (" " + names).contains(" " + name)) {
                    names = (" " + names).replace(" " + name, " ").stripLeading();
                }
            }
            if (!names.isBlank()) {
                lines.add(address + " " + names.stripTrailing());
            }
        }
        return removes.isEmpty() ? spec
            : Rules.put(spec, CONTAINER + ".Hosts", Values.strings(lines));
    }

    private static Json.Obj sortedResolver(Json.Obj spec) {
        Json.Obj sorted = spec;
        for (String name : new String[] {"Nameservers", "Search", "Options"}) {
            String path = CONTAINER + ".DNSConfig." + name;
            sorted = Rules.put(sorted, path,
                Rules.sorted(ServiceSpec.at(sorted, path).asArr(), "", true));
        }
        return sorted;
    }

    /// By source, then by target.
    private static Json.Obj sortedMounts(Json.Obj spec) {
        String path = CONTAINER + ".Mounts";
        Json byTarget = Rules.sorted(ServiceSpec.at(spec, path).asArr(), "Target", true);
        return Rules.put(spec, path, Rules.sorted(byTarget.asArr(), "Source", true));
    }
}

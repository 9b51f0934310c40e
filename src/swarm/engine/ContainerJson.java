package swarm.engine;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;
import swarm.model.ContainerSpec;
import swarm.model.PortConfig;

/// A container in the words of Docker's API: the body of a create, as Docker's own executor would
/// make it for a task, and what an inspect or a list says of it.
final class ContainerJson {
    private ContainerJson() { }

    /// The body of POST /containers/create.
    static Json.Obj create(EngineCall.ContainerRequest request) {
        ContainerSpec spec = request.spec();
        Json.Obj body = Json.obj().with("Image", spec.image())
                .with("Labels", texts(request.labels()))
                .with("Env", texts(spec.env()))
                .with("Tty", spec.tty()).with("OpenStdin", spec.openStdin());
        body = text(body, "Hostname", spec.hostname());
        body = text(body, "User", spec.user());
        body = text(body, "WorkingDir", spec.dir());
        body = text(body, "StopSignal", spec.stopSignal());
        body = list(body, "Entrypoint", spec.command());
        body = list(body, "Cmd", spec.args());
        if (spec.healthcheck().isPresent()) {
            body = body.with("Healthcheck", json(spec.healthcheck().get()));
        }
        if (!request.hostPorts().isEmpty()) {
            body = body.with("ExposedPorts", exposed(request.hostPorts()));
        }
        return body.with("HostConfig", hostConfig(request));
    }

    private static Json.Obj hostConfig(EngineCall.ContainerRequest request) {
        ContainerSpec spec = request.spec();
        Json.Obj host = Json.obj().with("NetworkMode", "default")
                .with("ReadonlyRootfs", spec.readOnly())
                .with("Mounts", array(spec.mounts()))
                .with("Ulimits", array(spec.ulimits()));
        host = text(host, "Isolation", spec.isolation().equals("default") ? "" : spec.isolation());
        host = list(host, "CapAdd", spec.capabilityAdd());
        host = list(host, "CapDrop", spec.capabilityDrop());
        host = list(host, "GroupAdd", spec.groups());
        host = list(host, "ExtraHosts", spec.hosts().stream().map(ContainerJson::extra).toList());
        if (!spec.sysctls().isEmpty()) {
            host = host.with("Sysctls", texts(spec.sysctls()));
        }
        if (spec.dnsConfig().isPresent()) {
            host = list(host, "Dns", spec.dnsConfig().get().nameservers());
            host = list(host, "DnsSearch", spec.dnsConfig().get().search());
            host = list(host, "DnsOptions", spec.dnsConfig().get().options());
        }
        if (spec.init().isPresent()) {
            host = host.with("Init", spec.init().get());
        }
        if (!request.hostPorts().isEmpty()) {
            host = host.with("PortBindings", bindings(request.hostPorts()));
        }
        return limits(host, request);
    }

    private static Json.Obj limits(Json.Obj host, EngineCall.ContainerRequest request) {
        Json.Obj limited = host;
        if (request.limits().isPresent()) {
            limited = limited.with("NanoCpus", request.limits().get().nanoCpus())
                    .with("Memory", request.limits().get().memoryBytes());
            if (request.limits().get().pids() > 0) {
                limited = limited.with("PidsLimit", request.limits().get().pids());
            }
        }
        if (request.logDriver().isPresent()) {
            limited = limited.with("LogConfig", Json.obj()
                    .with("Type", request.logDriver().get().name())
                    .with("Config", texts(request.logDriver().get().options())));
        }
        return limited;
    }

    /// What GET /containers/{id}/json says.
    static Container inspected(Json.Obj said) {
        Json.Obj state = said.obj("State");
        return new Container(said.str("Id"), name(said.str("Name")),
                labels(said.obj("Config").obj("Labels")), state(state.str("Status")),
                state.num("Pid"), state.num("ExitCode"), state.bool("OOMKilled"),
                state.str("Error"), time(state.str("StartedAt")), time(state.str("FinishedAt")),
                health(state.obj("Health").str("Status")),
                ports(said.obj("NetworkSettings").obj("Ports")));
    }

    /// One container of GET /containers/json, which says less: no exit code, times or error.
    static Container listed(Json.Obj said) {
        List<Json> names = said.arr("Names");
        return new Container(said.str("Id"), names.isEmpty() ? "" : name(names.getFirst().asStr()),
                labels(said.obj("Labels")), state(said.str("State")), 0, 0, false, "",
                Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    private static String name(String withSlash) {
        return withSlash.startsWith("/") ? withSlash.substring(1) : withSlash;
    }

    private static SortedMap<String, String> labels(Json.Obj said) {
        TreeMap<String, String> labels = new TreeMap<>();
        for (Map.Entry<String, Json> label : said.members().entrySet()) {
            labels.put(label.getKey(), label.getValue().asStr());
        }
        return labels;
    }

    private static Container.State state(String word) {
        return switch (word) {
            case "running" -> Container.State.RUNNING;
            case "paused" -> Container.State.PAUSED;
            case "restarting" -> Container.State.RESTARTING;
            case "removing" -> Container.State.REMOVING;
            case "exited" -> Container.State.EXITED;
            case "dead" -> Container.State.DEAD;
            case String _ -> Container.State.CREATED;
        };
    }

    private static Optional<Container.Health> health(String word) {
        return switch (word) {
            case "starting" -> Optional.of(Container.Health.STARTING);
            case "healthy" -> Optional.of(Container.Health.HEALTHY);
            case "unhealthy" -> Optional.of(Container.Health.UNHEALTHY);
            case String _ -> Optional.empty();
        };
    }

    /// Docker writes the year 1 for "never".
    private static Optional<Instant> time(String text) {
        try {
            return text.isEmpty() || text.startsWith("0001-") ? Optional.empty()
                    : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException garbled) {
            return Optional.empty();
        }
    }

    /// A port is bound once for IPv4 and once for IPv6, and shown once.
    private static List<PortConfig> ports(Json.Obj said) {
        List<PortConfig> ports = new ArrayList<>();
        for (Map.Entry<String, Json> port : said.members().entrySet()) {
            int slash = port.getKey().indexOf('/');
            for (Json bound : slash < 0 ? List.<Json>of() : port.getValue().asArr()) {
                PortConfig shown = new PortConfig("", port.getKey().substring(slash + 1),
                        number(port.getKey().substring(0, slash)),
                        number(bound.asObj().str("HostPort")),
                        Optional.of(PortConfig.PublishMode.HOST));
                if (!ports.contains(shown)) {
                    ports.add(shown);
                }
            }
        }
        return ports;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException garbled) {
            return 0;
        }
    }

    private static Json.Obj exposed(List<PortConfig> ports) {
        Json.Obj exposed = Json.obj();
        for (PortConfig port : ports) {
            exposed = exposed.with(key(port), Json.obj());
        }
        return exposed;
    }

    /// A target port may be bound to several host ports; 0 leaves the choice to the engine.
    private static Json.Obj bindings(List<PortConfig> ports) {
        Json.Obj bindings = Json.obj();
        for (PortConfig port : ports) {
            List<Json> bound = new ArrayList<>(bindings.arr(key(port)));
            String host = port.publishedPort() == 0 ? "" : Long.toString(port.publishedPort());
            bound.add(Json.obj().with("HostIp", "").with("HostPort", host));
            bindings = bindings.with(key(port), new Json.Arr(bound));
        }
        return bindings;
    }

    private static String key(PortConfig port) {
        return port.targetPort() + "/" + port.protocolOrTcp().toLowerCase(Locale.ROOT);
    }

    /// A spec has `IP name`, a container `name:IP`.
    private static String extra(String host) {
        int blank = host.indexOf(' ');
        return blank < 0 ? host
                : host.substring(blank + 1).strip() + ":" + host.substring(0, blank);
    }

    private static Json.Obj text(Json.Obj body, String name, String value) {
        return value.isEmpty() ? body : body.with(name, value);
    }

    private static Json.Obj list(Json.Obj body, String name, List<String> values) {
        return values.isEmpty() ? body : body.with(name, texts(values));
    }

    private static Json texts(List<String> values) {
        return new Json.Arr(values.stream().<Json>map(Json.Str::new).toList());
    }

    private static Json texts(SortedMap<String, String> values) {
        Json.Obj object = Json.obj();
        for (Map.Entry<String, String> value : values.entrySet()) {
            object = object.with(value.getKey(), value.getValue());
        }
        return object;
    }

    private static <R extends Record> Json array(List<R> records) {
        return new Json.Arr(records.stream().map(ContainerJson::json).toList());
    }

    private static Json json(Record value) {
        return RecordCodec.toJson(value, Audience.API);
    }
}

package swarm.cli;

import java.util.Locale;
import swarm.json.Json;

/// The value of `--mount`: `type=bind,source=/here,target=/there,readonly`.
///
/// Source: Docker's manual of `docker service create`, section on bind mounts, volumes, tmpfs.
final class Mounts {
    private static final String[] GROUPS = {"bind", "volume", "tmpfs"};

    private Mounts() {
    }

    static Json read(String text, World world) throws Failure {
        Json.Obj mount = Json.obj().with("Type", "volume");
        Json.Obj bind = Json.obj();
        Json.Obj volume = Json.obj();
        Json.Obj tmpfs = Json.obj();
        for (String field : Words.fields(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            if (equals < 0 && !isSwitch(key)) {
                throw Failure.of("invalid field '" + field + "' must be a key=value pair");
            }
            switch (key) {
                case "type" -> mount = mount.with("Type", value.toLowerCase(Locale.ROOT));
                case "source", "src" -> mount = mount.with("Source", value);
                case "target", "dst", "destination" -> mount = mount.with("Target", value);
                case "readonly", "ro" -> mount = on(mount, "ReadOnly", key, equals < 0, value);
                case "consistency" -> mount = mount.with("Consistency",
                    value.toLowerCase(Locale.ROOT));
                case "bind-propagation" -> bind = bind.with("Propagation",
                    value.toLowerCase(Locale.ROOT));
                case "bind-nonrecursive" -> bind = on(bind, "NonRecursive", key, equals < 0, value);
                case "volume-subpath" -> volume = volume.with("Subpath", value);
                case "volume-nocopy" -> volume = on(volume, "NoCopy", key, equals < 0, value);
                case "volume-label" -> volume = put(volume, "Labels", value);
                case "volume-driver" -> volume = volume.with("DriverConfig",
                    volume.obj("DriverConfig").with("Name", value));
                case "volume-opt" -> volume = volume.with("DriverConfig",
                    put(volume.obj("DriverConfig"), "Options", value));
                case "tmpfs-size" -> tmpfs = tmpfs.with("SizeBytes", size(value));
                case "tmpfs-mode" -> tmpfs = tmpfs.with("Mode", octal(value));
                default -> throw Failure.of("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        String source = mount.str("Source");
        if (mount.str("Type").equals("bind") && (source.equals(".") || source.startsWith("./"))) {
            mount = mount.with("Source", world.variable("PWD") + source.substring(1));
        }
        if (!volume.isEmpty() && volume.find("DriverConfig").isEmpty()) {
            volume = volume.with("DriverConfig", Json.obj());
        }
        return whole(mount, new Json.Obj[] {bind, volume, tmpfs});
    }

    private static Json whole(Json.Obj mount, Json.Obj[] options) throws Failure {
        String type = mount.str("Type");
        if (type.isEmpty()) {
            throw Failure.of("type is required");
        }
        if (mount.str("Target").isEmpty()) {
            throw Failure.of("target is required");
        }
        Json.Obj whole = mount;
        for (int at = 0; at < GROUPS.length; at++) {
            String group = GROUPS[at];
            if (!options[at].isEmpty() && !group.equals(type)) {
                throw Failure.of("cannot mix '" + group + "-*' options with mount type '" + type
                    + "'");
            }
            if (!options[at].isEmpty()) {
                whole = whole.with(group.substring(0, 1).toUpperCase(Locale.ROOT)
                    + group.substring(1) + "Options", options[at]);
            }
        }
        return whole;
    }

    private static boolean isSwitch(String key) {
        return key.equals("readonly") || key.equals("ro") || key.equals("volume-nocopy")
            || key.equals("bind-nonrecursive");
    }

    private static Json.Obj on(Json.Obj to, String name, String key, boolean bare, String value)
            throws Failure {
        try {
            return bare || Values.bool(value) ? to.with(name, true) : to.without(name);
        } catch (Failure noBool) {
            throw Failure.of("invalid value for " + key + ": " + value);
        }
    }

    private static Json.Obj put(Json.Obj to, String name, String pair) {
        int equals = pair.indexOf('=');
        return to.with(name, to.obj(name).with(equals < 0 ? pair : pair.substring(0, equals),
            equals < 0 ? "" : pair.substring(equals + 1)));
    }

    private static long size(String value) throws Failure {
        try {
            return Values.bytes(value);
        } catch (Failure noSize) {
            throw Failure.of("invalid value for tmpfs-size: " + value);
        }
    }

    private static long octal(String value) throws Failure {
        try {
            return Integer.parseInt(value, 8);
        } catch (NumberFormatException noMode) {
            throw Failure.of("invalid value for tmpfs-mode: " + value);
        }
    }
}

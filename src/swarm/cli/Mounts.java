package swarm.cli;

import java.util.List;
import java.util.Locale;
import swarm.json.Json;

/// The value of `--mount`: `type=bind,source=/here,target=/there,readonly`.
///
/// Source: Docker's manual of `docker service create`, section on bind mounts, volumes, tmpfs.
final class Mounts {
    /// Key, kind of value and place in the request: `=` as it is, `_` in lower case, `?` a switch,
    /// `{` a pair of a map, `#` a size, `8` an octal number.
    private static final String KEYS = """
        type _Type
        source =Source
        src =Source
        target =Target
        dst =Target
        destination =Target
        readonly ?ReadOnly
        ro ?ReadOnly
        consistency _Consistency
        bind-propagation _BindOptions.Propagation
        bind-nonrecursive ?BindOptions.NonRecursive
        volume-subpath =VolumeOptions.Subpath
        volume-nocopy ?VolumeOptions.NoCopy
        volume-label {VolumeOptions.Labels
        volume-driver =VolumeOptions.DriverConfig.Name
        volume-opt {VolumeOptions.DriverConfig.Options
        tmpfs-size #TmpfsOptions.SizeBytes
        tmpfs-mode 8TmpfsOptions.Mode
        """;

    private Mounts() {
    }

    static Json read(String text, World world) throws Failure {
        Json.Obj mount = Json.obj().with("Type", "volume");
        for (String field : Words.fields(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
            int at = ("\n" + KEYS).indexOf("\n" + key + " ");
            char kind = at < 0 ? ' ' : KEYS.charAt(at + key.length() + 1);
            if (equals < 0 && kind != '?') {
                throw Failure.of("invalid field '" + field + "' must be a key=value pair");
            } else if (at < 0) {
                throw Failure.of("unexpected key '" + key + "' in '" + field + "'");
            }
            String path = KEYS.substring(at + key.length() + 2, KEYS.indexOf('\n', at));
            String value = equals < 0 ? "true" : field.substring(equals + 1);
            mount = Rules.put(mount, path, value(kind, value, ServiceSpec.at(mount, path), key));
        }
        String source = mount.str("Source");
        boolean relative = source.equals(".") || source.startsWith("./");
        if (relative && mount.str("Type").equals("bind")) {
            mount = mount.with("Source", world.variable("PWD") + source.substring(1));
        }
        if (mount.obj("VolumeOptions").find("DriverConfig").isEmpty()
            && !mount.obj("VolumeOptions").isEmpty()) {
            mount = ServiceSpec.put(mount, "VolumeOptions.DriverConfig", Json.obj());
        }
        return checked(mount);
    }

    private static Json value(char kind, String value, Json old, String key) throws Failure {
        try {
            return switch (kind) {
                case '?' -> new Json.Bool(Values.bool(value));
                case '{' -> Rules.mapped(old.asObj(), Values.strings(List.of(value)).items());
                case '#' -> Json.Num.of(Values.bytes(value));
                case '8' -> Json.Num.of(Integer.parseInt(value, 8));
                case '_' -> new Json.Str(value.toLowerCase(Locale.ROOT));
                default -> new Json.Str(value);
            };
        } catch (Failure | NumberFormatException wrong) {
            throw Failure.of("invalid value for " + key + ": " + value);
        }
    }

    private static Json checked(Json.Obj mount) throws Failure {
        String type = mount.str("Type");
        if (type.isEmpty()) {
            throw Failure.of("type is required");
        }
        if (mount.str("Target").isEmpty()) {
            throw Failure.of("target is required");
        }
        for (String group : new String[] {"bind", "volume", "tmpfs"}) {
            String options = Functions.capital(group) + "Options";
            if (!group.equals(type) && !mount.obj(options).isEmpty()) {
                throw Failure.of("cannot mix '" + group + "-*' options with mount type '" + type
                    + "'");
            }
        }
        return mount;
    }
}

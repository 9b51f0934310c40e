package swarm.api;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import swarm.json.Json;

/// The numbers of Docker's API that cannot be negative, with the type and the Go struct that its
/// message about them names. Our records hold them as plain numbers, so they are looked at before a
/// record is made. Fields of one name are alike wherever they stand; texts are left alone, so a
/// label may be called as it likes.
final class Unsigned {
    private static final long UINT32_MAX = 0xffff_ffffL;

    private Unsigned() { }

    /// The Go struct of a field, whose name may be written in any case; none if it may be negative.
    private static String struct(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "replicas" -> "ReplicatedService";
            case "maxconcurrent", "totalcompletions" -> "ReplicatedJob";
            case "parallelism" -> "UpdateConfig";
            case "maxattempts" -> "RestartPolicy";
            case "maxreplicas" -> "Placement";
            case "forceupdate" -> "TaskSpec";
            case "targetport", "publishedport" -> "PortConfig";
            case "snapshotinterval", "keepoldsnapshots", "logentriesforslowfollowers" ->
                    "RaftConfig";
            case "forcerotate" -> "CAConfig";
            case "datapathport", "subnetsize" -> "InitRequest";
            default -> "";
        };
    }

    /// What Go says of the first number that does not fit; empty when all do.
    static Optional<String> wrong(String path, Json json) {
        return switch (json) {
            case Json.Obj object -> inObject(path, object);
            case Json.Arr array -> inArray(path, array.items());
            case Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> Optional.empty();
        };
    }

    private static Optional<String> inObject(String path, Json.Obj object) {
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            String name = member.getKey();
            String inner = path.isEmpty() ? name : path + "." + name;
            Optional<String> wrong = member.getValue() instanceof Json.Num number
                    ? wrong(inner, name, number) : wrong(inner, member.getValue());
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    /// Go does not say which item of an array it stood at.
    private static Optional<String> inArray(String path, List<Json> items) {
        for (Json item : items) {
            Optional<String> wrong = wrong(path, item);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> wrong(String path, String name, Json.Num number) {
        String struct = struct(name);
        boolean small = struct.equals("PortConfig") || struct.equals("InitRequest");
        boolean fits = !number.spelling().startsWith("-")
                && (!small || number.asNum() <= UINT32_MAX);
        return fits || struct.isEmpty() ? Optional.empty()
                : Optional.of("json: cannot unmarshal number " + number.spelling()
                        + " into Go struct field " + struct + "." + path + " of type "
                        + (small ? "uint32" : "uint64"));
    }
}

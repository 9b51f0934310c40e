package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Json;

/// Applies the rules of `ServiceFlags` to a spec: one flag, one place, one operator.
final class Rules {
    private Rules() {
    }

    /// Applies what was given, removals that come first before everything else.
    static Json.Obj apply(Json.Obj spec, Args args, boolean creates) {
        Json.Obj changed = spec;
        for (Flag flag : args.flags()) {
            if (args.has(flag.name()) && !flag.rule().isEmpty() && isEarly(flag.rule())) {
                changed = apply(changed, flag.rule(), args.all(flag.name()), creates);
            }
        }
        for (Flag flag : args.flags()) {
            if (args.has(flag.name()) && !flag.rule().isEmpty() && !isEarly(flag.rule())) {
                changed = apply(changed, flag.rule(), args.all(flag.name()), creates);
            }
        }
        return changed;
    }

    private static boolean isEarly(String rule) {
        return rule.charAt(0) == '~' || rule.charAt(0) == '}';
    }

    private static Json.Obj apply(Json.Obj spec, String rule, List<Json> given, boolean creates) {
        int slash = rule.indexOf('/');
        boolean sorts = rule.endsWith("!");
        int end = rule.length() - (sorts ? 1 : 0);
        String path = path(rule.substring(1, slash < 0 ? end : slash));
        String key = slash < 0 ? "" : rule.substring(slash + 1, end);
        Json old = ServiceSpec.at(spec, path);
        return switch (rule.charAt(0)) {
            case '=' -> ServiceSpec.put(spec, path, given.getLast());
            case '?' -> put(spec, path, given.getLast());
            case '{' -> put(spec, path, mapped(old.asObj(), given));
            case '}' -> old.isEmpty() ? spec
                : ServiceSpec.put(spec, path, unmapped(old.asObj(), given));
            case '+' -> put(spec, path,
                sorted(added(old.asArr(), given, key, creates), key, sorts));
            default -> old.isEmpty() ? spec
                : put(spec, path, sorted(without(old.asArr(), given, key), key, sorts));
        };
    }

    private static String path(String shown) {
        return shown.startsWith("C.") ? "TaskTemplate.ContainerSpec" + shown.substring(1)
            : shown.startsWith("T.") ? "TaskTemplate" + shown.substring(1) : shown;
    }

    /// Puts what is not empty, removes what is; defaults of a new object are written either way.
    static Json.Obj put(Json.Obj spec, String path, Json value) {
        boolean defaulted = path.startsWith("UpdateConfig.") || path.startsWith("RollbackConfig.")
            || path.startsWith("TaskTemplate.RestartPolicy.");
        if (!value.isEmpty() || defaulted
            && ServiceSpec.at(spec, path.substring(0, path.lastIndexOf('.'))) == Json.NULL) {
            Json.Obj changed = ServiceSpec.put(spec, path, value);
            return value.isEmpty() ? removed(changed, path) : changed;
        }
        return ServiceSpec.at(spec, path) == Json.NULL ? spec : removed(spec, path);
    }

    private static Json.Obj removed(Json.Obj spec, String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? spec.without(path) : ServiceSpec.put(spec, path.substring(0, dot),
            ServiceSpec.at(spec, path.substring(0, dot)).asObj().without(path.substring(dot + 1)));
    }

    static Json.Obj mapped(Json.Obj old, List<Json> pairs) {
        Json.Obj map = old;
        for (Json pair : pairs) {
            String text = pair.asStr();
            int equals = text.indexOf('=');
            map = map.with(equals < 0 ? text : text.substring(0, equals),
                equals < 0 ? "" : text.substring(equals + 1));
        }
        return map;
    }

    private static Json.Obj unmapped(Json.Obj old, List<Json> keys) {
        Json.Obj map = old;
        for (Json key : keys) {
            map = map.without(key.asStr());
        }
        return map;
    }

    /// An item of the same identity is replaced: in its place, or at the end in a new service.
    private static List<Json> added(List<Json> old, List<Json> given, String key, boolean creates) {
        ArrayList<Json> items = new ArrayList<>(old);
        for (Json item : given) {
            int at = key.isEmpty() ? -1 : index(items, identity(item, key), key);
            if (at >= 0 && !creates) {
                items.set(at, item);
                continue;
            }
            if (at >= 0) {
                items.remove(at);
            }
            items.add(item);
        }
        return items;
    }

    private static List<Json> without(List<Json> old, List<Json> names, String key) {
        ArrayList<Json> items = new ArrayList<>();
        for (Json item : old) {
            boolean named = false;
            for (Json name : names) {
                named |= key.isEmpty() ? item.text().equals(name.text())
                    : identity(item, key).equals(name.asStr());
            }
            if (!named) {
                items.add(item);
            }
        }
        return items;
    }

    private static int index(List<Json> items, String identity, String key) {
        for (int at = 0; at < items.size(); at++) {
            if (identity(items.get(at), key).equals(identity)) {
                return at;
            }
        }
        return -1;
    }

    private static String identity(Json item, String key) {
        String text = item.asStr();
        int equals = key.equals("=") ? text.indexOf('=') : -1;
        return equals >= 0 ? text.substring(0, equals)
            : key.isEmpty() || key.equals("=") ? text : item.asObj().str(key);
    }

    static Json sorted(List<Json> items, String key, boolean sorts) {
        ArrayList<String> keys = new ArrayList<>();
        for (Json item : items) {
            keys.add(sorts ? identity(item, key) : "");
        }
        return new Json.Arr(Natural.sorted(keys, items));
    }
}

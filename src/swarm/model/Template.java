package swarm.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The templates that Docker expands in a service's host name, environment values and mounts:
/// `{{.Service.Name}}`, `{{.Node.Platform.OS}}`, `{{index .Service.Labels "x"}}`. Of Go's template
/// language this knows fields and `index`, which is what these places are used with; anything else
/// is refused, with Go's own words where they are known. The API expands once to check a spec, the
/// agent to make the container. (swarmkit template/context.go, Go text/template)
public final class Template {
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";
    private static final String NAME = "expansion";

    private final String text;
    private final Value root;

    private Template(String text, Context context) {
        this.text = text;
        this.root = context.value();
    }

    /// What became of a text with templates in it.
    public sealed interface Expansion {
        /// The text with every template replaced.
        record Expanded(String text) implements Expansion { }

        /// The template cannot be expanded, and why, as Go says it.
        record Wrong(String message) implements Expansion { }
    }

    /// What became of a container's spec.
    public sealed interface SpecExpansion {
        /// The spec with every template replaced.
        record ExpandedSpec(ContainerSpec spec) implements SpecExpansion { }

        /// A template cannot be expanded, where and why.
        record WrongSpec(String message) implements SpecExpansion { }
    }

    /// What templates can name.
    public record Context(OfService service, OfNode node, OfTask task) {
        /// Of no task in particular: for checking a spec.
        public static final Context EMPTY = new Context(
                new OfService("", "", new TreeMap<>()),
                new OfNode("", "", new Placement.Platform("", "")), new OfTask("", "", ""));

        /// The service's part.
        public record OfService(String id, String name, SortedMap<String, String> labels) { }

        /// The node's part.
        public record OfNode(String id, String hostname, Placement.Platform platform) { }

        /// The task's part; the slot of a task without one is its node's id.
        public record OfTask(String id, String name, String slot) { }

        private Value value() {
            Value platform = new Value.Group("template.Platform", List.of(
                    new Field("Architecture", new Value.Text(node.platform.architecture())),
                    new Field("OS", new Value.Text(node.platform.os()))));
            return new Value.Group("*template.Context", List.of(
                    new Field("Service", new Value.Group(
                            "struct { ID string; Name string; Labels map[string]string }",
                            List.of(text("ID", service.id), text("Name", service.name),
                                    new Field("Labels", new Value.Labels(service.labels))))),
                    new Field("Node", new Value.Group(
                            "struct { ID string; Hostname string; Platform template.Platform }",
                            List.of(text("ID", node.id), text("Hostname", node.hostname),
                                    new Field("Platform", platform)))),
                    new Field("Task", new Value.Group(
                            "struct { ID string; Name string; Slot string }",
                            List.of(text("ID", task.id), text("Name", task.name),
                                    text("Slot", task.slot))))));
        }

        private static Field text(String name, String value) {
            return new Field(name, new Value.Text(value));
        }
    }

    private record Field(String name, Value value) { }

    /// What a path leads to.
    private sealed interface Value {
        record Text(String text) implements Value { }

        record Labels(SortedMap<String, String> labels) implements Value { }

        record Group(String type, List<Field> fields) implements Value { }

        record Missing(String message) implements Value { }

        /// As Go prints it.
        default String printed() {
            return switch (this) {
                case Text text -> text.text;
                case Labels labels -> {
                    StringBuilder out = new StringBuilder("map[");
                    labels.labels.forEach((key, value) -> out.append(out.length() > 4 ? " " : "")
                            .append(key).append(':').append(value));
                    yield out.append(']').toString();
                }
                case Group group -> {
                    StringBuilder out = new StringBuilder("{");
                    for (Field field : group.fields) {
                        out.append(out.length() > 1 ? " " : "").append(field.value.printed());
                    }
                    yield out.append('}').toString();
                }
                case Missing missing -> missing.message;
            };
        }
    }

    /// Expands one text.
    public static Expansion expand(String text, Context context) {
        return text.contains(OPEN) ? new Template(text, context).expand()
                : new Expansion.Expanded(text);
    }

    /// Expands the places of a spec that may have templates.
    public static SpecExpansion expand(ContainerSpec spec, Context context) {
        Places places = new Places(context);
        List<String> env = new ArrayList<>();
        for (String entry : spec.env()) {
            env.add(places.env(entry));
        }
        places.enter("expanding mounts failed: ");
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : spec.mounts()) {
            mounts.add(places.mount(mount));
        }
        places.enter("expanding hostname failed: ");
        String hostname = places.text("", spec.hostname());
        return places.wrong.<SpecExpansion>map(SpecExpansion.WrongSpec::new).orElseGet(() ->
                new SpecExpansion.ExpandedSpec(spec.expanded(hostname, env, mounts)));
    }

    private Expansion expand() {
        StringBuilder out = new StringBuilder();
        int at = 0;
        int open = text.indexOf(OPEN);
        while (open >= 0) {
            out.append(text, at, open);
            int close = text.indexOf(CLOSE, open);
            if (close < 0) {
                return parseError(open, "unclosed action");
            }
            switch (action(open + OPEN.length(), close)) {
                case Expansion.Wrong wrong -> {
                    return wrong;
                }
                case Expansion.Expanded expanded -> out.append(expanded.text());
            }
            at = close + CLOSE.length();
            open = text.indexOf(OPEN, at);
        }
        return new Expansion.Expanded(out.append(text, at, text.length()).toString());
    }

    private Expansion action(int from, int to) {
        List<Word> words = words(from, to);
        if (words.isEmpty()) {
            return parseError(from, "missing value for command");
        }
        Word first = words.getFirst();
        if (first.text.equals("index")) {
            return index(words);
        }
        if (!first.text.startsWith(".")) {
            return parseError(from, "function \"" + first.text + "\" not defined");
        }
        if (words.size() > 1) {
            return parseError(from, "unexpected " + words.get(1).text + " after a field");
        }
        return printed(first, at(first));
    }

    private Expansion index(List<Word> words) {
        if (words.size() != 3 || !words.get(1).text.startsWith(".")
                || !words.get(2).text.startsWith("\"")) {
            return parseError(words.getFirst().at, "index takes a field and a quoted key");
        }
        String quoted = words.get(2).text;
        String key = quoted.substring(1, quoted.length() - 1);
        return switch (at(words.get(1))) {
            case Value.Labels labels ->
                    new Expansion.Expanded(labels.labels.getOrDefault(key, ""));
            case Value.Missing missing -> printed(words.get(1), missing);
            case Value.Text _, Value.Group _ -> runError(words.get(1),
                    "error calling index: can't index item");
        };
    }

    private Expansion printed(Word word, Value value) {
        return switch (value) {
            case Value.Missing missing -> runError(word, missing.message);
            case Value.Text _, Value.Labels _, Value.Group _ ->
                    new Expansion.Expanded(value.printed());
        };
    }

    private Value at(Word path) {
        Value here = root;
        for (String name : path.text.substring(1).split("\\.", -1)) {
            if (!(path.text.length() == 1)) {
                here = below(here, name);
            }
        }
        return here;
    }

    private static Value below(Value value, String name) {
        return switch (value) {
            case Value.Group group -> group.fields.stream()
                    .filter(field -> field.name.equals(name)).map(Field::value).findFirst()
                    .orElseGet(() -> cannot(name, group.type));
            case Value.Labels labels -> labels.labels.containsKey(name)
                    ? new Value.Text(labels.labels.get(name))
                    : new Value.Missing("map has no entry for key \"" + name + "\"");
            case Value.Text _ -> cannot(name, "string");
            case Value.Missing missing -> missing;
        };
    }

    private static Value cannot(String name, String type) {
        return new Value.Missing("can't evaluate field " + name + " in type " + type);
    }

    private Expansion parseError(int at, String message) {
        long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
        return new Expansion.Wrong("template: " + NAME + ":" + line + ": " + message);
    }

    /// Go names the byte at which the second field of a path starts, or the first if it is alone.
    private Expansion runError(Word word, String message) {
        int second = word.text.indexOf('.', 1);
        int at = word.at + Math.max(second, 0);
        long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
        int column = at - (text.lastIndexOf('\n', at) + 1);
        return new Expansion.Wrong("template: " + NAME + ":" + line + ":" + column
                + ": executing \"" + NAME + "\" at <" + word.text + ">: " + message);
    }

    private record Word(String text, int at) { }

    private List<Word> words(int from, int to) {
        List<Word> words = new ArrayList<>();
        int at = from;
        while (at < to) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
                continue;
            }
            int end = wordEnd(at, to);
            words.add(new Word(text.substring(at, end), at));
            at = end;
        }
        return words;
    }

    private int wordEnd(int from, int to) {
        boolean quoted = text.charAt(from) == '"';
        int at = from + 1;
        while (at < to && (quoted ? text.charAt(at) != '"'
                : !Character.isWhitespace(text.charAt(at)))) {
            at++;
        }
        return quoted && at < to ? at + 1 : at;
    }

    /// Expands the texts of one spec in turn and remembers the first that was wrong.
    private static final class Places {
        private final Context context;

        /// What is being expanded, in the words of an error; moved on by [#enter].
        private String place = "expanding env failed: ";

        /// The first error; absent while there is none.
        private Optional<String> wrong = Optional.empty();

        Places(Context context) {
            this.context = context;
        }

        void enter(String name) {
            place = name;
        }

        String text(String what, String text) {
            return switch (expand(text, context)) {
                case Expansion.Expanded expanded -> expanded.text();
                case Expansion.Wrong bad -> {
                    wrong = wrong.or(() -> Optional.of(place + what + bad.message()));
                    yield text;
                }
            };
        }

        /// Values have templates, names have not.
        String env(String entry) {
            int equals = entry.indexOf('=');
            return equals < 0 ? entry : entry.substring(0, equals + 1)
                    + text("expanding env \"" + entry + "\": ", entry.substring(equals + 1));
        }

        Mount mount(Mount mount) {
            return mount.between(
                    text("expanding mount source \"" + mount.source() + "\": ", mount.source()),
                    text("expanding mount target \"" + mount.target() + "\": ", mount.target()));
        }
    }
}

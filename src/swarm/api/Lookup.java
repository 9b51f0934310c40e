package swarm.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.store.View;

/// Which object a client means by a text: by its whole id, else by its name, else by the beginning
/// of its id when that is not shared.
public sealed interface Lookup<T> {
    /// This one.
    record Found<T>(T object) implements Lookup<T> { }

    /// None, or not one alone.
    record Missed<T>(ApiAnswer answer) implements Lookup<T> { }

    /// The answer made of the object, or the one that says that it is missed.
    default <R> R fold(Function<T, R> found, Function<ApiAnswer, R> missed) {
        return switch (this) {
            case Found<T>(T object) -> found.apply(object);
            case Missed<T>(ApiAnswer answer) -> missed.apply(answer);
        };
    }

    /// A node; its name is its host name, which several may have.
    static Lookup<Node> node(View view, String text) {
        Optional<Node> byId = view.node(new NodeId(text));
        List<Node> named = view.nodes().stream()
                .filter(node -> node.description().hostname().equalsIgnoreCase(text)).toList();
        return byId.<Lookup<Node>>map(Found::new).orElseGet(() ->
                one("node", text, named.isEmpty() ? begun(view.nodes(), text, Node::key) : named));
    }

    /// A service.
    static Lookup<Service> service(View view, String text) {
        return view.service(new ServiceId(text)).or(() -> view.serviceNamed(text))
                .<Lookup<Service>>map(Found::new).orElseGet(() ->
                        one("service", text, begun(view.services(), text, Service::key)));
    }

    /// A task; its name is its container's.
    static Lookup<Task> task(View view, String text) {
        Optional<Task> named = text.contains(".")
                ? view.tasks().stream().filter(t -> t.containerName().equals(text)).findFirst()
                : Optional.empty();
        return view.task(new TaskId(text)).or(() -> named).<Lookup<Task>>map(Found::new)
                .orElseGet(() -> one("task", text, begun(view.tasks(), text, Task::key)));
    }

    private static <T> List<T> begun(List<T> all, String text, Function<T, String> key) {
        return all.stream().filter(object -> key.apply(object).startsWith(text)).toList();
    }

    private static <T> Lookup<T> one(String kind, String text, List<T> matches) {
        return switch (matches.size()) {
            case 0 -> new Missed<>(Messages.notFound(kind, text));
            case 1 -> new Found<>(matches.getFirst());
            default -> new Missed<>(ApiAnswer.error(400, kind + " " + text + " is ambiguous ("
                    + matches.size() + " matches found)"));
        };
    }
}

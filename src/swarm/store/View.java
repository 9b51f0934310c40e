package swarm.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import swarm.model.Cluster;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.StoredObject;
import swarm.model.Task;
import swarm.model.TaskId;

/// The whole replicated state after some log entry, immutable: who holds one may read it for as
/// long as he likes, on any thread. Lists come in the order of ids. Every object stands in the
/// table of its kind; tasks stand in two more, by service and by node, and services by name.
public final class View {
    private static final String AFTER_SEPARATOR = "0";
    private static final String SEPARATOR = "/";

    private final long index;
    private final Optional<Cluster> cluster;
    private final Table<String, Node> nodes;
    private final Table<String, Service> services;
    private final Table<String, Service> servicesByName;
    private final Table<String, Task> tasks;
    private final Table<String, Task> tasksByService;
    private final Table<String, Task> tasksByNode;
    private final Answers answers;

    private View(long index, Tables tables, Answers answers) {
        this.index = index;
        this.cluster = tables.cluster;
        this.nodes = tables.nodes;
        this.services = tables.services;
        this.servicesByName = tables.servicesByName;
        this.tasks = tables.tasks;
        this.tasksByService = tables.tasksByService;
        this.tasksByNode = tables.tasksByNode;
        this.answers = answers;
    }

    /// Before the first entry.
    public static View empty() {
        return new View(0, new Tables(), Answers.none());
    }

    /// The log index of the last entry in it.
    public long index() {
        return index;
    }

    /// The swarm; absent until the entry that makes it is applied.
    public Optional<Cluster> cluster() {
        return cluster;
    }

    /// A node by id.
    public Optional<Node> node(NodeId id) {
        return nodes.find(id.text());
    }

    /// All nodes.
    public List<Node> nodes() {
        return nodes.values();
    }

    /// A service by id.
    public Optional<Service> service(ServiceId id) {
        return services.find(id.text());
    }

    /// A service by name; upper and lower case are the same name.
    public Optional<Service> serviceNamed(String name) {
        return servicesByName.find(name.toLowerCase(Locale.ROOT));
    }

    /// All services.
    public List<Service> services() {
        return services.values();
    }

    /// A task by id.
    public Optional<Task> task(TaskId id) {
        return tasks.find(id.text());
    }

    /// All tasks.
    public List<Task> tasks() {
        return tasks.values();
    }

    /// How many tasks there are.
    public int taskCount() {
        return tasks.size();
    }

    /// The tasks of a service, dead ones too.
    public List<Task> tasksOf(ServiceId id) {
        return tasksByService.between(id.text() + SEPARATOR, id.text() + AFTER_SEPARATOR);
    }

    /// The tasks placed on a node, dead ones too.
    public List<Task> tasksOn(NodeId id) {
        return tasksByNode.between(id.text() + SEPARATOR, id.text() + AFTER_SEPARATOR);
    }

    /// What became of a client's write.
    public Optional<Outcome> answer(String requestId) {
        return answers.find(requestId);
    }

    /// The answers that are kept.
    Answers answers() {
        return answers;
    }

    /// An object by kind and id.
    Optional<? extends StoredObject> find(StoredObject.Kind kind, String key) {
        return switch (kind) {
            case CLUSTER -> cluster.filter(c -> c.key().equals(key));
            case NODE -> nodes.find(key);
            case SERVICE -> services.find(key);
            case TASK -> tasks.find(key);
        };
    }

    /// Whether another object of the kind has the name.
    boolean nameTaken(StoredObject object) {
        return switch (object) {
            case Service service -> serviceNamed(service.spec().name())
                    .filter(other -> !other.id().equals(service.id())).isPresent();
            case Cluster _, Node _, Task _ -> false;
        };
    }

    /// A copy to change.
    Tables tables() {
        return new Tables(this);
    }

    /// The view with changed tables after an entry.
    View after(long entry, Tables tables, Answers answers) {
        return new View(entry, tables, answers);
    }

    /// The tables while an entry is applied. Every field is replaced by its changed copy; the view
    /// it came from stays as it was.
    static final class Tables {
        /// The swarm, once it is made.
        private Optional<Cluster> cluster = Optional.empty();
        /// By id.
        private Table<String, Node> nodes = Table.empty();
        /// By id; always the same services as by name.
        private Table<String, Service> services = Table.empty();
        /// By name in lower case.
        private Table<String, Service> servicesByName = Table.empty();
        /// By id; always the same tasks as by service.
        private Table<String, Task> tasks = Table.empty();
        /// By service id, a slash and task id.
        private Table<String, Task> tasksByService = Table.empty();
        /// By node id, a slash and task id; only tasks that are placed.
        private Table<String, Task> tasksByNode = Table.empty();

        Tables() { }

        private Tables(View view) {
            cluster = view.cluster;
            nodes = view.nodes;
            services = view.services;
            servicesByName = view.servicesByName;
            tasks = view.tasks;
            tasksByService = view.tasksByService;
            tasksByNode = view.tasksByNode;
        }

        /// Puts an object in; one of the same id must have been removed before.
        void put(StoredObject object) {
            switch (object) {
                case Cluster c -> cluster = Optional.of(c);
                case Node n -> nodes = nodes.with(n.key(), n);
                case Service s -> {
                    services = services.with(s.key(), s);
                    servicesByName = servicesByName.with(nameOf(s), s);
                }
                case Task t -> {
                    tasks = tasks.with(t.key(), t);
                    tasksByService = tasksByService.with(ofService(t), t);
                    if (t.nodeId().isPresent()) {
                        tasksByNode = tasksByNode.with(onNode(t), t);
                    }
                }
            }
        }

        /// Takes an object out.
        void remove(StoredObject object) {
            switch (object) {
                case Cluster _ -> cluster = Optional.empty();
                case Node n -> nodes = nodes.without(n.key());
                case Service s -> {
                    services = services.without(s.key());
                    servicesByName = servicesByName.without(nameOf(s));
                }
                case Task t -> {
                    tasks = tasks.without(t.key());
                    tasksByService = tasksByService.without(ofService(t));
                    if (t.nodeId().isPresent()) {
                        tasksByNode = tasksByNode.without(onNode(t));
                    }
                }
            }
        }

        private static String nameOf(Service service) {
            return service.spec().name().toLowerCase(Locale.ROOT);
        }

        private static String ofService(Task task) {
            return task.serviceId().text() + SEPARATOR + task.key();
        }

        private static String onNode(Task task) {
            return task.nodeId().orElseThrow().text() + SEPARATOR + task.key();
        }
    }
}

package sim;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.model.ContainerSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.RestartPolicy;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskSpec;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.Version;

/// The swarm's objects with everything left out that a test does not care for.
public final class Objects {
    private Objects() { }

    public static Node node(String id, Node.State state) {
        return new Node(new NodeId(id), Version.NONE, Instant.EPOCH, Instant.EPOCH,
                new Node.Spec("", new TreeMap<>(), Node.Role.WORKER, Node.Availability.ACTIVE),
                Node.Description.UNSAID, new Node.Status(state, "", ""), Optional.empty());
    }

    /// A task of the service `web`, placed on a node and wanted to run.
    public static Task task(String id, String node, String... args) {
        return task(id, node, container("busybox", args), RestartPolicy.UNSAID);
    }

    public static Task task(String id, String node, ContainerSpec container,
            RestartPolicy restart) {
        TaskSpec spec = new TaskSpec(Optional.of(container), Optional.empty(),
                Optional.of(restart), Optional.empty(), Optional.empty(), 0, "container");
        return new Task(new TaskId(id), Version.NONE, Instant.EPOCH, Instant.EPOCH,
                new TreeMap<>(), spec, new ServiceId("service"), 1,
                Optional.of(new NodeId(node)), TaskStatus.of(Instant.EPOCH, TaskState.ASSIGNED,
                        "scheduler assigned task to node"), TaskState.RUNNING, Optional.empty(),
                "web", new TreeMap<>(), Optional.empty(), new Version(1));
    }

    public static ContainerSpec container(String image, String... args) {
        return new ContainerSpec(image, new TreeMap<>(), List.of(), List.of(args), "", List.of(),
                "", "", List.of(), "", false, false, false, List.of(), Optional.empty(),
                Optional.empty(), List.of(), Optional.empty(), "", Optional.empty(),
                new TreeMap<>(), List.of(), List.of(), List.of(), "");
    }
}

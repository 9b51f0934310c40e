package swarm.scheduler;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import swarm.model.Constraint;
import swarm.model.ConstraintMatch;
import swarm.model.Mount;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Task;
import swarm.model.TaskSpec;

/// What can keep a task from a node, in the order in which it is tried; the first that fails is
/// what is told of the node. (swarmkit manager/scheduler/filter.go)
sealed interface Filter {
    /// All of them for one task's spec, constraints parsed once.
    static List<Filter> of(Task task) {
        return List.of(new Ready(), new Enough(), new Plugins(volumeDrivers(task),
                        task.spec().logDriver().map(TaskSpec.LogDriver::name)
                                .filter(name -> !name.isEmpty() && !name.equals("none"))),
                new Constraints(task.spec().constraints().stream()
                        .map(ConstraintMatch::parsed).flatMap(Optional::stream).toList()),
                new Platforms(task.spec().placementOrAnywhere().platforms()), new HostPort(),
                new MaxReplicas(task.spec().placementOrAnywhere().maxReplicas()));
    }

    /// Whether the task may run there.
    boolean admits(NodeInfo node, Task task);

    /// Why it may not, on so many nodes.
    String explain(int nodes);

    /// The node is heard and takes new tasks.
    record Ready() implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            return node.node().schedulable();
        }

        @Override public String explain(int nodes) {
            return counted(nodes) + " not available for new tasks";
        }
    }

    /// What the task reserves is free.
    record Enough() implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            return node.free().holds(task.spec().reservations());
        }

        @Override public String explain(int nodes) {
            return "insufficient resources on " + counted(nodes);
        }
    }

    /// The node's engine has the drivers that the task names. An engine that tells of no log
    /// drivers at all is taken to have them.
    record Plugins(List<String> volumes, Optional<String> log) implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            boolean logs = log.isEmpty() || has(node, "Log", log.get())
                    || plugins(node, "Log").isEmpty();
            return logs && volumes.stream().allMatch(name -> has(node, "Volume", name));
        }

        @Override public String explain(int nodes) {
            return "missing plugin on " + counted(nodes);
        }

        private static boolean has(NodeInfo node, String type, String name) {
            return plugins(node, type).stream().map(Node.Plugin::name)
                    .anyMatch(own -> own.equals(name) || own.equals(name + ":latest"));
        }

        private static List<Node.Plugin> plugins(NodeInfo node, String type) {
            return node.node().description().engine().plugins().stream()
                    .filter(plugin -> plugin.type().equals(type)).toList();
        }
    }

    /// The node is what the task asks for.
    record Constraints(List<Constraint> constraints) implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            return constraints.stream().allMatch(c -> ConstraintMatch.holds(c, node.node()));
        }

        @Override public String explain(int nodes) {
            return "scheduling constraints not satisfied on " + counted(nodes);
        }
    }

    /// The image runs on this kind of machine; x86_64 and amd64 are one, as are aarch64 and arm64.
    record Platforms(List<Placement.Platform> platforms) implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            Placement.Platform own = node.node().description().platform();
            return platforms.isEmpty() || platforms.stream().anyMatch(p -> fits(p, own));
        }

        @Override public String explain(int nodes) {
            return "unsupported platform on " + counted(nodes);
        }

        private static boolean fits(Placement.Platform wanted, Placement.Platform own) {
            boolean os = wanted.os().isEmpty() || wanted.os().equals(own.os());
            return os && (wanted.architecture().isEmpty()
                    || common(wanted.architecture()).equals(common(own.architecture())));
        }

        private static String common(String architecture) {
            return switch (architecture.toLowerCase(Locale.ROOT)) {
                case "x86_64" -> "amd64";
                case "aarch64" -> "arm64";
                case String other -> other;
            };
        }
    }

    /// No other task has the port.
    record HostPort() implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            return !node.portTaken(task);
        }

        @Override public String explain(int nodes) {
            return "host-mode port already in use on " + counted(nodes);
        }
    }

    /// The service has not as many tasks there as it may; 0 says no limit.
    record MaxReplicas(long most) implements Filter {
        @Override public boolean admits(NodeInfo node, Task task) {
            return most == 0 || node.activeOf(task.serviceId()) < most;
        }

        @Override public String explain(int nodes) {
            return "max replicas per node limit exceed";
        }
    }

    private static List<String> volumeDrivers(Task task) {
        return task.spec().containerSpec().stream()
                .flatMap(container -> container.mounts().stream())
                .filter(mount -> mount.type().equals(Optional.of(Mount.Type.VOLUME)))
                .flatMap(mount -> mount.volumeOptions().stream())
                .flatMap(options -> options.driverConfig().stream())
                .map(Mount.DriverConfig::name)
                .filter(name -> !name.isEmpty() && !name.equals("local")).toList();
    }

    private static String counted(int nodes) {
        return nodes == 1 ? "1 node" : nodes + " nodes";
    }
}

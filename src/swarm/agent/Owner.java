package swarm.agent;

import swarm.engine.Container;
import swarm.model.NodeId;

/// The labels by which we know our own containers. One without the owner's label, or with
/// another's (several daemons may share one engine), is never touched.
public final class Owner {
    /// Names the node that owns a container.
    public static final String LABEL = "io.swarm.owner";

    /// Which run of its task a container is; absent for the first.
    static final String RUN = "io.swarm.run";

    /// Docker's label with the task's id.
    static final String TASK = "com.docker.swarm.task.id";

    private Owner() { }

    /// The owner label's value.
    public static String of(String clusterId, NodeId node) {
        return clusterId + "/" + node.text();
    }

    /// The run that a container belongs to.
    static long run(Container container) {
        String run = container.labels().getOrDefault(RUN, "");
        boolean number = !run.isEmpty() && run.length() < 10
                && run.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return number ? Long.parseLong(run) : 0;
    }
}

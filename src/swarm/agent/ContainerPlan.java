package swarm.agent;

import java.util.SortedMap;
import java.util.TreeMap;
import swarm.engine.EngineCall.ContainerRequest;
import swarm.model.ContainerSpec;
import swarm.model.EndpointSpec;
import swarm.model.Placement;
import swarm.model.ResourceRequirements;
import swarm.model.Task;
import swarm.model.Template;

/// What the container of a task is to be made from: its name, its spec with the templates expanded,
/// Docker's labels and ours. (Docker's executor, as seen in the containers it makes)
sealed interface ContainerPlan {
    /// It can be made from this.
    record Ready(ContainerRequest request) implements ContainerPlan { }

    /// A template cannot be expanded, and why.
    record Wrong(String message) implements ContainerPlan { }

    /// The plan for a run of a task on this node.
    static ContainerPlan of(Task task, long run, AgentConfig self, Placement.Platform platform) {
        return switch (Template.expand(task.spec().container(), context(task, self, platform))) {
            case Template.SpecExpansion.WrongSpec wrong -> new Wrong(wrong.message());
            case Template.SpecExpansion.ExpandedSpec expanded ->
                    new Ready(request(task, run, self, expanded.spec()));
        };
    }

    private static ContainerRequest request(Task task, long run, AgentConfig self,
            ContainerSpec spec) {
        return new ContainerRequest(task.containerName(), spec, labels(task, run, self),
                task.spec().resources().flatMap(ResourceRequirements::limits),
                task.spec().logDriver(),
                task.endpoint().orElse(EndpointSpec.UNSAID).hostPorts());
    }

    private static SortedMap<String, String> labels(Task task, long run, AgentConfig self) {
        SortedMap<String, String> labels = new TreeMap<>(task.spec().container().labels());
        labels.put("com.docker.swarm.node.id", self.node().text());
        labels.put("com.docker.swarm.service.id", task.serviceId().text());
        labels.put("com.docker.swarm.service.name", task.serviceName());
        labels.put("com.docker.swarm.task", "");
        labels.put(Owner.TASK, task.id().text());
        labels.put("com.docker.swarm.task.name", task.containerName());
        labels.put(Owner.LABEL, Owner.of(self.clusterId(), self.node()));
        if (run > 0) {
            labels.put(Owner.RUN, Long.toString(run));
        }
        return labels;
    }

    private static Template.Context context(Task task, AgentConfig self,
            Placement.Platform platform) {
        String slot = task.slot() > 0 ? Long.toString(task.slot()) : self.node().text();
        return new Template.Context(
                new Template.Context.OfService(task.serviceId().text(), task.serviceName(),
                        task.serviceLabels()),
                new Template.Context.OfNode(self.node().text(), self.hostname(), platform),
                new Template.Context.OfTask(task.id().text(), task.containerName(), slot));
    }
}

package swarm.orchestrator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Resources;
import swarm.model.ServiceId;
import swarm.model.ServiceSpec;
import swarm.model.Task;
import swarm.model.TaskState;
import swarm.scheduler.Lab;
import swarm.store.Change;

/// Tasks on nodes that no longer fit them. (swarmkit manager/orchestrator/constraintenforcer)
final class EnforcerTest {
    private static final long MIB = 1L << 20;
    private final Lab lab = Labs.all();
    private final NodeId node = lab.node("n1");

    private static ServiceSpec spec(String constraint) {
        return Lab.replicated("web", 1, Labs.template("i", "")
                + ",'Placement':{'Constraints':['" + constraint + "']}", "");
    }

    private void describe(long cpus, long memory) {
        Node row = lab.view.node(node).orElseThrow();
        Node.Description said = row.description();
        lab.write(new Change.Update(row.withDescription(new Node.Description(said.hostname(),
                said.platform(), new Resources(cpus * 1_000_000_000L, memory), said.engine(),
                said.tlsInfo()))));
    }

    private void promote() {
        Node row = lab.view.node(node).orElseThrow();
        lab.write(new Change.Update(row.withSpec(new Node.Spec("", new TreeMap<>(),
                Node.Role.MANAGER, row.spec().availability()))));
    }

    @Test void taskThatNeedsAWorkerIsRejectedOnAManager() {
        ServiceId web = lab.service("web", spec("node.role == worker"));
        lab.obey();
        Task task = lab.tasks(web).getFirst();
        promote();
        Task after = lab.now(task);
        assertEquals(TaskState.REJECTED, after.state());
        assertEquals("task rejected by constraint enforcer", after.status().message());
        assertEquals("assigned node no longer meets constraints", after.status().err());
        assertEquals(TaskState.SHUTDOWN, after.desiredState());
        assertEquals(1, lab.wanted(web).size());
    }

    @Test void theServicesConstraintsCountAndNotTheTasksOlderOnes() {
        ServiceId web = lab.service("web", spec("node.role == worker"));
        lab.obey();
        List<Task> before = lab.tasks(web);
        lab.update(web, spec("node.role != other"));
        promote();
        assertEquals(before, lab.tasks(web));
    }

    @Test void pausedNodesAreLeftAlone() {
        ServiceId web = lab.service("web", spec("node.role == worker"));
        lab.obey();
        lab.become(node, Node.Availability.PAUSE);
        List<Task> before = lab.tasks(web);
        promote();
        assertEquals(before, lab.tasks(web));
        lab.become(node, Node.Availability.ACTIVE);
        assertEquals(TaskState.REJECTED, lab.now(before.getFirst()).state());
    }

    @Test void youngestIsRejectedWhenTheNodeShrinks() {
        String memory = Labs.template("i", "") + ",'Resources':{'Reservations':"
                + "{'MemoryBytes':" + 100 * MIB + "}}";
        ServiceId old = lab.service("old", 1, memory);
        lab.obey();
        lab.now++;
        ServiceId young = lab.service("young", 1, memory);
        ServiceId small = lab.service("small", 1, Labs.template("i", ""));
        lab.obey();
        describe(4, 150 * MIB);
        assertEquals(TaskState.RUNNING, lab.tasks(old).getFirst().state());
        assertEquals(TaskState.REJECTED, lab.tasks(young).getFirst().state());
        assertEquals(TaskState.RUNNING, lab.tasks(small).getFirst().state());
    }

    @Test void nodesAreLookedAtWhenALeaderStarts() {
        ServiceId web = lab.service("web", spec("node.role == worker"));
        lab.obey();
        Node row = lab.view.node(node).orElseThrow();
        lab.apply(new Change.Update(row.withSpec(new Node.Spec("", new TreeMap<>(),
                Node.Role.MANAGER, row.spec().availability()))));
        lab.lead();
        assertTrue(lab.tasks(web).stream().anyMatch(t -> t.state() == TaskState.REJECTED));
    }
}

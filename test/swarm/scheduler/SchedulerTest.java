package swarm.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.EndpointSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Resources;
import swarm.model.Service;
import swarm.model.ServiceId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;
import swarm.model.Version;
import swarm.store.Change;

/// Where tasks go, and what is said of those that go nowhere. (swarmkit manager/scheduler)
final class SchedulerTest {
    private static final long MIB = 1L << 20;
    private final Lab lab = new Lab(() -> List.of(new Scheduler()));
    /// How many tasks were made; gives them ids.
    private int made;

    private Task made(ServiceId service, Optional<NodeId> node) {
        Service of = lab.view.service(service).orElseThrow();
        made++;
        return new Task(new TaskId("t" + (10_000 + made)), Version.NONE, lab.wall(), lab.wall(),
                new TreeMap<>(), of.spec().taskTemplate(), service, node.isPresent() ? 0 : made,
                node, TaskStatus.of(lab.wall(), TaskState.PENDING, "pending task scheduling"),
                TaskState.RUNNING, Optional.empty(), service.text(), new TreeMap<>(),
                Optional.of(of.spec().endpoint()), of.specVersion());
    }

    private Task add(ServiceId service) {
        Task task = made(service, Optional.empty());
        lab.write(new Change.Create(task));
        return lab.now(task);
    }

    /// Several in one command.
    private void add(ServiceId service, int count) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(new Change.Create(made(service, Optional.empty())));
        }
        lab.write(changes.toArray(new Change[0]));
    }

    private ServiceId service(String name, String template) {
        return lab.service(name, 0, template);
    }

    private long on(NodeId node) {
        return lab.view.tasksOn(node).stream().filter(task -> !task.state().terminal()).count();
    }

    private String err(Task task) {
        return lab.now(task).status().err();
    }

    private NodeId node(String name, long memoryMib, String... labels) {
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return lab.node(name, map, new Resources(4_000_000_000L, memoryMib * MIB));
    }

    private static String reserve(long mib) {
        return "'Resources':{'Reservations':{'MemoryBytes':" + mib * MIB + "}}";
    }

    @Test void placedTaskSaysSo() {
        lab.node("n1");
        Task task = add(service("web", ""));
        assertEquals(TaskState.ASSIGNED, task.state());
        assertEquals("scheduler assigned task to node", task.status().message());
        assertEquals(Optional.of(new NodeId("n1")), task.nodeId());
    }

    @Test void withoutNodesATaskWaitsAndTheFirstNodeTakesIt() {
        Task task = add(service("web", ""));
        assertEquals("no suitable node", err(task));
        assertEquals(TaskState.PENDING, task.state());
        lab.node("n1");
        assertEquals(TaskState.ASSIGNED, lab.now(task).state());
        assertEquals("", err(task));
    }

    @Test void tasksGoToIdleNodesFirst() {
        NodeId n1 = lab.node("n1");
        ServiceId web = service("web", "");
        add(web);
        NodeId n2 = lab.node("n2");
        NodeId n3 = lab.node("n3");
        add(web, 2);
        assertEquals(List.of(1L, 1L, 1L), List.of(on(n1), on(n2), on(n3)));
    }

    @Test void onlyReadyActiveNodesAreUsedAndEachAgainWhenItIsBack() {
        NodeId n1 = lab.node("n1");
        NodeId n2 = lab.node("n2");
        ServiceId web = service("web", "");
        lab.become(n1, Node.State.DOWN);
        lab.become(n2, Node.Availability.PAUSE);
        Task task = add(web);
        assertEquals("no suitable node (2 nodes not available for new tasks)", err(task));
        lab.become(n1, Node.State.READY);
        assertEquals(1, on(n1));
        lab.become(n2, Node.Availability.ACTIVE);
        add(web);
        assertEquals(1, on(n2));
        lab.write(Change.Delete.of(lab.view.node(n2).orElseThrow()));
        add(web);
        assertEquals(2, on(n1));
    }

    @Test void serviceIsSpreadEvenWhereTotalsDiffer() {
        NodeId n1 = lab.node("n1");
        ServiceId busy = service("busy", "");
        add(busy, 6);
        NodeId n2 = lab.node("n2");
        add(service("web", ""), 4);
        assertEquals(List.of(8L, 2L), List.of(on(n1), on(n2)));
    }

    @Test void preassignedTaskIsOnlyConfirmed() {
        lab.node("n0");
        NodeId n1 = lab.node("n1");
        ServiceId web = service("web", reserve(100));
        Task task = made(web, Optional.of(n1));
        lab.write(new Change.Create(task));
        assertEquals("scheduler confirmed task can run on preassigned node",
                lab.now(task).status().message());
        lab.become(n1, Node.Availability.PAUSE);
        Task second = made(web, Optional.of(n1));
        lab.write(new Change.Create(second));
        assertEquals("no suitable node (1 node not available for new tasks)", err(second));
    }

    @Test void reasonsAreCountedAndTheMostCommonComesFirst() {
        lab.become(node("n1", 50), Node.State.DOWN);
        lab.become(node("n2", 50), Node.State.DOWN);
        node("n3", 50);
        Task task = add(service("web", reserve(100)));
        assertEquals("no suitable node (2 nodes not available for new tasks; "
                + "insufficient resources on 1 node)", err(task));
        assertEquals(TaskState.PENDING, task.state());
    }

    @Test void reservationsAreFreedByTheEndOfATask() {
        node("n1", 150);
        ServiceId web = service("web", reserve(100));
        Task first = add(web);
        Task second = add(web);
        assertEquals("no suitable node (insufficient resources on 1 node)", err(second));
        lab.report(first, TaskState.RUNNING);
        assertEquals(TaskState.PENDING, lab.now(second).state());
        lab.report(first, TaskState.FAILED);
        assertEquals(TaskState.ASSIGNED, lab.now(second).state());
    }

    @Test void reservationsAreKnownToANewLeader() {
        node("n1", 150);
        ServiceId web = service("web", reserve(100));
        add(web);
        lab.lead();
        assertEquals(TaskState.PENDING, add(web).state());
        lab.write(Change.Delete.of(lab.tasks(web).getFirst()));
        assertEquals(TaskState.ASSIGNED, lab.tasks(web).getFirst().state());
    }

    @Test void deadTaskReservesNothing() {
        node("n1", 150);
        ServiceId web = service("web", reserve(100));
        lab.report(add(web), TaskState.FAILED);
        lab.lead();
        assertEquals(TaskState.ASSIGNED, add(web).state());
    }

    @Test void resourcesBeatBalance() {
        NodeId n1 = node("n1", 100);
        ServiceId busy = service("busy", "");
        NodeId n2 = node("n2", 1_000);
        lab.become(n1, Node.Availability.PAUSE);
        add(busy, 3);
        lab.become(n1, Node.Availability.ACTIVE);
        add(service("web", reserve(100)), 2);
        assertEquals(List.of(1L, 4L), List.of(on(n1), on(n2)));
    }

    @Test void manyTasksAreNeverMoreThanFit() {
        List<NodeId> nodes = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            nodes.add(node("n" + i, 100L * (i + 1)));
        }
        add(service("web", reserve(100)), 30);
        for (int i = 0; i < 7; i++) {
            assertEquals(i + 1, on(nodes.get(i)));
        }
        assertEquals(2, lab.view.tasks().stream()
                .filter(task -> task.state() == TaskState.PENDING).count());
    }

    /// F63.
    @Test void constraintsHoldAndHealWhenALabelComes() {
        NodeId n1 = lab.node("n1");
        lab.node("n2");
        Task task = add(service("web", "'Placement':{'Constraints':['node.labels.disk == ssd']}"));
        assertEquals("no suitable node (scheduling constraints not satisfied on 2 nodes)",
                err(task));
        lab.label(n1, "disk", "ssd");
        assertEquals(Optional.of(n1), lab.now(task).nodeId());
    }

    @Test void platformsMatchUnderBothNames() {
        lab.node("n1");
        assertEquals(TaskState.ASSIGNED, add(service("a",
                "'Placement':{'Platforms':[{'Architecture':'amd64','OS':'linux'}]}")).state());
        assertEquals(TaskState.ASSIGNED, add(service("b", "'Placement':{'Platforms':["
                + "{'Architecture':'arm64','OS':'linux'},{'OS':'linux'}]}")).state());
        assertEquals("no suitable node (unsupported platform on 1 node)", err(add(service("c",
                "'Placement':{'Platforms':[{'Architecture':'arm64','OS':'linux'}]}"))));
    }

    private void plugins(NodeId id, String... typesAndNames) {
        List<Node.Plugin> plugins = new ArrayList<>();
        for (int i = 0; i < typesAndNames.length; i += 2) {
            plugins.add(new Node.Plugin(typesAndNames[i], typesAndNames[i + 1]));
        }
        Node node = lab.view.node(id).orElseThrow();
        Node.Description said = node.description();
        lab.write(new Change.Update(node.withDescription(new Node.Description(said.hostname(),
                said.platform(), said.resources(),
                new Node.Engine("1", new TreeMap<>(), plugins), said.tlsInfo()))));
    }

    @Test void volumeDriverMustBeThere() {
        NodeId n1 = lab.node("n1");
        String mounts = "'ContainerSpec':{'Image':'i','Mounts':[{'Type':'volume','Target':'/t',"
                + "'VolumeOptions':{'DriverConfig':{'Name':'DRIVER'}}}]}";
        assertEquals(TaskState.ASSIGNED,
                add(service("a", mounts.replace("DRIVER", "local"))).state());
        Task task = add(service("b", mounts.replace("DRIVER", "nfs")));
        assertEquals("no suitable node (missing plugin on 1 node)", err(task));
        plugins(n1, "Log", "nfs", "Volume", "nfs:latest");
        assertEquals(TaskState.ASSIGNED, lab.now(task).state());
    }

    @Test void logDriverMustBeThereWhereTheEngineTellsOfAny() {
        NodeId n1 = lab.node("n1");
        ServiceId web = service("web", "'LogDriver':{'Name':'gelf'}");
        assertEquals(TaskState.ASSIGNED, add(web).state());
        plugins(n1, "Log", "json-file");
        Task task = add(web);
        assertEquals("no suitable node (missing plugin on 1 node)", err(task));
        ServiceId none = service("none", "'LogDriver':{'Name':'none'}");
        assertEquals(TaskState.ASSIGNED, add(none).state());
        plugins(n1, "Log", "json-file", "Log", "gelf");
        assertEquals(TaskState.ASSIGNED, lab.now(task).state());
    }

    @Test void hostPortIsGivenOncePerNodeAndProtocol() {
        lab.node("n1");
        lab.node("n2");
        ServiceId web = port("web", "tcp");
        add(web, 3);
        Task third = lab.view.tasks().stream()
                .filter(task -> task.state() == TaskState.PENDING).findFirst().orElseThrow();
        assertEquals("no suitable node (host-mode port already in use on 2 nodes)", err(third));
        assertEquals(TaskState.ASSIGNED, add(port("other", "udp")).state());
        lab.report(lab.tasks(web).stream().filter(task -> task.nodeId().isPresent()).findFirst()
                .orElseThrow(), TaskState.FAILED);
        assertEquals(TaskState.ASSIGNED, lab.now(third).state());
    }

    private ServiceId port(String name, String protocol) {
        ServiceId id = lab.service(name, Lab.replicated(name, 0, "",
                "'EndpointSpec':{'Ports':[{'Protocol':'" + protocol
                + "','TargetPort':80,'PublishedPort':8080,'PublishMode':'host'}]}"));
        EndpointSpec spec = lab.view.service(id).orElseThrow().spec().endpoint();
        assertEquals(1, spec.hostPorts().size());
        return id;
    }

    @Test void replicasPerNodeAreLimited() {
        lab.node("n1");
        lab.node("n2");
        ServiceId web = service("web", "'Placement':{'MaxReplicas':1}");
        add(web, 3);
        Task third = lab.view.tasks().stream()
                .filter(task -> task.state() == TaskState.PENDING).findFirst().orElseThrow();
        assertEquals("no suitable node (max replicas per node limit exceed)", err(third));
        NodeId n3 = lab.node("n3");
        assertEquals(Optional.of(n3), lab.now(third).nodeId());
    }

    /// F65: the node is left alone and not tried in turn.
    @Test void nodeWhereAServiceKeepsFailingIsAvoidedForFiveMinutes() {
        NodeId n1 = lab.node("n1");
        NodeId n2 = lab.node("n2");
        ServiceId web = service("web", "");
        add(service("busy", ""), 2);
        lab.become(n1, Node.Availability.PAUSE);
        add(web);
        lab.become(n1, Node.Availability.ACTIVE);
        for (int i = 0; i < NodeInfo.FAULTY; i++) {
            Task task = add(web);
            assertEquals(Optional.of(n1), task.nodeId(), "attempt " + i);
            lab.report(task, TaskState.FAILED);
        }
        Task elsewhere = add(web);
        assertEquals(Optional.of(n2), elsewhere.nodeId(), "although it has more");
        lab.pass(NodeInfo.FAILURE_MS);
        assertEquals(Optional.of(n1), add(web).nodeId());
    }

    @Test void failuresOfAnOldSpecDoNotCount() {
        NodeId n1 = lab.node("n1");
        NodeId n2 = lab.node("n2");
        ServiceId web = service("web", "");
        lab.become(n1, Node.Availability.PAUSE);
        add(web);
        lab.become(n1, Node.Availability.ACTIVE);
        for (int i = 0; i < NodeInfo.FAULTY; i++) {
            lab.report(add(web), TaskState.REJECTED);
        }
        lab.update(web, Lab.replicated("web", 0, "'ForceUpdate':1", ""));
        assertEquals(Optional.of(n1), add(web).nodeId());
        assertEquals(1, on(n2));
    }

    @Test void faultyNodeIsBetterThanNone() {
        NodeId n1 = lab.node("n1");
        ServiceId web = service("web", "");
        for (int i = 0; i < 2 * NodeInfo.FAULTY; i++) {
            Task task = add(web);
            assertEquals(Optional.of(n1), task.nodeId());
            lab.report(task, TaskState.FAILED);
        }
    }

    @Test void tasksThatAreNoLongerWantedAreNotPlacedButEnd() {
        ServiceId web = service("web", "");
        Task task = add(web);
        Task gone = add(web);
        lab.write(new Change.Update(task.withDesired(TaskState.SHUTDOWN)),
                new Change.Update(gone.withDesired(TaskState.REMOVE)));
        lab.node("n1");
        assertEquals(TaskState.SHUTDOWN, lab.now(task).state());
        assertEquals(Optional.empty(), lab.now(task).nodeId());
        assertEquals(TaskState.PENDING, lab.now(gone).state(), "that is the reaper's");
    }

    @Test void waitingTaskIsNotWrittenAgainWhileTheReasonIsTheSame() {
        lab.node("n1");
        Task task = add(service("web", "'Placement':{'Constraints':['node.labels.a == b']}"));
        lab.label(new NodeId("n1"), "c", "d");
        lab.lead();
        assertEquals(task, lab.now(task));
    }

    @Test void preferencesSpreadOverZonesFirst() {
        List<NodeId> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(node("n" + i, 1_000, "az", i == 0 ? "az1" : "az2"));
        }
        add(service("web", prefer("az")), 8);
        assertEquals(List.of(4L, 1L, 1L, 1L, 1L), nodes.stream().map(this::on).toList());
    }

    private static String prefer(String... labels) {
        List<String> wishes = new ArrayList<>();
        for (String label : labels) {
            wishes.add("{'Spread':{'SpreadDescriptor':'node.labels." + label + "'}}");
        }
        return "'Placement':{'Preferences':[" + String.join(",", wishes) + "]}";
    }

    @Test void twoPreferencesSpreadWithinZonesToo() {
        NodeId small = node("a0", 1, "az", "az1", "rack", "r1");
        NodeId large = node("a1", 500, "az", "az1", "rack", "r1");
        List<NodeId> rack1 = List.of(node("b0", 1_000, "az", "az2", "rack", "r1"),
                node("b1", 1_000, "az", "az2", "rack", "r1"));
        NodeId rack2 = node("b2", 1_000, "az", "az2", "rack", "r2");
        add(service("web", prefer("az", "rack") + "," + reserve(100)), 12);
        assertEquals(0, on(small));
        assertEquals(5, on(large), "all that fits");
        List<Long> racks = List.of(on(rack1.getFirst()) + on(rack1.getLast()), on(rack2));
        assertEquals(7, racks.getFirst() + racks.getLast());
        assertTrue(Math.abs(racks.getFirst() - racks.getLast()) == 1, racks.toString());
        assertTrue(Math.abs(on(rack1.getFirst()) - on(rack1.getLast())) <= 1);
    }

    @Test void nodesWithoutTheLabelAreABranchOfTheirOwn() {
        NodeId with = node("n0", 1_000, "az", "a");
        NodeId without = node("n1", 1_000);
        NodeId without2 = node("n2", 1_000);
        add(service("web", prefer("az")), 4);
        assertEquals(List.of(2L, 1L, 1L), List.of(on(with), on(without), on(without2)));
    }

    @Test void unbalancedTreeOfPreferencesEndsAndBalances() {
        node("n0", 1_000, "az", "a", "rack", "r1");
        ServiceId web = service("web", prefer("az", "rack"));
        add(web, 5);
        NodeId b = node("n1", 1_000, "az", "b", "rack", "r1");
        NodeId b2 = node("n2", 1_000, "az", "b", "rack", "r2");
        add(web, 7);
        assertEquals(6, on(b) + on(b2));
        assertEquals(3, on(b));
    }

    @Test void tasksOnFullNodesCountForTheirZone() {
        NodeId full = node("n0", 300, "az", "a");
        NodeId beside = node("n1", 100, "az", "a");
        ServiceId web = service("web", prefer("az") + "," + reserve(100));
        add(web, 4);
        NodeId b = node("n2", 900, "az", "b");
        assertEquals(List.of(3L, 1L), List.of(on(full), on(beside)));
        add(web, 3);
        assertEquals(3, on(b));
    }
}

package swarm.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.store.View;

/// One agent's session: what it said of itself, which assignments it was sent, which statuses it
/// waits to see stored. Assignments are the full set first, then differences with numbers that go
/// on; the agent asks for the full set again when it misses one.
final class NodeSession {
    /// So many assignment messages may be unacknowledged; more changes wait and become one message.
    private static final int WINDOW = 16;

    /// Assignments unacknowledged for so long were lost on the way: the full set is sent again.
    private static final long LOST_MS = 5_000;

    private final NodeId node;
    private final String id;
    private final String boot;

    /// From where it last spoke, and whether that link still stands.
    private String addr;
    private boolean linked = true;

    /// What the machine last said of itself, and whether the store has still to be told.
    private Node.Description description;
    private boolean untold = true;

    /// Whether the agent knows of this session: granted once the node's row says so.
    private boolean granted;

    /// Whether the agent has still to be told what its node is to be and where the managers are.
    private boolean membershipDue = true;

    /// Statuses received, not yet turned into changes; only the newest batch counts.
    private Optional<AgentMessage.Statuses> received = Optional.empty();

    /// Statuses turned into changes, not yet seen committed.
    private Optional<AgentMessage.Statuses> proposed = Optional.empty();

    /// Number of the last assignments sent, of the last that the agent has, and when the last of
    /// either moved, in monotonic ms.
    private long sent;
    private long acknowledged;
    private long movedAt;

    /// Whether the full set is due, and else which tasks have changed since the last message.
    private boolean fullDue = true;
    private final SortedSet<TaskId> changed = new TreeSet<>();

    NodeSession(NodeId node, String id, AgentMessage.Register register, String addr) {
        this.node = node;
        this.id = id;
        this.boot = register.boot();
        this.addr = addr;
        this.description = register.description();
    }

    String id() {
        return id;
    }

    String addr() {
        return addr;
    }

    /// Whether another process must not take the session: this one is linked.
    boolean heldBy(String otherBoot) {
        return linked && !boot.equals(otherBoot);
    }

    void linkClosed() {
        linked = false;
    }

    void spokeFrom(String from) {
        linked = true;
        untold |= !addr.equals(from);
        addr = from;
    }

    void describes(Node.Description now) {
        description = now;
        untold = true;
    }

    void reports(AgentMessage.Statuses statuses) {
        received = Optional.of(statuses);
    }

    void acknowledges(long number, long now) {
        if (number == 0) {
            fullDue = true;
            membershipDue = true;
        } else if (number > acknowledged) {
            acknowledged = number;
            movedAt = now;
        }
    }

    void changed(TaskId task) {
        changed.add(task);
    }

    /// The node's role or the managers' addresses have changed.
    void membershipChanged() {
        membershipDue = true;
    }

    boolean pending() {
        return untold || received.isPresent();
    }

    /// The node's row as this session wants it, if it is different; asked once per change.
    Optional<Node> takeRow(Node row) {
        untold = false;
        Node wanted = row.withDescription(description)
                .withStatus(new Node.Status(Node.State.READY, "", addr));
        return wanted.equals(row) ? Optional.empty() : Optional.of(wanted);
    }

    /// The statuses to be turned into changes now.
    Optional<AgentMessage.Statuses> takeStatuses() {
        Optional<AgentMessage.Statuses> taken = received;
        received = Optional.empty();
        proposed = taken.or(() -> proposed);
        return taken;
    }

    /// What the agent may be told, now that this is committed.
    List<AgentMessage.ToAgent> tell(View committed, List<String> managers, long heartbeatMs,
            long now) {
        List<AgentMessage.ToAgent> told = new ArrayList<>();
        if (!granted) {
            granted = committed.node(node).filter(this::stands).isPresent();
            if (!granted) {
                return told;
            }
            told.add(new AgentMessage.Session(id, node, heartbeatMs));
        }
        membership(committed, managers).ifPresent(told::add);
        proposed.filter(statuses -> stored(statuses, committed)).ifPresent(statuses -> {
            told.add(new AgentMessage.StatusesStored(id, statuses.number()));
            proposed = Optional.empty();
        });
        fullDue |= sent > acknowledged && now - movedAt >= LOST_MS;
        assignments(committed, now).ifPresent(told::add);
        return told;
    }

    /// Whether a node with this status has the task: the scheduler has placed it there.
    static boolean assigned(Task task) {
        return task.nodeId().isPresent() && !task.state().before(TaskState.ASSIGNED);
    }

    private boolean stands(Node row) {
        return row.status().state() == Node.State.READY && row.status().addr().equals(addr)
                && row.description().equals(description);
    }

    private boolean stored(AgentMessage.Statuses statuses, View committed) {
        for (AgentMessage.Report report : statuses.reports()) {
            boolean missing = committed.task(report.task())
                    .filter(task -> StatusUpdates.news(node, task, report)).isPresent();
            if (missing) {
                return false;
            }
        }
        return true;
    }

    private Optional<AgentMessage.ToAgent> membership(View committed, List<String> managers) {
        if (!membershipDue) {
            return Optional.empty();
        }
        membershipDue = false;
        return committed.node(node).map(row ->
                new AgentMessage.Membership(id, row.spec().role(), managers));
    }

    private Optional<AgentMessage.ToAgent> assignments(View committed, long now) {
        if (fullDue) {
            fullDue = false;
            changed.clear();
            sent++;
            acknowledged = sent - 1;
            movedAt = now;
            List<Task> tasks = committed.tasksOn(node).stream()
                    .filter(NodeSession::assigned).toList();
            return Optional.of(new AgentMessage.AllTasks(id, sent, tasks));
        }
        if (changed.isEmpty() || sent - acknowledged >= WINDOW) {
            return Optional.empty();
        }
        List<Task> tasks = new ArrayList<>();
        List<TaskId> gone = new ArrayList<>();
        for (TaskId task : changed) {
            committed.task(task).filter(NodeSession::assigned)
                    .ifPresentOrElse(tasks::add, () -> gone.add(task));
        }
        changed.clear();
        movedAt = sent == acknowledged ? now : movedAt;
        sent++;
        return Optional.of(new AgentMessage.TaskChanges(id, sent, tasks, gone));
    }
}

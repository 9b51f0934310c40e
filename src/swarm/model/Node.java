package swarm.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.json.Always;
import swarm.json.Hidden;
import swarm.json.Name;

/// A machine in the swarm: what is wanted of it, what it says of itself, and whether it is heard.
/// `manager` is set for members of raft; whether one leads or is reachable is not stored but known
/// by the leader, who adds it to what the API shows.
public record Node(@Name("ID") NodeId id, Version version, Instant createdAt, Instant updatedAt,
        Spec spec, Description description, Status status, @Hidden Optional<Manager> manager)
        implements StoredObject {
    /// The status message of a node that has said goodbye; it is not heard again until it joins.
    public static final String LEFT = "node left the swarm";

    /// What an operator sets.
    public record Spec(String name, @Always SortedMap<String, String> labels, Role role,
            Availability availability) { }

    /// Worker or manager.
    public enum Role { WORKER, MANAGER }

    /// Whether tasks may be placed, may stay, or must go.
    public enum Availability { ACTIVE, PAUSE, DRAIN }

    /// What the machine says of itself.
    public record Description(String hostname, Placement.Platform platform, Resources resources,
            Engine engine, @Name("TLSInfo") TlsInfo tlsInfo) {
        /// Of a machine that has not spoken yet.
        public static final Description UNSAID = new Description("",
                new Placement.Platform("", ""), Resources.NONE,
                new Engine("", new TreeMap<>(), List.of()), TlsInfo.NONE);
    }

    /// Its container engine.
    public record Engine(String engineVersion, SortedMap<String, String> labels,
            List<Plugin> plugins) { }

    /// One thing that the engine can do: a log driver, a network driver, a volume driver.
    public record Plugin(String type, String name) { }

    /// Whether it is heard, from where, and why not.
    public record Status(State state, String message, String addr) { }

    /// Heard, not heard, or not known since the leader changed.
    public enum State { UNKNOWN, DOWN, READY, DISCONNECTED }

    /// Its seat in raft: the member number and the address that the others dial.
    public record Manager(long raftId, String addr) { }

    @Override public String key() {
        return id.text();
    }

    @Override public Kind kind() {
        return Kind.NODE;
    }

    @Override public Node stamped(Version version, Instant createdAt, Instant updatedAt) {
        return new Node(id, version, createdAt, updatedAt, spec, description, status, manager);
    }

    /// The same node, of which something else is wanted.
    public Node withSpec(Spec spec) {
        return new Node(id, version, createdAt, updatedAt, spec, description, status, manager);
    }

    /// The same node, saying something else of itself.
    public Node withDescription(Description description) {
        return new Node(id, version, createdAt, updatedAt, spec, description, status, manager);
    }

    /// The same node, heard or not.
    public Node withStatus(Status status) {
        return new Node(id, version, createdAt, updatedAt, spec, description, status, manager);
    }

    /// The same node, with another seat in raft or without one.
    public Node withManager(Optional<Manager> manager) {
        return new Node(id, version, createdAt, updatedAt, spec, description, status, manager);
    }

    /// Whether its tasks must be run elsewhere: it is lost or drained. A paused or unknown node
    /// keeps its tasks.
    public boolean invalid() {
        return status.state() == State.DOWN || spec.availability() == Availability.DRAIN;
    }

    /// Whether it has said goodbye.
    public boolean left() {
        return status.state() == State.DOWN && status.message().equals(LEFT);
    }

    /// Whether new tasks may be placed on it.
    public boolean schedulable() {
        return status.state() == State.READY && spec.availability() == Availability.ACTIVE;
    }
}

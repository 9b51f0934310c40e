package swarm.model;

import java.util.List;
import java.util.Optional;
import swarm.json.Name;

/// Where a task may run and where it had better. (Docker's `Placement`)
public record Placement(List<String> constraints, List<Preference> preferences, long maxReplicas,
        List<Platform> platforms) {

    /// No wish at all.
    public static final Placement ANYWHERE = new Placement(List.of(), List.of(), 0, List.of());

    /// One wish; only spreading is known.
    public record Preference(Optional<Spread> spread) { }

    /// Spread evenly over the values of a label, `node.labels.zone` say.
    public record Spread(String spreadDescriptor) { }

    /// A kind of machine.
    public record Platform(String architecture, @Name("OS") String os) { }
}

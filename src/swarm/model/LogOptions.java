package swarm.model;

/// Which part of a container's output is wanted; `since` and `until` as Docker's API takes them,
/// empty for no bound; `tail` "all" or a number of lines.
public record LogOptions(boolean stdout, boolean stderr, boolean follow, boolean timestamps,
        String since, String until, String tail, boolean details) { }

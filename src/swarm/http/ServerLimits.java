package swarm.http;

/// What a server grants its clients: connections at once; ms a connection may idle between two
/// requests; ms a head may take from its first byte to its last; ms a body may take whose handler
/// wants it whole.
public record ServerLimits(int connectionsMax, long idleMs, long headMs, long bodyMs) {
    /// A thousand connections are some 10 MiB at most (1.7 KiB a parked thread, 8 KiB a buffer).
    /// Clients that keep connections expect about a minute of them.
    public static final ServerLimits STANDARD = new ServerLimits(1_000, 60_000, 10_000, 30_000);
}

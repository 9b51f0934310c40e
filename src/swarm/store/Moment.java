package swarm.store;

import java.time.Instant;
import java.util.random.RandomGenerator;

/// What the leader draws for one decision: monotonic milliseconds, which drive deadlines; the wall
/// clock, which is only written down; and chance, for ids. The two clocks are never compared.
public record Moment(long now, Instant wall, RandomGenerator chance) { }

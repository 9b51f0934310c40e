package swarm.raft;

import java.util.List;
import java.util.Optional;

/// What a server finds on its disk when it starts: term and vote, the newest complete snapshot, and
/// the entries of its log in order. Entries may begin before the snapshot's end, and after a crash
/// between installing a snapshot and resetting the log they may have nothing to do with it; Raft
/// settles that (its first outputs then begin with ResetLog).
public record Recovered(HardState hardState, SnapshotMeta snapshot, List<Entry> entries) {
    /// A server that has yet to hear from a leader: it waits, and never stands for election.
    public static final Recovered EMPTY =
        new Recovered(HardState.START, SnapshotMeta.NONE, List.of());

    public Recovered {
        entries = List.copyOf(entries);
    }

    /// The first server of a new cluster: one entry that makes it the only voter. The shell makes
    /// term and entry durable before it starts Raft with them.
    public static Recovered firstServer(MemberId self) {
        Configuration alone = new Configuration(List.of(self), List.of());
        Entry first = new Entry(1, 1, Entry.Kind.CONFIGURATION, alone.encode());
        return new Recovered(new HardState(1, Optional.empty()), SnapshotMeta.NONE,
            List.of(first));
    }
}

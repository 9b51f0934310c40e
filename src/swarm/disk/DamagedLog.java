package swarm.disk;

import java.io.IOException;

/// State on the disk that was once durable and is not any more what was written.
///
/// The idea: a node that forgets what it promised can undo what a cluster agreed on, so damage is
/// never worked around: the node does not start, and the message says where, what, and what to do.
/// Log and snapshots are one thing here: a snapshot is the log's beginning in another form.
///
/// Source: "Protocol-Aware Recovery for Consensus-Based Storage" (Alagappan et al., FAST 2018):
/// only a tail that was never acknowledged may be cut.
public final class DamagedLog extends IOException {
    private static final long serialVersionUID = 1L;

    /// What to do, for every kind of damage: the node's copy is not needed if others have one.
    static final String ADVICE = " Nothing was changed. If the swarm has other managers, move the"
        + " state directory away and join again as a new node; if this was the only one, restore"
        + " a backup of it.";

    DamagedLog(String place, long offset, String found) {
        super(place + " is damaged at byte " + offset + ": " + found + "." + ADVICE);
    }

    DamagedLog(String place, String found) {
        super(place + ": " + found + "." + ADVICE);
    }
}

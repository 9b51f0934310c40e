package swarm.node;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import swarm.Invariant;
import swarm.disk.Wal;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.raft.RaftOutput;

/// One round of a manager, and the law *durable before visible*: every waiting input is stepped;
/// what raft wants written is written, and synced once; the machine is told so, and what that
/// brings is written and synced likewise; only then is anything sent, answered or told, in order.
/// After a failed write or sync nothing of the round is performed, and the node stops.
///
/// The simulator runs this class too: no other may perform a manager's outputs.
public final class Round {
    /// A vote leads to leadership, that to a first entry, that to its commit; no chain is longer.
    private static final int SYNCS_MOST = 10;

    private final Manager manager;
    private final Wal wal;
    private final Consumer<ManagerOutput> world;

    /// Rounds of this manager on this log; `world` performs what others can see, without waiting.
    public Round(Manager manager, Wal wal, Consumer<ManagerOutput> world) {
        this.manager = manager;
        this.wal = wal;
        this.world = world;
    }

    /// Steps the inputs, and a tick if one is due, and performs what comes out.
    ///
    /// @throws IOException when the log cannot be written or synced; the node must stop
    public void run(long now, Instant wall, List<ManagerInput> inputs) throws IOException {
        List<ManagerOutput> visible = new ArrayList<>();
        for (ManagerInput input : inputs) {
            write(manager.step(now, wall, input), visible);
        }
        if (manager.deadline(now) <= now) {
            write(manager.step(now, wall, new ManagerInput.Tick()), visible);
        }
        for (int syncs = 0; wal.dirty(); syncs++) {
            Invariant.check(syncs < SYNCS_MOST, "a round ends");
            wal.sync();
            write(manager.step(now, wall, manager.persisted()), visible);
        }
        visible.forEach(world);
    }

    private void write(List<ManagerOutput> outputs, List<ManagerOutput> visible)
            throws IOException {
        for (ManagerOutput output : outputs) {
            if (output instanceof ManagerOutput.FromRaft(RaftOutput.Write write)) {
                write(write);
            } else {
                visible.add(output);
            }
        }
    }

    private void write(RaftOutput.Write write) throws IOException {
        switch (write) {
            case RaftOutput.SaveHardState save -> wal.saveHardState(save.state());
            case RaftOutput.TruncateFrom truncate -> wal.truncateFrom(truncate.index());
            case RaftOutput.Append append -> wal.append(append.entries());
            case RaftOutput.ResetLog reset -> wal.resetTo(reset.nextIndex());
            case RaftOutput.DropBefore drop -> wal.dropBefore(drop.index());
        }
    }
}

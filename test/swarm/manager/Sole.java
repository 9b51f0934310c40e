package swarm.manager;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import swarm.model.Cluster;
import swarm.model.ClusterSpec;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Placement;
import swarm.model.Resources;
import swarm.model.TlsInfo;
import swarm.model.Version;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Transaction;
import swarm.store.View;

/// A sole manager for tests, with a log in memory and a clock that a test moves. Each step is
/// performed as a round does it, but for the sync, which a test may hold back.
final class Sole {
    static final NodeId NODE = new NodeId("0000000000000000000000001");
    static final MemberId MEMBER = new MemberId(7);
    private static final int TURNS_MAX = 1_000;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    final List<Entry> log = new ArrayList<>();
    final List<ManagerOutput> visible = new ArrayList<>();
    final Manager manager;
    /// Whether a sync happens by itself after each step.
    boolean syncing = true;
    long now = 1_000;
    private HardState hardState = new HardState(1, Optional.empty());
    private boolean unsynced;

    Sole(long snapshotInterval) {
        log.addAll(Recovered.firstServer(MEMBER).entries());
        log.add(new Entry(2, 1, Entry.Kind.COMMAND, founding(snapshotInterval).toBytes()));
        manager = new Manager(new Manager.Self(NODE, MEMBER),
                new Recovered(hardState, SnapshotMeta.NONE, log), View.empty(), new Random(5),
                now);
        run(5_000);
    }

    /// The same disk after a restart, before any time has passed.
    Sole(Sole before) {
        log.addAll(before.log);
        hardState = before.hardState;
        now = before.now;
        manager = new Manager(new Manager.Self(NODE, MEMBER),
                new Recovered(hardState, SnapshotMeta.NONE, log), View.empty(), new Random(6),
                now);
    }

    /// Gives one input, then ticks while something is due now.
    void give(ManagerInput input) {
        perform(manager.step(now, wall(), input));
        settle();
    }

    /// Lets so many milliseconds pass, stopping at every deadline.
    void run(long ms) {
        long end = now + ms;
        settle();
        while (manager.deadline(now) <= end) {
            now = Math.max(now, manager.deadline(now));
            settle();
        }
        now = end;
    }

    void sync() {
        if (unsynced) {
            unsynced = false;
            perform(manager.step(now, wall(), manager.persisted()));
        }
    }

    /// The answer to a token, if it has come.
    Optional<ManagerOutput> answer(long token) {
        return visible.stream().filter(output -> switch (output) {
            case ManagerOutput.Answer answer -> answer.token() == token;
            case ManagerOutput.Readable read -> read.token() == token;
            case ManagerOutput.Leaderless none -> none.token() == token;
            case ManagerOutput.FromRaft _, ManagerOutput.Tell _, ManagerOutput.CutSnapshot _,
                 ManagerOutput.Happened _, ManagerOutput.Elsewhere _ -> false;
        }).findFirst();
    }

    /// Ticks until nothing is due; what is due again and again at one moment would never end.
    private void settle() {
        for (int turns = 0; manager.deadline(now) <= now; turns++) {
            if (turns == TURNS_MAX) {
                throw new AssertionError("still due at " + now + " after " + turns + " ticks");
            }
            perform(manager.step(now, wall(), new ManagerInput.Tick()));
        }
    }

    private Instant wall() {
        return BEGIN.plusMillis(now);
    }

    private void perform(List<ManagerOutput> outputs) {
        for (ManagerOutput output : outputs) {
            if (output instanceof ManagerOutput.FromRaft(RaftOutput.Write write)) {
                unsynced = true;
                write(write);
            } else {
                visible.add(output);
            }
        }
        if (syncing) {
            sync();
        }
    }

    private void write(RaftOutput.Write write) {
        switch (write) {
            case RaftOutput.SaveHardState save -> hardState = save.state();
            case RaftOutput.TruncateFrom cut -> log.removeIf(e -> e.index() >= cut.index());
            case RaftOutput.Append append -> log.addAll(append.entries());
            case RaftOutput.ResetLog _ -> log.clear();
            case RaftOutput.DropBefore _ -> { }
        }
    }

    static Command founding(long snapshotInterval) {
        ClusterSpec initial = ClusterSpec.initial();
        ClusterSpec spec = new ClusterSpec("default", new TreeMap<>(), initial.orchestration(),
                new ClusterSpec.Raft(snapshotInterval, Optional.of(0L), 500, 10, 1),
                initial.dispatcher(), initial.caConfig(), initial.taskDefaults(),
                initial.encryptionConfig());
        Cluster cluster = new Cluster("c", Version.NONE, BEGIN, BEGIN, spec, TlsInfo.NONE, false,
                List.of(), 24, 4789, new Cluster.JoinTokens("w", "m"), "key",
                new Cluster.Epoch(1, "l"));
        Node node = new Node(NODE, Version.NONE, BEGIN, BEGIN,
                new Node.Spec("", new TreeMap<>(), Node.Role.MANAGER, Node.Availability.ACTIVE),
                new Node.Description("node1", new Placement.Platform("x86_64", "linux"),
                        new Resources(2_000_000_000L, 1L << 34),
                        Node.Description.UNSAID.engine(), TlsInfo.NONE),
                new Node.Status(Node.State.UNKNOWN, "", "127.0.0.1"),
                Optional.of(new Node.Manager(MEMBER.number(), "127.0.0.1:2377")));
        return new Command(BEGIN, List.of(Transaction.of(
                List.of(new Change.Create(cluster), new Change.Create(node)))));
    }
}

package sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import swarm.disk.SnapshotReader;
import swarm.disk.SnapshotWriter;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.json.JsonException;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.node.Round;
import swarm.raft.MemberId;
import swarm.raft.RaftInput;
import swarm.raft.RaftOutput;
import swarm.raft.SnapshotMeta;
import swarm.store.Snapshot;
import swarm.store.View;
import swarm.wire.Rights;

/// The part of a daemon that is a manager: the real machine, round and log, on this machine's disk
/// and clock. What a round makes visible becomes so when the disk is done, one thing after the
/// other, and the process may die between any two.
final class SimManager {
    static final int SEGMENT_BYTES = 1 << 17;
    /// What waits beyond this is dropped, as a full socket drops.
    private static final int MAILBOX_MAX = 2_000;
    private static final int READ_BYTES = 1 << 18;

    final Machine machine;
    final MemberId member;
    final Manager manager;
    final RaftWays raft;
    final AgentCallers agents;
    private final Wal wal;
    private final Round round;
    private final Snapshots snapshots;
    private final long startIndex;
    private Optional<SnapshotWriter> arriving = Optional.empty();

    private final List<ManagerInput> mailbox = new ArrayList<>();
    private List<ManagerOutput> visible = new ArrayList<>();
    private final TreeMap<Long, Consumer<ManagerOutput>> asked = new TreeMap<>();
    private long lastToken;
    /// A round is under way, perhaps waiting for the disk.
    private boolean busy;
    private boolean planned;
    private long wakesAtUs = Long.MAX_VALUE;
    /// What other threads of the daemon see of it.
    private View view;

    /// Outputs until the process dies; negative for never.
    int outputsToLive = -1;

    private SimManager(Machine machine, MemberId member, Wal.Opened opened, View snapshot) {
        this.machine = machine;
        this.member = member;
        wal = opened.wal();
        snapshots = machine.snapshots();
        manager = new Manager(new Manager.Self(machine.node, member), opened.recovered(), snapshot,
                machine.chance, machine.clock.nowMs());
        startIndex = manager.lastIndex();
        view = manager.committed();
        round = new Round(manager, wal, output -> visible.add(output));
        raft = new RaftWays(this);
        agents = new AgentCallers(this);
    }

    static SimManager open(Machine machine, MemberId member) {
        try {
            Snapshots snapshots = machine.snapshots();
            Wal.Opened opened =
                    Wal.open(machine.disk(), machine.seal(), SEGMENT_BYTES, snapshots.newest());
            return new SimManager(machine, member, opened,
                    load(snapshots, opened.recovered().snapshot()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        wakeLater();
    }

    View view() {
        return view;
    }

    /// What the store says of a node that dials.
    Rights.Standing standing(NodeId node) {
        Optional<Node> row = view.node(node);
        if (row.isEmpty()) {
            return view.index() >= Math.max(1, startIndex)
                    ? Rights.Standing.UNKNOWN : Rights.Standing.EMPTY_STORE;
        }
        return row.get().manager().isPresent()
                ? Rights.Standing.MANAGER : Rights.Standing.WORKER;
    }

    // What comes in.

    void put(ManagerInput input) {
        if (mailbox.size() < MAILBOX_MAX) {
            mailbox.add(input);
            plan();
        }
    }

    void ask(LongFunction<ManagerInput> question, Consumer<ManagerOutput> answer) {
        lastToken++;
        asked.put(lastToken, answer);
        put(question.apply(lastToken));
    }

    private void plan() {
        if (!busy && !planned) {
            planned = true;
            machine.later(5 + machine.chance.nextLong(50), this::run);
        }
    }

    void wakeLater() {
        long deadline = manager.deadline(machine.clock.nowMs());
        if (busy || planned) {
            return;
        }
        if (!mailbox.isEmpty() || deadline <= machine.clock.nowMs()) {
            plan();
        } else if (deadline != Long.MAX_VALUE) {
            long at = machine.world.time.nowUs() + machine.clock.untilUs(deadline);
            if (at < wakesAtUs) {
                wakesAtUs = at;
                machine.later(at - machine.world.time.nowUs(), () -> {
                    wakesAtUs = Long.MAX_VALUE;
                    wakeLater();
                });
            }
        }
    }

    // The round.

    private void run() {
        planned = false;
        if (busy) {
            return;
        }
        busy = true;
        visible = new ArrayList<>();
        List<ManagerInput> inputs = List.copyOf(mailbox);
        mailbox.clear();
        boolean led = manager.isLeading();
        try {
            round.run(machine.clock.nowMs(), machine.wall(), inputs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        machine.world.oracle.stepped(this, led);
        long tookMs = machine.disk().tookMs();
        List<ManagerOutput> outputs = visible;
        machine.later(100 + machine.chance.nextLong(400) + 1000 * tookMs,
                () -> perform(outputs));
    }

    private void perform(List<ManagerOutput> outputs) {
        for (ManagerOutput output : outputs) {
            if (outputsToLive == 0) {
                machine.kill("between two outputs", false);
                return;
            }
            outputsToLive = Math.max(-1, outputsToLive - 1);
            perform(output);
        }
        try {
            wal.tend();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        publish();
        busy = false;
        wakeLater();
    }

    private void publish() {
        view = manager.committed();
        List<Machine.Known> managers = Clerk.managers(view);
        if (!managers.isEmpty()) {
            machine.book = managers;
        }
    }

    private void perform(ManagerOutput output) {
        switch (output) {
            case ManagerOutput.Answer answer -> answered(answer.token(), answer);
            case ManagerOutput.Elsewhere other -> answered(other.token(), other);
            case ManagerOutput.Leaderless none -> answered(none.token(), none);
            case ManagerOutput.Readable read -> answered(read.token(), read);
            case ManagerOutput.Tell tell -> agents.tell(tell.node(), tell.message());
            case ManagerOutput.CutSnapshot cut ->
                machine.later(1000 + machine.chance.nextLong(50_000), () -> work(() -> cut(cut)));
            case ManagerOutput.Happened happened -> {
                machine.note(happened.event());
                machine.world.oracle.happened(this, happened.event());
            }
            case ManagerOutput.FromRaft from -> perform(from.output());
        }
    }

    private void answered(long token, ManagerOutput output) {
        Optional.ofNullable(asked.remove(token)).ifPresent(asker -> asker.accept(output));
    }

    private void perform(RaftOutput output) {
        switch (output) {
            case RaftOutput.Send send -> raft.send(send.to(), send.message());
            case RaftOutput.SendSnapshotChunk piece ->
                machine.later(50, () -> work(() -> sendPiece(piece)));
            case RaftOutput.StoreSnapshotChunk piece ->
                machine.later(50, () -> work(() -> storePiece(piece)));
            case RaftOutput.InstallSnapshot install ->
                machine.later(60, () -> work(() -> install(install.meta())));
            case RaftOutput.DialOnce dial -> raft.dialOnce(dial.peer());
            case RaftOutput.Happened happened -> {
                machine.note(happened.event());
                raft.happened(happened.event());
            }
            case RaftOutput.Write _, RaftOutput.Committed _, RaftOutput.Accepted _,
                 RaftOutput.ReadReady _, RaftOutput.Transferred _, RaftOutput.Refused _ ->
                throw new Violation("not for the world: " + output);
        }
    }

    // Snapshots, as the daemon's own thread for them works.

    private interface Work {
        void run() throws IOException;
    }

    private void work(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            machine.note("a snapshot's work failed: " + e.getMessage());
        }
    }

    private void cut(ManagerOutput.CutSnapshot cut) throws IOException {
        SnapshotWriter writer = snapshots.begin(cut.meta());
        for (byte[] part : Snapshot.write(cut.view())) {
            writer.add(part);
            writer.add(new byte[] {'\n'});
        }
        writer.commit();
        put(new ManagerInput.ToRaft(new RaftInput.SnapshotTaken(cut.meta())));
    }

    private void sendPiece(RaftOutput.SendSnapshotChunk wanted) throws IOException {
        Optional<SnapshotReader> found = snapshots.open(wanted.header().meta());
        if (found.isPresent()) {
            try (SnapshotReader reader = found.get()) {
                long offset = wanted.header().offset();
                byte[] bytes = reader.read(offset, wanted.bytesMax());
                raft.send(wanted.to(), wanted.header().carrying(bytes,
                        offset + bytes.length >= reader.size()));
            }
        }
    }

    private void storePiece(RaftOutput.StoreSnapshotChunk piece) throws IOException {
        if (piece.offset() == 0) {
            if (arriving.isPresent()) {
                arriving.get().abandon();
            }
            arriving = Optional.of(snapshots.begin(piece.meta()));
        }
        if (arriving.isPresent() && arriving.get().size() == piece.offset()) {
            arriving.get().add(piece.bytes());
        }
    }

    private void install(SnapshotMeta meta) throws IOException {
        Optional<View> found = Optional.empty();
        try {
            if (arriving.isPresent()) {
                arriving.get().commit();
                arriving = Optional.empty();
                found = Optional.of(load(snapshots, meta));
            }
        } finally {
            machine.note("installs " + meta + (found.isPresent() ? "" : " in vain"));
            put(new ManagerInput.Installed(meta, found));
        }
    }

    private static View load(Snapshots snapshots, SnapshotMeta meta) throws IOException {
        if (meta.index() == 0) {
            return View.empty();
        }
        try (SnapshotReader reader = snapshots.open(meta).orElseThrow(
                () -> new Violation("the snapshot at " + meta + " is gone"))) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (all.size() < reader.size()) {
                all.writeBytes(reader.read(all.size(), READ_BYTES));
            }
            List<byte[]> lines = new ArrayList<>();
            all.toString().lines().forEach(line -> lines.add(line.getBytes()));
            return Snapshot.read(lines);
        } catch (JsonException e) {
            throw new Violation("a snapshot cannot be read: " + e.getMessage());
        }
    }
}

package swarm.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import swarm.Invariant;
import swarm.disk.SnapshotReader;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.dispatcher.AgentMessage;
import swarm.json.JsonException;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.model.NodeId;
import swarm.raft.Configuration;
import swarm.raft.RaftEvent;
import swarm.raft.RaftOutput;
import swarm.raft.SnapshotMeta;
import swarm.store.Snapshot;
import swarm.store.View;

/// The thread that owns a manager and its log: it drains the mailbox, runs a round, prepares a bit
/// of the log's next segment, and sleeps until the deadline. A disk that fails ends it for good.
final class ManagerLoop implements AutoCloseable {
    /// How much of a snapshot is read at once while it is loaded.
    private static final int READ_BYTES = 1 << 18;
    /// How often a log without room for its next segment is looked at again.
    private static final long SHORTAGE_MS = 1_000;

    /// What the loop needs of its node: where agents hear, where other members do, who works with
    /// snapshots, where the managers' addresses are kept, where events go, and whom to tell when it
    /// cannot go on.
    record Surroundings(BiConsumer<NodeId, AgentMessage.ToAgent> agents, RaftLinks raft,
            SnapshotPieces snapshots, AddressBook addresses, EventLog log,
            Consumer<Throwable> broken) { }

    private final Mailbox<ManagerInput> mailbox;
    private final Clients clients;
    private final Manager manager;
    private final Wal wal;
    private final Round round;
    private final Surroundings around;
    private final Thread thread;
    /// The last entry that the log held when the manager started.
    private final long startIndex;
    /// The committed state as of the last round; published by the thread, read by any.
    private volatile View view;
    /// Raft's members of late; published likewise.
    private volatile Configuration members;
    /// Whether it led or heard a leader of late; published likewise.
    private volatile boolean hearsLeader;

    ManagerLoop(Manager manager, Wal wal, Mailbox<ManagerInput> mailbox, Surroundings around) {
        this.manager = manager;
        this.wal = wal;
        this.mailbox = mailbox;
        this.clients = new Clients(mailbox);
        this.around = around;
        this.startIndex = manager.lastIndex();
        this.view = manager.committed();
        this.members = manager.configuration();
        this.round = new Round(manager, wal, this::perform);
        this.thread = Thread.ofPlatform().name("manager").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Clients clients() {
        return clients;
    }

    View view() {
        return view;
    }

    /// Whether everything is applied that the log held at the start, and something at all.
    boolean current() {
        return view.index() >= Math.max(1, startIndex);
    }

    boolean hearsLeader() {
        return hearsLeader;
    }

    /// Raft's members, as this manager's log has them.
    Configuration members() {
        return members;
    }

    /// Why no write can be taken now, if the disk has no room for it.
    Optional<String> shortage() {
        return wal.shortage();
    }

    /// Lets the round under way end, and closes the log.
    @Override public void close() throws IOException {
        mailbox.close();
        clients.close();
        if (thread.getState() == Thread.State.NEW) {
            wal.close();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted while the manager stopped", e);
        }
    }

    private void perform(ManagerOutput output) {
        switch (output) {
            case ManagerOutput.Answer answer -> clients.complete(answer.token(), answer);
            case ManagerOutput.Elsewhere other -> clients.complete(other.token(), other);
            case ManagerOutput.Leaderless none -> clients.complete(none.token(), none);
            case ManagerOutput.Readable read -> clients.complete(read.token(), read);
            case ManagerOutput.Tell tell -> around.agents().accept(tell.node(), tell.message());
            case ManagerOutput.CutSnapshot cut -> around.snapshots().cut(cut);
            case ManagerOutput.Happened happened -> around.log().event((Record) happened.event());
            case ManagerOutput.FromRaft raft -> perform(raft.output());
        }
    }

    /// The view that a snapshot holds.
    ///
    /// @throws IOException when it is not there, damaged, or of another format
    static View load(Snapshots snapshots, SnapshotMeta meta) throws IOException {
        if (meta.index() == 0) {
            return View.empty();
        }
        try (SnapshotReader reader = snapshots.open(meta).orElseThrow(
                () -> new IOException("the snapshot at index " + meta.index() + " is gone"))) {
            return Snapshot.read(lines(reader));
        } catch (JsonException e) {
            throw new IOException("the snapshot at index " + meta.index() + ": " + e.getMessage(),
                    e);
        }
    }

    private static List<byte[]> lines(SnapshotReader reader) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (long at = 0; at < reader.size(); ) {
            byte[] bytes = reader.read(at, READ_BYTES);
            for (byte b : bytes) {
                if (b == '\n') {
                    lines.add(line.toByteArray());
                    line.reset();
                } else {
                    line.write(b);
                }
            }
            at += bytes.length;
        }
        return lines;
    }

    private void run() {
        try {
            boolean untended = true;
            while (mailbox.open()) {
                List<ManagerInput> inputs = mailbox.take(wake(Time.now(), untended));
                round.run(Time.now(), Time.wall(), inputs);
                publish();
                untended = wal.tend();
            }
            wal.close();
        } catch (IOException | Error | RuntimeException e) {
            mailbox.close();
            clients.close();
            around.broken().accept(e);
        }
    }

    private long wake(long now, boolean untended) {
        long due = untended ? now : manager.deadline(now);
        return wal.shortage().isPresent() ? Math.min(due, now + SHORTAGE_MS) : due;
    }

    /// Lets other threads see what is committed, and keeps the addresses found in it.
    private void publish() {
        View now = manager.committed();
        hearsLeader = manager.hearsLeader();
        if (now != view) {
            view = now;
            members = manager.configuration();
            around.addresses().replace(Desk.managers(now));
        }
    }

    /// What raft wants of the world beside the log.
    private void perform(RaftOutput output) {
        switch (output) {
            case RaftOutput.Send send -> around.raft().send(send.to(), send.message());
            case RaftOutput.SendSnapshotChunk piece -> around.snapshots().sendPiece(piece);
            case RaftOutput.StoreSnapshotChunk piece -> around.snapshots().storePiece(piece);
            case RaftOutput.InstallSnapshot install -> around.snapshots().install(install.meta());
            case RaftOutput.DialOnce dial -> around.raft().dialOnce(dial.peer());
            case RaftOutput.Happened happened -> {
                around.log().event((Record) happened.event());
                if (happened.event() instanceof RaftEvent.ConfigurationChanged changed) {
                    Thread.ofVirtual().start(() -> around.raft().keep(changed.configuration()));
                }
            }
            case RaftOutput.Write _, RaftOutput.Committed _, RaftOutput.Accepted _,
                 RaftOutput.ReadReady _, RaftOutput.Transferred _, RaftOutput.Refused _ ->
                throw new Invariant.Violation("not for the world: " + output);
        }
    }
}

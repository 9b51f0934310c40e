package swarm.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import swarm.disk.SnapshotReader;
import swarm.disk.SnapshotWriter;
import swarm.disk.Snapshots;
import swarm.disk.Wal;
import swarm.dispatcher.AgentMessage;
import swarm.json.JsonException;
import swarm.manager.Manager;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.raft.RaftInput;
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

    /// What the loop needs of its node: where agents hear, where events go, and whom to tell when
    /// it cannot go on.
    record Surroundings(Consumer<AgentMessage.ToAgent> localAgent, EventLog log,
            Consumer<Throwable> broken) { }

    private final Mailbox<ManagerInput> mailbox = new Mailbox<>();
    private final Clients clients = new Clients(mailbox);
    private final Manager manager;
    private final Wal wal;
    private final Snapshots snapshots;
    private final Round round;
    private final Surroundings around;
    private final Thread thread;

    ManagerLoop(Manager manager, Wal wal, Snapshots snapshots, Surroundings around) {
        this.manager = manager;
        this.wal = wal;
        this.snapshots = snapshots;
        this.around = around;
        this.round = new Round(manager, wal, this::perform);
        this.thread = Thread.ofPlatform().name("manager").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Mailbox<ManagerInput> mailbox() {
        return mailbox;
    }

    Clients clients() {
        return clients;
    }

    /// Why no write can be taken now, if the disk has no room for it.
    Optional<String> shortage() {
        return wal.shortage();
    }

    /// Lets the round under way end, and closes the log.
    @Override public void close() throws IOException {
        mailbox.close();
        clients.close();
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
            case ManagerOutput.Readable read -> clients.complete(read.token(), read);
            case ManagerOutput.Tell tell -> around.localAgent().accept(tell.message());
            case ManagerOutput.CutSnapshot cut -> Thread.ofPlatform().name("snapshot")
                    .start(() -> cut(cut));
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
                long now = Time.now();
                round.run(now, Time.wall(), mailbox.take(wake(now, untended)));
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

    /// Raft's own outputs. A sole voter has no peers: what is for them comes with the joins.
    private void perform(RaftOutput output) {
        if (output instanceof RaftOutput.Happened happened) {
            around.log().event((Record) happened.event());
        }
    }

    private void cut(ManagerOutput.CutSnapshot cut) {
        try {
            SnapshotWriter writer = snapshots.begin(cut.meta());
            for (byte[] part : Snapshot.write(cut.view())) {
                writer.add(part);
                writer.add(new byte[] {'\n'});
            }
            writer.commit();
            mailbox.put(new ManagerInput.ToRaft(new RaftInput.SnapshotTaken(cut.meta())));
        } catch (IOException e) {
            around.log().trouble("no snapshot could be made; the log grows until the next", e);
        }
    }
}

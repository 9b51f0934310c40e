package swarm.node;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import swarm.disk.SnapshotReader;
import swarm.disk.SnapshotWriter;
import swarm.disk.Snapshots;
import swarm.manager.ManagerInput;
import swarm.manager.ManagerOutput;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftInput;
import swarm.raft.RaftOutput;
import swarm.raft.SnapshotMeta;
import swarm.store.Snapshot;
import swarm.store.View;

/// The work with snapshot files that a manager's thread does not wait for, on one thread of its
/// own: a snapshot cut from a view; the pieces of one read and sent to a follower that the log
/// cannot help any more; the pieces of another's written aside, and the whole put in the place of
/// the state. (Raft §7)
final class SnapshotPieces implements AutoCloseable {
    private final Snapshots snapshots;
    private final Mailbox<ManagerInput> manager;
    private final EventLog log;
    private final BiConsumer<MemberId, Message> send;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("snapshots").factory());
    /// The snapshot that is arriving, while one is; touched by the thread alone.
    private Optional<SnapshotWriter> arriving = Optional.empty();

    SnapshotPieces(Snapshots snapshots, Mailbox<ManagerInput> manager, EventLog log,
            BiConsumer<MemberId, Message> send) {
        this.snapshots = snapshots;
        this.manager = manager;
        this.log = log;
        this.send = send;
    }

    /// Makes a view a durable snapshot.
    void cut(ManagerOutput.CutSnapshot cut) {
        later("no snapshot could be made; the log grows until the next", () -> {
            SnapshotWriter writer = snapshots.begin(cut.meta());
            try {
                for (byte[] part : Snapshot.write(cut.view())) {
                    writer.add(part);
                    writer.add(new byte[] {'\n'});
                }
            } catch (IOException failed) {
                writer.abandon();
                throw failed;
            }
            writer.commit();
            manager.put(new ManagerInput.ToRaft(new RaftInput.SnapshotTaken(cut.meta())));
        });
    }

    /// Sends one piece. A snapshot that a newer one has replaced is not there: raft asks again.
    void sendPiece(RaftOutput.SendSnapshotChunk wanted) {
        later("a piece of a snapshot could not be read", () -> {
            Optional<SnapshotReader> found = snapshots.open(wanted.header().meta());
            if (found.isPresent()) {
                try (SnapshotReader reader = found.get()) {
                    long offset = wanted.header().offset();
                    byte[] bytes = reader.read(offset, wanted.bytesMax());
                    boolean last = offset + bytes.length >= reader.size();
                    send.accept(wanted.to(), wanted.header().carrying(bytes, last));
                }
            }
        });
    }

    /// Writes one piece aside; that at offset 0 begins anew.
    void storePiece(RaftOutput.StoreSnapshotChunk piece) {
        later("a piece of a snapshot could not be written", () -> {
            if (piece.offset() == 0) {
                abandon();
                arriving = Optional.of(snapshots.begin(piece.meta()));
            }
            if (arriving.isPresent() && arriving.get().size() == piece.offset()) {
                arriving.get().add(piece.bytes());
            }
        });
    }

    /// Puts the whole in the place of the state, and says whether it was good.
    void install(SnapshotMeta meta) {
        later("a snapshot that arrived could not be used", () -> {
            Optional<View> view = Optional.empty();
            try {
                if (arriving.isPresent()) {
                    arriving.get().commit();
                    arriving = Optional.empty();
                    view = Optional.of(ManagerLoop.load(snapshots, meta));
                }
            } finally {
                manager.put(new ManagerInput.Installed(meta, view));
            }
        });
    }

    private void abandon() throws IOException {
        if (arriving.isPresent()) {
            SnapshotWriter old = arriving.get();
            arriving = Optional.empty();
            old.abandon();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void later(String failed, Work work) {
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    log.trouble(failed, e);
                }
            });
        } catch (RejectedExecutionException closed) {
            log.say("a snapshot's work came after the manager's end");
        }
    }

    /// Lets the work under way end.
    @Override public void close() {
        thread.close();
    }
}

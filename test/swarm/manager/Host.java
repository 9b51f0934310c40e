package swarm.manager;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import sim.SimDisk;
import swarm.api.ApiAnswer;
import swarm.disk.Seal;
import swarm.disk.Wal;
import swarm.json.JsonException;
import swarm.model.NodeId;
import swarm.node.Round;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftEvent;
import swarm.raft.RaftInput;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;
import swarm.store.Snapshot;
import swarm.store.View;

/// One manager of a test's cluster, with the daemon's own round and log on a disk in memory. It
/// keeps what others could see of it, and puts snapshots in place as a daemon does.
final class Host {
    private static final int SEGMENT_BYTES = 1 << 18;

    final NodeId node;
    final MemberId member;
    final Manager manager;
    /// Waits for the next round.
    final List<ManagerInput> mailbox = new ArrayList<>();
    /// What others could see, but for messages to managers.
    final List<ManagerOutput> said = new ArrayList<>();
    final List<RaftEvent> events = new ArrayList<>();
    /// Whether snapshots that arrive are found to be damaged.
    boolean spoils;
    /// How many snapshots were put in place or dropped.
    int installed;
    /// How many snapshots it made of its own.
    int cuts;
    private final Round round;
    private final Wal wal;
    private final BiConsumer<MemberId, Message> network;
    private SnapshotMeta snapshot = SnapshotMeta.NONE;
    private byte[] bytes = new byte[0];
    private final ByteArrayOutputStream aside = new ByteArrayOutputStream();

    Host(NodeId node, MemberId member, Recovered disk, long now,
            BiConsumer<MemberId, Message> network) {
        this.node = node;
        this.member = member;
        this.network = network;
        manager = new Manager(new Manager.Self(node, member), disk, View.empty(),
                new Random(member.number()), now);
        try {
            wal = Wal.create(new SimDisk(member.number()),
                    new Seal(new byte[Seal.KEY_BYTES], new Random(1)), SEGMENT_BYTES);
            wal.saveHardState(disk.hardState());
            wal.append(disk.entries());
            wal.sync();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        round = new Round(manager, wal, this::perform);
    }

    /// The newest that it has.
    SnapshotMeta snapshot() {
        return snapshot;
    }

    boolean due(long now) {
        return !mailbox.isEmpty() || manager.deadline(now) <= now;
    }

    void run(long now, Instant wall) {
        List<ManagerInput> inputs = new ArrayList<>(mailbox);
        mailbox.clear();
        try {
            round.run(now, wall, inputs);
            wal.tend();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void perform(ManagerOutput output) {
        switch (output) {
            case ManagerOutput.FromRaft raft -> perform(raft.output());
            case ManagerOutput.CutSnapshot cut -> {
                cuts++;
                snapshot = cut.meta();
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                for (byte[] part : Snapshot.write(cut.view())) {
                    lines.writeBytes(part);
                    lines.write('\n');
                }
                bytes = lines.toByteArray();
                mailbox.add(new ManagerInput.ToRaft(new RaftInput.SnapshotTaken(cut.meta())));
            }
            case ManagerOutput.Answer _, ManagerOutput.Readable _, ManagerOutput.Elsewhere _,
                 ManagerOutput.Leaderless _,
                 ManagerOutput.Tell _, ManagerOutput.Happened _ -> said.add(output);
        }
    }

    private void perform(RaftOutput output) {
        switch (output) {
            case RaftOutput.Send send -> network.accept(send.to(), send.message());
            case RaftOutput.SendSnapshotChunk chunk -> send(chunk);
            case RaftOutput.StoreSnapshotChunk chunk -> {
                if (chunk.offset() == 0) {
                    aside.reset();
                }
                aside.writeBytes(chunk.bytes());
            }
            case RaftOutput.InstallSnapshot install -> install(install.meta());
            case RaftOutput.Happened happened -> events.add(happened.event());
            case RaftOutput.DialOnce _, RaftOutput.Write _, RaftOutput.Committed _,
                 RaftOutput.Accepted _, RaftOutput.ReadReady _, RaftOutput.Transferred _,
                 RaftOutput.Refused _ -> { }
        }
    }

    private void send(RaftOutput.SendSnapshotChunk chunk) {
        if (chunk.header().meta().index() == snapshot.index()) {
            int from = (int) chunk.header().offset();
            int to = Math.min(bytes.length, from + chunk.bytesMax());
            network.accept(chunk.to(), chunk.header()
                    .carrying(Arrays.copyOfRange(bytes, from, to), to == bytes.length));
        }
    }

    private void install(SnapshotMeta meta) {
        installed++;
        if (spoils) {
            mailbox.add(new ManagerInput.Installed(meta, Optional.empty()));
            return;
        }
        List<byte[]> parts = new ArrayList<>();
        aside.toString().lines().forEach(line -> parts.add(line.getBytes()));
        try {
            mailbox.add(new ManagerInput.Installed(meta, Optional.of(Snapshot.read(parts))));
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
        snapshot = meta;
        bytes = aside.toByteArray();
    }

    /// What was said to a client's token, if anything.
    Optional<ManagerOutput> answer(long token) {
        return said.stream().filter(output -> switch (output) {
            case ManagerOutput.Answer answer -> answer.token() == token;
            case ManagerOutput.Readable read -> read.token() == token;
            case ManagerOutput.Leaderless none -> none.token() == token;
            case ManagerOutput.Elsewhere other -> other.token() == token;
            case ManagerOutput.FromRaft _, ManagerOutput.Tell _, ManagerOutput.CutSnapshot _,
                 ManagerOutput.Happened _ -> false;
        }).findFirst();
    }

    /// The status of the answer to a token; 0 while there is none.
    int status(long token) {
        return reply(token).map(ApiAnswer::status).orElse(0);
    }

    /// What a client is told by this manager itself.
    Optional<ApiAnswer> reply(long token) {
        return answer(token).flatMap(output -> switch (output) {
            case ManagerOutput.Answer answer -> Optional.of(answer.answer());
            case ManagerOutput.Leaderless none -> Optional.of(none.answer());
            case ManagerOutput _ -> Optional.empty();
        });
    }

    /// How often its loops were begun.
    long reigns() {
        return said.stream().filter(output -> output instanceof ManagerOutput.Happened(
                ManagerEvent.Leading _)).count();
    }
}

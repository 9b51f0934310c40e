package sim;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.raft.Configuration;
import swarm.raft.Entry;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.Raft;
import swarm.raft.RaftConfig;
import swarm.raft.RaftEvent;
import swarm.raft.RaftInput;
import swarm.raft.RaftOutput;
import swarm.raft.Recovered;
import swarm.raft.SnapshotMeta;

/// One process on one machine: the real Raft, and around it the round as RaftOutput describes it,
/// with a disk that takes time, a clock that runs as it likes, and a death that can come between
/// any two outputs.
final class SimNode {
    /// Inputs that wait beyond this are dropped, as a full socket drops.
    private static final int MAILBOX_MAX = 300;

    final MemberId id;
    final Platter platter;
    private final RaftWorld world;
    private final RandomGenerator chance;
    private final SimClock clock;

    /// Empty while the process is not running.
    private Optional<Raft> raft = Optional.empty();
    private Replica replica = new Replica();

    /// Counts starts: what an earlier life planned does not happen.
    private int life;
    private boolean paused;
    private boolean retired;
    private final List<Runnable> whilePaused = new ArrayList<>();

    /// A round is under way, perhaps waiting for the disk.
    private boolean busy;
    private final List<RaftInput> mailbox = new ArrayList<>();

    /// When the next look at the deadline is planned.
    private long wakesAtUs = Long.MAX_VALUE;

    /// Requests without an answer, by token; and those in the log, by index.
    private final TreeMap<Long, Asker> asked = new TreeMap<>();
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();

    /// Microseconds more per sync, by chance up to this.
    long slowSyncUs;

    /// The next sync fails.
    boolean failSync;

    /// Outputs until the process dies; negative for never.
    int outputsToLive = -1;

    /// Who wants to know what became of a request.
    interface Asker {
        /// Done: what the read or the write found.
        void done(long value);

        /// Not done by this node, perhaps by `leader`.
        void refused(Optional<MemberId> leader);
    }

    private record Waiting(long token, long term) {}

    SimNode(MemberId id, RaftWorld world, RandomGenerator chance) {
        this.id = id;
        this.world = world;
        this.chance = chance;
        this.clock = new SimClock(world.time, chance);
        this.platter = new Platter(world.realDisks
            ? Optional.of(new RealDisk(chance.nextLong())) : Optional.empty());
    }

    boolean running() {
        return raft.isPresent();
    }

    Optional<Raft> raft() {
        return raft;
    }

    Replica replica() {
        return replica;
    }

    boolean paused() {
        return paused;
    }

    /// The clock runs on at another pace, or leaps; the process notices.
    void changeClock(long pace, long leapUs) {
        clock.run(pace);
        clock.leap(leapUs);
        if (running()) {
            later(0, this::wake);
        }
    }

    // Life and death.

    void start() {
        life++;
        busy = false;
        paused = false;
        wakesAtUs = Long.MAX_VALUE;
        outputsToLive = -1;
        failSync = false;
        Recovered found = recover();
        replica = Replica.restore(platter.durable().bytes());
        RaftConfig config = world.config;
        raft = Optional.of(new Raft(config, id, found, chance, clock.nowMs()));
        note("starts");
        wakeLater();
    }

    /// A start that loses its power begins once more.
    private Recovered recover() {
        try {
            return platter.recover();
        } catch (SimDisk.Crashed e) {
            note("loses its power while it starts");
            platter.crash(chance, true);
            return platter.recover();
        }
    }

    void crash(String how) {
        end(how, true);
    }

    private void end(String how, boolean power) {
        if (!running()) {
            return;
        }
        note("dies: " + how);
        life++;
        raft = Optional.empty();
        platter.crash(chance, power);
        mailbox.clear();
        whilePaused.clear();
        paused = false;
        asked.clear();
        waiting.clear();
        world.network.closed(id);
    }

    /// Switched off for good.
    void retire() {
        crash("retired");
        retired = true;
    }

    boolean retired() {
        return retired;
    }

    void pause() {
        paused = true;
        note("pauses");
    }

    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        note("resumes");
        List<Runnable> late = new ArrayList<>(whilePaused);
        whilePaused.clear();
        int thisLife = life;
        for (Runnable action : late) {
            if (life == thisLife) {
                live(action);
            }
        }
    }

    /// In this life, and not while paused.
    private void later(long delayUs, Runnable action) {
        int thisLife = life;
        world.time.in(delayUs, () -> {
            if (life == thisLife && running()) {
                if (paused) {
                    whilePaused.add(action);
                } else {
                    live(action);
                }
            }
        });
    }

    /// A disk that fails ends the process, one without power the machine.
    private void live(Runnable action) {
        try {
            action.run();
        } catch (UncheckedIOException e) {
            end("a disk failed: " + e.getMessage(), false);
        } catch (SimDisk.Crashed e) {
            end("power, while the disk was busy", true);
        }
    }

    void note(Object what) {
        world.timeline.add(world.time.nowUs(), id, what);
    }

    // What comes in.

    void receive(MemberId from, Message message) {
        if (mailbox.size() < MAILBOX_MAX) {
            put(new RaftInput.Received(from, message));
        }
    }

    void peerClosed(MemberId peer) {
        put(new RaftInput.PeerClosed(peer));
    }

    void peerRefused(MemberId peer) {
        put(new RaftInput.PeerRefused(peer));
    }

    void put(RaftInput input) {
        if (running()) {
            mailbox.add(input);
            if (!busy && mailbox.size() == 1) {
                later(1 + chance.nextLong(50), this::round);
            }
        }
    }

    void ask(RaftInput.Request request, Asker asker) {
        if (running()) {
            asked.put(request.token(), asker);
            world.oracle.beforeRead(request.token());
            put(request);
        }
    }

    private void wakeLater() {
        long deadline = raft.orElseThrow().deadline();
        if (!mailbox.isEmpty()) {
            later(1 + chance.nextLong(50), this::round);
        } else if (deadline != Long.MAX_VALUE) {
            long inUs = clock.untilUs(deadline);
            if (world.time.nowUs() + inUs < wakesAtUs) {
                wakesAtUs = world.time.nowUs() + inUs;
                later(inUs, this::wake);
            }
        }
    }

    /// The deadline that this was planned for may have moved meanwhile.
    void wake() {
        wakesAtUs = Long.MAX_VALUE;
        if (!busy && clock.nowMs() >= raft.orElseThrow().deadline()) {
            round();
        } else if (!busy) {
            wakeLater();
        }
    }

    // The round.

    /// Step what waits, and time itself only when nothing else does.
    private void round() {
        long deadline = raft.orElseThrow().deadline();
        if (busy || mailbox.isEmpty() && clock.nowMs() < deadline) {
            return;
        }
        busy = true;
        List<RaftOutput> outputs = new ArrayList<>();
        while (!mailbox.isEmpty()) {
            outputs.addAll(step(mailbox.removeFirst()));
        }
        if (clock.nowMs() >= raft.orElseThrow().deadline()) {
            outputs.addAll(step(new RaftInput.Tick()));
        }
        write(outputs, new ArrayList<>());
    }

    private List<RaftOutput> step(RaftInput input) {
        return raft.orElseThrow().step(clock.nowMs(), input);
    }

    /// All writes in order, then one sync; everything else waits in `rest`.
    private void write(List<RaftOutput> outputs, List<RaftOutput> rest) {
        boolean wrote = false;
        for (RaftOutput output : outputs) {
            if (output instanceof RaftOutput.Write write) {
                if (diesNow()) {
                    return;
                }
                wrote = true;
                world.oracle.beforeWrite(this, write);
                platter.write(write);
            } else {
                rest.add(output);
            }
        }
        if (wrote) {
            long slow = slowSyncUs == 0 ? 0 : chance.nextLong(slowSyncUs);
            later(200 + chance.nextLong(600) + slow, () -> synced(rest));
        } else {
            perform(rest);
        }
    }

    private void synced(List<RaftOutput> rest) {
        if (failSync && !platter.failSync()) {
            end("a sync failed", false);
            return;
        }
        platter.sync();
        Raft now = raft.orElseThrow();
        write(step(new RaftInput.Persisted(now.lastIndex(), now.lastTerm())), rest);
    }

    private void perform(List<RaftOutput> rest) {
        for (RaftOutput output : rest) {
            if (diesNow()) {
                return;
            }
            perform(output);
        }
        platter.tend();
        busy = false;
        wakeLater();
    }

    private boolean diesNow() {
        boolean dies = outputsToLive == 0;
        outputsToLive = Math.max(-1, outputsToLive - 1);
        if (dies) {
            crash("between two outputs");
        }
        return dies;
    }

    private void perform(RaftOutput output) {
        switch (output) {
            case RaftOutput.Write _ -> throw new Violation("a write after the sync");
            case RaftOutput.Send(MemberId to, Message message) -> send(to, message);
            case RaftOutput.SendSnapshotChunk chunk -> sendChunk(chunk);
            case RaftOutput.StoreSnapshotChunk(SnapshotMeta _, long offset, byte[] bytes) ->
                platter.storeAside(offset, bytes);
            case RaftOutput.InstallSnapshot(SnapshotMeta meta) ->
                later(500 + chance.nextLong(20_000), () -> install(meta));
            case RaftOutput.Committed(List<Entry> entries) -> {
                world.oracle.beforeCommit(this, entries);
                entries.forEach(this::apply);
            }
            case RaftOutput.Accepted(long token, long index, long term) ->
                waiting.put(index, new Waiting(token, term));
            case RaftOutput.ReadReady(long token, long index) -> readReady(token, index);
            case RaftOutput.Transferred(long token, MemberId _) -> answer(token, 0);
            case RaftOutput.Refused(long token, RaftOutput.Refusal reason) ->
                refuse(token, reason);
            case RaftOutput.DialOnce(MemberId peer) -> world.network.dial(id, peer);
            case RaftOutput.Happened(RaftEvent event) -> happened(event);
        }
    }

    private void send(MemberId to, Message message) {
        world.oracle.beforeSend(this, to, message);
        world.network.send(id, to, message);
    }

    private void sendChunk(RaftOutput.SendSnapshotChunk chunk) {
        Platter.State state = platter.durable();
        if (state.snapshot().index() != chunk.header().meta().index()) {
            return;
        }
        int from = (int) chunk.header().offset();
        int to = Math.min(state.bytes().length, from + chunk.bytesMax());
        byte[] piece = Arrays.copyOfRange(state.bytes(), from, to);
        send(chunk.to(), chunk.header().carrying(piece, to == state.bytes().length));
    }

    private void install(SnapshotMeta meta) {
        boolean good = chance.nextInt(20) > 0;
        if (good) {
            platter.saveSnapshot(meta, platter.aside());
            replica = Replica.restore(platter.aside());
            world.oracle.restored(this, meta);
        }
        put(new RaftInput.SnapshotInstalled(meta, good));
    }

    private void apply(Entry entry) {
        world.oracle.beforeApply(this, entry);
        long found = replica.apply(entry);
        world.oracle.afterApply(this, entry);
        Optional.ofNullable(waiting.remove(entry.index())).ifPresent(w -> {
            if (w.term == entry.term()) {
                answer(w.token, found);
            } else {
                refuse(w.token, new RaftOutput.NotLeader(Optional.empty()));
            }
        });
        long since = replica.applied() - platter.written().snapshot().index();
        if (since == world.snapshotEvery) {
            takeSnapshot();
        }
    }

    /// Cut now, made durable by and by.
    private void takeSnapshot() {
        long index = replica.applied();
        byte[] bytes = replica.snapshot();
        SnapshotMeta meta = raft.orElseThrow().metaAt(index);
        later(1000 + chance.nextLong(50_000), () -> {
            if (platter.written().snapshot().index() < index) {
                platter.saveSnapshot(meta, bytes);
                put(new RaftInput.SnapshotTaken(meta));
            }
        });
    }

    private void readReady(long token, long index) {
        Violation.unless(replica.applied() >= index, "a read is ready before its entries are");
        world.oracle.beforeAnswer(this, token, index);
        Optional.ofNullable(asked.remove(token))
            .ifPresent(asker -> asker.done(replica.read(world.keyOfRead(token))));
    }

    private void answer(long token, long value) {
        Optional.ofNullable(asked.remove(token)).ifPresent(asker -> asker.done(value));
    }

    private void refuse(long token, RaftOutput.Refusal reason) {
        Optional<MemberId> leader = switch (reason) {
            case RaftOutput.NotLeader(Optional<MemberId> other) -> other;
            case RaftOutput.Busy _ -> Optional.of(id);
            case RaftOutput.Impossible _ -> Optional.empty();
        };
        Optional.ofNullable(asked.remove(token)).ifPresent(asker -> asker.refused(leader));
    }

    private void happened(RaftEvent event) {
        note(event);
        world.happened(this, event);
    }

    Configuration configuration() {
        return raft.orElseThrow().configuration();
    }
}

package swarm.disk;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import swarm.raft.Entry;
import swarm.raft.HardState;
import swarm.raft.MemberId;

/// What a record of the log says, once it is unsealed. The first byte is the kind.
///
///     1 HEAD   previous segment 8, records of it that count 4, records in this first batch 4,
///              term 8, voted 1, vote 8, index of the next entry 8
///     2 STATE  term 8, voted 1, vote 8
///     3 ENTRY  index 8, term 8, kind 1 (1 NOOP, 2 COMMAND, 3 CONFIGURATION), data
///     4 CUT    forget the entries from index 8 on
///     5 RESET  forget all entries; the next one has index 8
///
/// Invariants: HEAD is the first record of a segment and only that, so term and vote survive the
/// deletion of older segments. Its size is always the same.
/// Source: Raft Figure 2, persistent state.
sealed interface LogRecord {
    int HEAD_BYTES = 1 + 8 + 4 + 4 + 17 + 8;

    /// Begins a segment, and says where the log came from.
    record Head(long previous, int previousRecords, int batchRecords, HardState state, long next)
        implements LogRecord {}

    /// Replaces term and vote.
    record State(HardState state) implements LogRecord {}

    /// Adds an entry at the log's end.
    record Added(Entry entry) implements LogRecord {}

    /// Forgets the entries from `from` on.
    record Cut(long from) implements LogRecord {}

    /// Forgets all entries; the next one has index `next`.
    record Reset(long next) implements LogRecord {}

    /// This record's bytes.
    default byte[] encode() {
        return switch (this) {
            case Head head -> put(ByteBuffer.allocate(HEAD_BYTES).put((byte) 1)
                .putLong(head.previous).putInt(head.previousRecords).putInt(head.batchRecords),
                head.state).putLong(head.next).array();
            case State state -> put(ByteBuffer.allocate(18).put((byte) 2), state.state).array();
            case Added added -> encode(added.entry);
            case Cut cut -> ByteBuffer.allocate(9).put((byte) 4).putLong(cut.from).array();
            case Reset reset -> ByteBuffer.allocate(9).put((byte) 5).putLong(reset.next).array();
        };
    }

    /// Bytes of `encode()`.
    default int bytes() {
        return switch (this) {
            case Head head -> HEAD_BYTES;
            case State state -> 18;
            case Added added -> 18 + added.entry.data().length;
            case Cut cut -> 9;
            case Reset reset -> 9;
        };
    }

    private static byte[] encode(Entry entry) {
        byte kind = switch (entry.kind()) {
            case NOOP -> 1;
            case COMMAND -> 2;
            case CONFIGURATION -> 3;
        };
        return ByteBuffer.allocate(18 + entry.data().length).put((byte) 3)
            .putLong(entry.index()).putLong(entry.term()).put(kind).put(entry.data()).array();
    }

    private static ByteBuffer put(ByteBuffer out, HardState state) {
        boolean voted = state.votedFor().isPresent();
        return out.putLong(state.term()).put((byte) (voted ? 1 : 0))
            .putLong(voted ? state.votedFor().get().number() : 0);
    }

    /// The record in these bytes; empty if they are none of ours.
    static Optional<LogRecord> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return switch (in.get()) {
                case 1 -> Optional.of(new Head(in.getLong(), in.getInt(), in.getInt(),
                    state(in), in.getLong()));
                case 2 -> Optional.of(new State(state(in)));
                case 3 -> entry(in);
                case 4 -> Optional.of(new Cut(in.getLong()));
                case 5 -> Optional.of(new Reset(in.getLong()));
                default -> Optional.empty();
            };
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    private static HardState state(ByteBuffer in) {
        long term = in.getLong();
        boolean voted = in.get() == 1;
        MemberId vote = new MemberId(in.getLong());
        return new HardState(term, voted ? Optional.of(vote) : Optional.empty());
    }

    private static Optional<LogRecord> entry(ByteBuffer in) {
        long index = in.getLong();
        long term = in.getLong();
        Optional<Entry.Kind> kind = switch (in.get()) {
            case 1 -> Optional.of(Entry.Kind.NOOP);
            case 2 -> Optional.of(Entry.Kind.COMMAND);
            case 3 -> Optional.of(Entry.Kind.CONFIGURATION);
            default -> Optional.empty();
        };
        byte[] data = new byte[in.remaining()];
        in.get(data);
        return kind.map(known -> new Added(new Entry(index, term, known, data)));
    }
}

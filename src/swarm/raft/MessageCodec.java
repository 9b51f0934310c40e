package swarm.raft;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import swarm.Invariant;

/// Messages to bytes and back. One byte says which message, then come its fields in the order of
/// its record, big-endian: numbers 8 bytes, booleans 1, a position index and term, bytes and lists
/// behind a count of 4. An entry of an Append is term, kind (1 byte) and data; its index follows
/// from its place.
///
///     Heartbeat(term 3, round 7, commit 5):
///     06  00 00 00 00 00 00 00 03  00 00 00 00 00 00 00 07  00 00 00 00 00 00 00 05
///
/// Length and checksum are the frame's; version and cluster were agreed when the connection began.
public final class MessageCodec {
    private static final int ENTRY_HEAD = 8 + 1 + 4;
    private static final int FIXED_MAX = 64;

    private MessageCodec() {}

    /// Bytes that are no message: the connection they came from is of no use any more.
    public static final class MalformedMessage extends Exception {
        private static final long serialVersionUID = 1;

        MalformedMessage(String found) {
            super("not a raft message: " + found);
        }
    }

    public static byte[] encode(Message message) {
        ByteBuffer out = ByteBuffer.allocate(FIXED_MAX + variableSize(message));
        switch (message) {
            case Message.PreVoteRequest m -> position(tag(out, 1, m), m.last());
            case Message.PreVoteReply m -> flag(tag(out, 2, m).putLong(m.asked()), m.granted());
            case Message.VoteRequest m -> flag(position(tag(out, 3, m), m.last()), m.transfer());
            case Message.VoteReply m -> flag(tag(out, 4, m), m.granted());
            case Message.Append m -> append(tag(out, 5, m), m);
            case Message.Heartbeat m -> tag(out, 6, m).putLong(m.round()).putLong(m.commit());
            case Message.HeartbeatReply m -> tag(out, 7, m).putLong(m.round());
            case Message.AppendAccepted m ->
                tag(out, 8, m).putLong(m.session()).putLong(m.match());
            case Message.AppendRefused m -> position(
                tag(out, 9, m).putLong(m.session()).putLong(m.previousIndex()), m.hint());
            case Message.SnapshotChunk m -> chunk(tag(out, 10, m), m);
            case Message.SnapshotAccepted m ->
                tag(out, 11, m).putLong(m.session()).putLong(m.index()).putLong(m.nextOffset());
            case Message.TimeoutNow m -> tag(out, 12, m);
            case Message.Outdated m -> tag(out, 13, m);
            case Message.Removed m -> tag(out, 14, m);
        }
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    /// The message in these bytes, all of them.
    public static Message decode(byte[] bytes) throws MalformedMessage {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            Message message = decode(in);
            if (in.hasRemaining()) {
                throw new MalformedMessage(in.remaining() + " bytes too many");
            }
            return message;
        } catch (BufferUnderflowException | Invariant.Violation e) {
            throw new MalformedMessage(bytes.length + " bytes, " + e.getMessage());
        }
    }

    private static Message decode(ByteBuffer in) throws MalformedMessage {
        byte tag = in.get();
        long term = in.getLong();
        return switch (tag) {
            case 1 -> new Message.PreVoteRequest(term, position(in));
            case 2 -> new Message.PreVoteReply(term, in.getLong(), flag(in));
            case 3 -> new Message.VoteRequest(term, position(in), flag(in));
            case 4 -> new Message.VoteReply(term, flag(in));
            case 5 -> append(in, term);
            case 6 -> new Message.Heartbeat(term, in.getLong(), in.getLong());
            case 7 -> new Message.HeartbeatReply(term, in.getLong());
            case 8 -> new Message.AppendAccepted(term, in.getLong(), in.getLong());
            case 9 -> new Message.AppendRefused(term, in.getLong(), in.getLong(), position(in));
            case 10 -> chunk(in, term);
            case 11 ->
                new Message.SnapshotAccepted(term, in.getLong(), in.getLong(), in.getLong());
            case 12 -> new Message.TimeoutNow(term);
            case 13 -> new Message.Outdated(term);
            case 14 -> new Message.Removed(term);
            default -> throw new MalformedMessage("kind " + tag);
        };
    }

    private static int variableSize(Message message) {
        return switch (message) {
            case Message.Append m ->
                m.entries().stream().mapToInt(e -> ENTRY_HEAD + e.data().length).sum();
            case Message.SnapshotChunk m ->
                m.meta().configuration().length + m.piece().bytes().length;
            case Message.PreVoteRequest _, Message.PreVoteReply _, Message.VoteRequest _,
                 Message.VoteReply _, Message.Heartbeat _, Message.HeartbeatReply _,
                 Message.AppendAccepted _, Message.AppendRefused _, Message.SnapshotAccepted _,
                 Message.TimeoutNow _, Message.Outdated _, Message.Removed _ -> 0;
        };
    }

    private static ByteBuffer tag(ByteBuffer out, int kind, Message message) {
        return out.put((byte) kind).putLong(message.term());
    }

    private static ByteBuffer position(ByteBuffer out, Position position) {
        return out.putLong(position.index()).putLong(position.term());
    }

    private static Position position(ByteBuffer in) {
        return new Position(in.getLong(), in.getLong());
    }

    private static void flag(ByteBuffer out, boolean flag) {
        out.put((byte) (flag ? 1 : 0));
    }

    private static boolean flag(ByteBuffer in) {
        byte found = in.get();
        Invariant.check(found == 0 || found == 1, "a flag is 0 or 1");
        return found == 1;
    }

    private static void bytes(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        Invariant.check(length >= 0 && length <= in.remaining(), "a count of bytes present");
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void append(ByteBuffer out, Message.Append m) {
        position(out.putLong(m.session()), m.previous()).putLong(m.commit());
        out.putInt(m.entries().size());
        for (Entry entry : m.entries()) {
            out.putLong(entry.term()).put((byte) entry.kind().ordinal());
            bytes(out, entry.data());
        }
    }

    private static Message append(ByteBuffer in, long term) {
        long session = in.getLong();
        Position previous = position(in);
        long commit = in.getLong();
        int count = in.getInt();
        Invariant.check(count >= 0 && count <= in.remaining() / ENTRY_HEAD,
            "a count of entries present");
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            long entryTerm = in.getLong();
            int kind = in.get();
            Invariant.check(kind >= 0 && kind < Entry.Kind.values().length, "a known kind");
            entries.add(new Entry(previous.index() + i, entryTerm, Entry.Kind.values()[kind],
                bytes(in)));
        }
        return new Message.Append(term, session, previous, commit, entries);
    }

    private static void chunk(ByteBuffer out, Message.SnapshotChunk m) {
        out.putLong(m.session()).putLong(m.meta().index()).putLong(m.meta().term());
        bytes(out, m.meta().configuration());
        out.putLong(m.offset());
        bytes(out, m.piece().bytes());
        flag(out, m.piece().last());
    }

    private static Message chunk(ByteBuffer in, long term) {
        long session = in.getLong();
        SnapshotMeta meta = new SnapshotMeta(in.getLong(), in.getLong(), bytes(in));
        Configuration.decode(meta.configuration());
        Message.Piece piece = new Message.Piece(in.getLong(), bytes(in), flag(in));
        return new Message.SnapshotChunk(term, session, meta, piece);
    }
}

package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes and messages: what goes out comes back, and what is damaged is refused.
final class MessageCodecTest {
    private static final SnapshotMeta META = new SnapshotMeta(8, 3,
        new Configuration(Desk.ids(1, 2), Desk.ids(3)).encode());

    private static final List<Message> ALL = List.of(
        new Message.PreVoteRequest(3, new Position(7, 2)),
        new Message.PreVoteReply(3, 4, true),
        new Message.VoteRequest(3, new Position(7, 2), true),
        new Message.VoteReply(3, false),
        new Message.Append(3, 9, new Position(7, 2), 6, List.of()),
        new Message.Append(3, 9, new Position(7, 2), 6,
            List.of(Desk.command(8, 2), new Entry(9, 3, Entry.Kind.NOOP, new byte[0]))),
        new Message.Heartbeat(3, 7, 5),
        new Message.HeartbeatReply(3, 7),
        new Message.AppendAccepted(3, 9, 8),
        new Message.AppendRefused(3, 9, 7, new Position(5, 1)),
        new Message.SnapshotChunk(3, 9, META, new Message.Piece(20, new byte[] {1, 2, 3}, true)),
        new Message.SnapshotAccepted(3, 9, 8, 23),
        new Message.TimeoutNow(3),
        new Message.Outdated(4),
        new Message.Removed(4));

    /// Bytes stand for the message, for records with arrays are equal only to themselves.
    @Test void everyMessageComesBack() throws MessageCodec.MalformedMessage {
        for (Message message : ALL) {
            byte[] bytes = MessageCodec.encode(message);
            Message back = MessageCodec.decode(bytes);
            assertEquals(message.getClass(), back.getClass());
            assertEquals(message.term(), back.term());
            assertArrayEquals(bytes, MessageCodec.encode(back), message.toString());
        }
    }

    /// The example in the format's description.
    @Test void bytesAreAsDescribed() {
        assertEquals("06" + "0000000000000003" + "0000000000000007" + "0000000000000005",
            HexFormat.of().formatHex(MessageCodec.encode(new Message.Heartbeat(3, 7, 5))));
    }

    @Test void everyCutIsRefused() {
        for (Message message : ALL) {
            byte[] bytes = MessageCodec.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                byte[] some = Arrays.copyOf(bytes, length);
                assertThrows(MessageCodec.MalformedMessage.class,
                    () -> MessageCodec.decode(some), message + " cut to " + length);
            }
            byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
            assertThrows(MessageCodec.MalformedMessage.class, () -> MessageCodec.decode(more));
        }
    }

    /// Whatever the bytes are, they are a message or refused, and cost no more than their length.
    @Test void anyBytesAreAMessageOrRefused() {
        Random chance = new Random(3);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = MessageCodec.encode(ALL.get(chance.nextInt(ALL.size())));
            for (int flips = 1 + chance.nextInt(3); flips > 0; flips--) {
                bytes[chance.nextInt(bytes.length)] ^= (byte) (1 << chance.nextInt(8));
            }
            try {
                MessageCodec.decode(bytes);
            } catch (MessageCodec.MalformedMessage e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    @Test void entriesOfALaterTermAreRefused() {
        byte[] bytes = MessageCodec.encode(ALL.get(5));
        bytes[8] = 1;
        assertThrows(MessageCodec.MalformedMessage.class, () -> MessageCodec.decode(bytes));
    }
}

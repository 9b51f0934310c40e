package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.Invariant;

/// Which changes of members make sense, and what they lead to.
public final class ConfigurationTest {
    private final Configuration five =
        new Configuration(Desk.ids(1, 2, 3), Desk.ids(4, 5));

    @Test void eachChangeMovesOneMember() {
        assertEquals(Optional.of(new Configuration(Desk.ids(1, 2, 3), Desk.ids(4, 5, 6))),
            five.after(new Configuration.AddLearner(Desk.id(6))));
        assertEquals(Optional.of(new Configuration(Desk.ids(1, 2, 3, 4), Desk.ids(5))),
            five.after(new Configuration.Promote(Desk.id(4))));
        assertEquals(Optional.of(new Configuration(Desk.ids(1, 3), Desk.ids(2, 4, 5))),
            five.after(new Configuration.Demote(Desk.id(2))));
        assertEquals(Optional.of(new Configuration(Desk.ids(1, 3), Desk.ids(4, 5))),
            five.after(new Configuration.Remove(Desk.id(2))));
        assertEquals(Optional.of(new Configuration(Desk.ids(1, 2, 3), Desk.ids(4))),
            five.after(new Configuration.Remove(Desk.id(5))));
    }

    @Test void changesThatMakeNoSenseAreNone() {
        assertTrue(five.after(new Configuration.AddLearner(Desk.id(1))).isEmpty());
        assertTrue(five.after(new Configuration.AddLearner(Desk.id(4))).isEmpty());
        assertTrue(five.after(new Configuration.Promote(Desk.id(1))).isEmpty());
        assertTrue(five.after(new Configuration.Promote(Desk.id(9))).isEmpty());
        assertTrue(five.after(new Configuration.Demote(Desk.id(4))).isEmpty());
        assertTrue(five.after(new Configuration.Remove(Desk.id(9))).isEmpty());
    }

    /// A cluster without voters could never decide anything again.
    @Test void theLastVoterStays() {
        Configuration one = new Configuration(Desk.ids(1), Desk.ids(2));
        assertTrue(one.after(new Configuration.Remove(Desk.id(1))).isEmpty());
        assertTrue(one.after(new Configuration.Demote(Desk.id(1))).isEmpty());
    }

    @Test void bytesComeBack() {
        assertEquals(five, Configuration.decode(five.encode()));
        assertEquals(Configuration.NONE, Configuration.decode(Configuration.NONE.encode()));
        assertEquals(Configuration.NONE, Configuration.decode(new byte[0]));
    }

    @Test void damagedBytesAreRefused() {
        byte[] bytes = five.encode();
        for (int length = 1; length < bytes.length; length++) {
            byte[] some = Arrays.copyOf(bytes, length);
            assertThrows(Invariant.Violation.class, () -> Configuration.decode(some));
        }
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
        assertThrows(Invariant.Violation.class, () -> Configuration.decode(more));
    }

    @Test void noMemberIsBothOrTwice() {
        assertThrows(Invariant.Violation.class,
            () -> new Configuration(Desk.ids(1, 1), List.of()));
        assertThrows(Invariant.Violation.class,
            () -> new Configuration(Desk.ids(1), Desk.ids(1)));
    }

    /// Order of naming is no difference.
    @Test void listsAreSorted() {
        assertEquals(new Configuration(Desk.ids(1, 2, 3), Desk.ids(4, 5)),
            new Configuration(Desk.ids(3, 1, 2), Desk.ids(5, 4)));
    }
}

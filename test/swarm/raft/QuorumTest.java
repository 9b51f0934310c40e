package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Majorities against a naive oracle that counts, for all assignments up to five voters.
final class QuorumTest {
    private static final int VOTERS_MAX = 5;

    @Test void holdsExactlyWhenMoreThanHalfDo() {
        for (int voters = 1; voters <= VOTERS_MAX; voters++) {
            for (int bits = 0; bits < 1 << voters; bits++) {
                int set = bits;
                boolean expected = 2 * Integer.bitCount(bits) > voters;
                assertEquals(expected, Quorum.holds(members(voters),
                    m -> (set >> m.number() & 1) == 1), voters + " voters, set " + bits);
            }
        }
    }

    /// The largest number n such that more than half have n or more.
    @Test void reachesWhatMoreThanHalfReach() {
        for (int voters = 1; voters <= VOTERS_MAX; voters++) {
            int[] numbers = new int[voters];
            do {
                long reached = Quorum.reached(members(voters), m -> numbers[(int) m.number()]);
                assertEquals(naive(numbers), reached, Arrays.toString(numbers));
            } while (next(numbers));
        }
    }

    private static long naive(int[] numbers) {
        for (int n = numbers.length; n > 0; n--) {
            int those = 0;
            for (int number : numbers) {
                those += number >= n ? 1 : 0;
            }
            if (2 * those > numbers.length) {
                return n;
            }
        }
        return 0;
    }

    /// Counts through all assignments of 0 to as many as there are voters.
    private static boolean next(int[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (++numbers[i] <= numbers.length) {
                return true;
            }
            numbers[i] = 0;
        }
        return false;
    }

    /// What all of raft rests on: two majorities share a voter, also across one change (§4.1).
    @Test void majoritiesMeetAlsoAcrossOneChange() {
        for (int before = 1; before <= VOTERS_MAX; before++) {
            for (int after = before; after <= before + 1; after++) {
                for (int one = 0; one < 1 << before; one++) {
                    for (int two = 0; two < 1 << after; two++) {
                        boolean both = majority(before, one) && majority(after, two);
                        assertTrue(!both || (one & two) != 0, one + " and " + two);
                    }
                }
            }
        }
    }

    private static boolean majority(int voters, int bits) {
        return Quorum.holds(members(voters), m -> (bits >> m.number() & 1) == 1);
    }

    @Test void nobodyIsNoMajority() {
        assertFalse(Quorum.holds(List.of(), m -> true));
        assertEquals(0, Quorum.reached(List.of(), m -> 7));
    }

    private static List<MemberId> members(int count) {
        List<MemberId> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new MemberId(i));
        }
        return members;
    }
}

package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import swarm.Invariant;

/// The log in memory, and against a naive one that scans.
public final class RaftLogTest {
    private static Entry configuration(long index, long term, long... voters) {
        Configuration some = new Configuration(Desk.ids(voters), List.of());
        return new Entry(index, term, Entry.Kind.CONFIGURATION, some.encode());
    }

    private static RaftLog log(long... terms) {
        return new RaftLog(SnapshotMeta.NONE, Desk.entries(3, terms));
    }

    @Test void holdsItsOwnPositionsOnly() {
        RaftLog log = log(1, 1, 2);
        assertTrue(log.holds(Position.START));
        assertTrue(log.holds(new Position(2, 1)));
        assertTrue(log.holds(new Position(3, 2)));
        assertFalse(log.holds(new Position(3, 1)));
        assertFalse(log.holds(new Position(4, 2)));
    }

    @Test void refusesGapsAndFallingTerms() {
        assertThrows(Invariant.Violation.class, () -> log(1).append(List.of(Desk.command(3, 1))));
        assertThrows(Invariant.Violation.class, () -> log(2).append(List.of(Desk.command(2, 1))));
    }

    /// F43: the members go with the entry that brought them.
    @Test void truncationBringsBackTheMembersBefore() {
        RaftLog log = log(1, 1);
        log.append(List.of(configuration(3, 1, 1, 2), Desk.command(4, 1)));
        assertEquals(Desk.ids(1, 2), log.configuration().voters());
        log.truncateFrom(4);
        assertEquals(Desk.ids(1, 2), log.configuration().voters());
        log.truncateFrom(3);
        assertEquals(Desk.ids(1, 2, 3), log.configuration().voters());
        assertEquals(1, log.configurationIndex());
    }

    @Test void compactionKeepsTheMembersInForce() {
        RaftLog log = log(1, 1);
        log.append(List.of(configuration(3, 1, 1, 2), Desk.command(4, 2), Desk.command(5, 2)));
        log.compactTo(4);
        assertEquals(new Position(4, 2), log.base());
        assertEquals(Desk.ids(1, 2), log.configuration().voters());
        assertEquals(Desk.ids(1, 2), log.configurationAt(5).voters());
        assertEquals(5, log.lastIndex());
        assertEquals(2, log.termAt(4));
        log.compactTo(2);
        assertEquals(4, log.base().index());
    }

    @Test void compactionOfAllLeavesAnEmptyLogThatGoesOn() {
        RaftLog log = log(1, 1, 2);
        log.compactTo(3);
        assertEquals(new Position(3, 2), log.last());
        log.append(List.of(Desk.command(4, 2)));
        assertEquals(4, log.lastIndex());
    }

    /// F28: what was durable before a truncation says nothing about what replaced it.
    @Test void durableIsCutByTruncationAndKnowsTerms() {
        RaftLog log = log(1, 1, 1);
        log.truncateFrom(2);
        assertEquals(1, log.durable());
        log.append(List.of(Desk.command(2, 2), Desk.command(3, 2)));
        log.persisted(new Position(3, 1));
        assertEquals(1, log.durable());
        log.persisted(new Position(3, 2));
        assertEquals(3, log.durable());
        log.persisted(new Position(2, 2));
        assertEquals(3, log.durable());
    }

    @Test void takesSomeEntriesButAtLeastOne() {
        RaftLog log = log(1, 1, 1, 1);
        assertEquals(1, log.from(2, 1).size());
        assertEquals(2, log.from(2, 2 * (int) RaftLog.size(log.entry(2))).size());
        assertEquals(3, log.from(2, 1000).size());
        assertTrue(log.from(5, 1000).isEmpty());
        assertEquals(List.of(2L, 3L), log.between(2, 3).stream().map(Entry::index).toList());
    }

    /// F06: entries found beside a snapshot belong to it or not.
    @Test void foundEntriesContinueTheSnapshotOrGo() {
        SnapshotMeta three = new SnapshotMeta(3, 2,
            new Configuration(Desk.ids(1), List.of()).encode());
        assertEquals(4, new RaftLog(three, Desk.entries(3, 1, 1, 2, 2)).lastIndex());
        assertEquals(3, new RaftLog(three, Desk.entries(3, 1, 1, 1, 1)).lastIndex());
        assertEquals(3, new RaftLog(three, Desk.entries(3, 1, 1)).lastIndex());
        assertEquals(4, new RaftLog(three, List.of(Desk.command(4, 2))).lastIndex());
        assertThrows(Invariant.Violation.class,
            () -> new RaftLog(three, List.of(Desk.command(5, 2))));
    }

    /// For random pairs of logs, the search for the last place that could be common finds what a
    /// scan finds, and two servers that take turns always arrive at the place where they part.
    @Test void backUpFindsWhereLogsPart() {
        Random chance = new Random(5);
        for (int round = 0; round < 2000; round++) {
            List<Long> shared = terms(chance, chance.nextInt(6), 1);
            long from = shared.isEmpty() ? 1 : shared.getLast();
            RaftLog one = log(shared, terms(chance, chance.nextInt(6), from));
            RaftLog two = log(shared, terms(chance, chance.nextInt(6), from));
            Position ask = one.last();
            int asked = 0;
            while (!two.holds(ask)) {
                Position hint = two.lastPossiblyCommon(ask);
                assertEquals(naive(two, ask), hint);
                long next = Math.min(ask.index() - 1, one.lastPossiblyCommon(hint).index());
                ask = new Position(next, one.termAt(next));
                asked++;
            }
            assertTrue(asked <= 12, "asked " + asked + " times");
            assertTrue(ask.index() >= shared.size(), "went back further than needed");
        }
    }

    private static Position naive(RaftLog log, Position position) {
        long index = Math.min(position.index(), log.lastIndex());
        while (index > 0 && log.termAt(index) > position.term()) {
            index--;
        }
        return new Position(index, log.termAt(index));
    }

    private static List<Long> terms(Random chance, int count, long from) {
        List<Long> terms = new ArrayList<>();
        long term = from;
        for (int i = 0; i < count; i++) {
            term += chance.nextInt(3) == 0 ? 1 + chance.nextInt(2) : 0;
            terms.add(term);
        }
        return terms;
    }

    private static RaftLog log(List<Long> shared, List<Long> own) {
        RaftLog log = new RaftLog(SnapshotMeta.NONE, List.of());
        for (long term : shared) {
            log.append(List.of(Desk.command(log.lastIndex() + 1, term)));
        }
        for (long term : own) {
            log.append(List.of(Desk.command(log.lastIndex() + 1, term)));
        }
        return log;
    }
}

package swarm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The table against the JDK's sorted map, over random changes; and that no change reaches a table
/// that somebody holds.
class TableTest {
    @Test
    void doesWhatTreeMapDoes() {
        for (int seed = 0; seed < 20; seed++) {
            Random chance = new Random(seed);
            int keys = 1 + chance.nextInt(400);
            Table<Integer, String> table = Table.empty();
            TreeMap<Integer, String> naive = new TreeMap<>();
            for (int turn = 0; turn < 1_000; turn++) {
                int key = chance.nextInt(keys);
                if (chance.nextInt(5) < 3) {
                    table = table.with(key, key + ":" + turn);
                    naive.put(key, key + ":" + turn);
                } else {
                    table = table.without(key);
                    naive.remove(key);
                }
                assertEquals(naive.size(), table.size(), "seed " + seed);
                assertEquals(Optional.ofNullable(naive.get(key)), table.find(key), "seed " + seed);
            }
            int from = chance.nextInt(keys);
            int to = from + chance.nextInt(keys);
            assertEquals(List.copyOf(naive.values()), table.values(), "seed " + seed);
            assertEquals(List.copyOf(naive.subMap(from, to).values()), table.between(from, to),
                    "seed " + seed);
        }
    }

    @Test
    void changesReachNoTableThatIsHeld() {
        Random chance = new Random(1);
        List<Table<Integer, Integer>> held = new ArrayList<>();
        List<List<Integer>> contents = new ArrayList<>();
        Table<Integer, Integer> table = Table.empty();
        for (int turn = 0; turn < 500; turn++) {
            int key = chance.nextInt(60);
            table = chance.nextBoolean() ? table.with(key, turn) : table.without(key);
            held.add(table);
            contents.add(table.values());
        }
        for (int i = 0; i < held.size(); i++) {
            assertEquals(contents.get(i), held.get(i).values());
        }
    }

    /// An unbalanced tree of these would be as deep as it is long, and overflow the stack.
    @Test
    void keysInOrderStayBalanced() {
        Table<Integer, Integer> table = Table.empty();
        for (int key = 0; key < 100_000; key++) {
            table = table.with(key, key);
        }
        for (int key = 0; key < 99_990; key++) {
            table = table.without(key);
        }
        assertEquals(List.of(99_990, 99_991, 99_992), table.between(0, 99_993));
    }

    @Test
    void takingAwayWhatIsNotThereChangesNothing() {
        Table<Integer, Integer> table = Table.<Integer, Integer>empty().with(1, 1);
        assertSame(table, table.without(2));
    }

    @Test
    void walkEndsWithAnError() {
        Iterator<Integer> walk = Table.<Integer, Integer>empty().with(1, 7).iterator();
        assertEquals(7, walk.next());
        assertThrows(NoSuchElementException.class, walk::next);
    }
}

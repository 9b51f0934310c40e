package sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The search for an order of operations, against one that tries them all.
final class LinearizableTest {
    private static final long UNKNOWN = -1;

    private static Operation write(long id, long from, long to, long found) {
        return operation(id, from, to, found);
    }

    private static Operation read(long from, long to, long found) {
        return operation(0, from, to, found);
    }

    private static Operation operation(long written, long from, long to, long found) {
        Operation operation = new Operation(1, 0, written, from);
        if (to != UNKNOWN) {
            operation.returnedUs = to;
            operation.found = found;
        }
        return operation;
    }

    @Test void readAfterAWriteFindsIt() {
        assertTrue(Linearizable.check(List.of(write(7, 0, 10, 0), read(20, 30, 7))));
        assertFalse(Linearizable.check(List.of(write(7, 0, 10, 0), read(20, 30, 0))));
    }

    @Test void readDuringAWriteFindsEither() {
        assertTrue(Linearizable.check(List.of(write(7, 0, 10, 0), read(5, 15, 7))));
        assertTrue(Linearizable.check(List.of(write(7, 0, 10, 0), read(5, 15, 0))));
    }

    @Test void readsDoNotGoBack() {
        assertFalse(Linearizable.check(
            List.of(write(7, 0, 50, 0), read(10, 20, 7), read(30, 40, 0))));
    }

    @Test void writeThatWasNeverAnsweredMayComeLateOrNever() {
        Operation lost = write(7, 0, UNKNOWN, 0);
        assertTrue(Linearizable.check(List.of(lost, read(100, 110, 0), read(200, 210, 7))));
        assertTrue(Linearizable.check(List.of(lost, read(100, 110, 0), read(200, 210, 0))));
        assertFalse(Linearizable.check(List.of(lost, read(100, 110, 7), read(200, 210, 0))));
    }

    @Test void writeFindsTheOneBefore() {
        assertTrue(Linearizable.check(List.of(write(7, 0, 10, 0), write(8, 20, 30, 7))));
        assertFalse(Linearizable.check(List.of(write(7, 0, 10, 0), write(8, 20, 30, 0))));
    }

    /// Both find the same: one of the two was lost.
    @Test void twoWritesDoNotFindTheSame() {
        assertFalse(Linearizable.check(List.of(write(7, 0, 10, 0), write(8, 5, 15, 0))));
    }

    @Test void agreesWithTryingAllOrders() {
        Random chance = new Random(11);
        int possible = 0;
        for (int round = 0; round < 3000; round++) {
            List<Operation> history = draw(chance, 1 + chance.nextInt(5));
            boolean expected = anyOrder(history, new ArrayList<>(), 0);
            assertEquals(expected, Linearizable.check(history), history.toString());
            possible += expected ? 1 : 0;
        }
        assertTrue(possible > 300 && possible < 2700, "possible: " + possible);
    }

    private static List<Operation> draw(Random chance, int count) {
        List<Operation> history = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            long from = chance.nextInt(20);
            long to = chance.nextInt(6) == 0 ? UNKNOWN : from + 1 + chance.nextInt(15);
            long written = chance.nextInt(3) > 0 ? i : 0;
            history.add(operation(written, from, to, chance.nextInt(count)));
        }
        return history;
    }

    /// Tries every order in which no operation comes before one that had returned when it began.
    private static boolean anyOrder(List<Operation> all, List<Operation> done, long value) {
        if (all.stream().filter(Operation::known).allMatch(done::contains)) {
            return true;
        }
        for (Operation next : all) {
            boolean early = all.stream().anyMatch(other -> !done.contains(other)
                && other.known() && other.returnedUs < next.invokedUs);
            boolean fits = !next.known() || next.found == value;
            if (!done.contains(next) && !early && fits) {
                done.add(next);
                if (anyOrder(all, done, next.isWrite() ? next.written : value)) {
                    return true;
                }
                done.removeLast();
            }
        }
        return false;
    }
}

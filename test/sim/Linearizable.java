package sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Is there an order of one register's operations, each at some moment between its call and its
/// return, in which every answer is right? Searched for, with a memory of what was tried. (Herlihy
/// and Wing 1990 for the question; Wing and Gong 1993 and Lowe 2017 for the search)
///
/// An operation whose outcome nobody knows may take effect at any time after its call, so its
/// return lies behind everything. One whose value nobody ever saw may as well not have happened.
final class Linearizable {
    private static final int TRIES_MAX = 3_000_000;

    /// A call or a return, in a list from which operations are lifted while they are tried.
    private static final class Node {
        final Operation operation;
        final int number;
        Optional<Node> ofReturn = Optional.empty();
        Node before = this;
        Node after = this;

        Node(Operation operation, int number) {
            this.operation = operation;
            this.number = number;
        }

        void putAfter(Node other) {
            before = other;
            after = other.after;
            other.after.before = this;
            other.after = this;
        }

        void lift() {
            before.after = after;
            after.before = before;
        }

        void unlift() {
            before.after = this;
            after.before = this;
        }
    }

    private record Tried(BitSet done, long value) {}

    private record Step(Node call, long valueBefore) {}

    private record Moment(long us, boolean isReturn, Node node) {}

    private Linearizable() {}

    static boolean check(List<Operation> all) {
        Node head = arrange(seen(all));
        ArrayDeque<Step> path = new ArrayDeque<>();
        HashSet<Tried> tried = new HashSet<>();
        BitSet done = new BitSet();
        long value = 0;
        Node at = head.after;
        while (head.after != head) {
            if (at.ofReturn.isPresent()) {
                Operation o = at.operation;
                long next = o.isWrite() ? o.written : value;
                done.set(at.number);
                boolean fits = !o.known() || o.found == value;
                if (fits && tried.add(new Tried((BitSet) done.clone(), next))) {
                    Violation.unless(tried.size() < TRIES_MAX, "a history too long to search");
                    path.push(new Step(at, value));
                    value = next;
                    at.lift();
                    at.ofReturn.get().lift();
                    at = head.after;
                } else {
                    done.clear(at.number);
                    at = at.after;
                }
            } else if (path.isEmpty()) {
                return false;
            } else {
                Step last = path.pop();
                value = last.valueBefore;
                done.clear(last.call.number);
                last.call.ofReturn.orElseThrow().unlift();
                last.call.unlift();
                at = last.call.after;
            }
        }
        return true;
    }

    /// Without unknown reads, and unknown writes whose value was never found.
    private static List<Operation> seen(List<Operation> all) {
        TreeSet<Long> found = new TreeSet<>();
        all.stream().filter(Operation::known).forEach(o -> found.add(o.found));
        return all.stream()
            .filter(o -> o.known() || o.isWrite() && found.contains(o.written)).toList();
    }

    private static Node arrange(List<Operation> operations) {
        List<Moment> moments = new ArrayList<>();
        for (Operation o : operations) {
            Node call = new Node(o, moments.size() / 2);
            Node end = new Node(o, call.number);
            call.ofReturn = Optional.of(end);
            moments.add(new Moment(o.invokedUs, false, call));
            moments.add(new Moment(o.returnedUs, true, end));
        }
        moments.sort(Comparator.comparingLong(Moment::us).thenComparing(Moment::isReturn));
        Node head = new Node(new Operation(0, 0, 0, 0), -1);
        Node last = head;
        for (Moment moment : moments) {
            moment.node.putAfter(last);
            last = moment.node;
        }
        return head;
    }
}

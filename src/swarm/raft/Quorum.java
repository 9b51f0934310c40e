package swarm.raft;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// Majorities of the voters. Any two majorities of one configuration share a server; everything
/// that Raft promises rests on that. No voters have no majority. (Raft §5.2, §5.3)
final class Quorum {
    private Quorum() {}

    /// How many of `voters` are a majority.
    static int size(List<MemberId> voters) {
        return voters.size() / 2 + 1;
    }

    /// Do more than half of the voters satisfy `claim`?
    static boolean holds(List<MemberId> voters, Predicate<MemberId> claim) {
        return voters.stream().filter(claim).count() >= size(voters);
    }

    /// The largest number that a majority reaches: with each voter's last durable index, the last
    /// index that a majority stores. 0 without voters.
    static long reached(List<MemberId> voters, ToLongFunction<MemberId> number) {
        if (voters.isEmpty()) {
            return 0;
        }
        List<Long> numbers = new ArrayList<>();
        for (MemberId voter : voters) {
            numbers.add(number.applyAsLong(voter));
        }
        numbers.sort(Collections.reverseOrder());
        return numbers.get(size(voters) - 1);
    }
}

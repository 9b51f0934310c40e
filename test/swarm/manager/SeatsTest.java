package swarm.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Version;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.store.Change;
import swarm.store.Command;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.Store;
import swarm.store.Transaction;
import swarm.store.View;

/// Which change of raft's members comes next, and which may not be begun. Member 1 leads.
final class SeatsTest {
    private static final long COMMIT = 1_000;
    private static final long NOW = 50_000;
    private static final Instant AT = Instant.EPOCH;
    private final Seats seats = new Seats();

    private static List<MemberId> members(long... numbers) {
        List<MemberId> members = new ArrayList<>();
        for (long number : numbers) {
            members.add(new MemberId(number));
        }
        return members;
    }

    private static View rows(long... raftIds) {
        List<Change> changes = new ArrayList<>();
        for (long id : raftIds) {
            changes.add(new Change.Create(new Node(new NodeId("n" + id), Version.NONE, AT, AT,
                    new Node.Spec("", new TreeMap<>(), Node.Role.MANAGER,
                            Node.Availability.ACTIVE), Node.Description.UNSAID,
                    new Node.Status(Node.State.READY, "", ""),
                    Optional.of(new Node.Manager(id, "10.0.0." + id + ":2377")))));
        }
        return Store.apply(View.empty(), 1, new Command(AT, List.of(Transaction.of(changes))))
                .view();
    }

    private static Raft.Peer live(long member) {
        return new Raft.Peer(new MemberId(member), COMMIT - 1, NOW - 100);
    }

    private static Raft.Peer silent(long member) {
        return new Raft.Peer(new MemberId(member), COMMIT, NOW - 1_500);
    }

    private static Raft.Peer behind(long member) {
        return new Raft.Peer(new MemberId(member), 0, NOW);
    }

    private Optional<Configuration.Change> next(View rows, Configuration configuration,
            Raft.Peer... peers) {
        return seats.next(rows, new Seats.Members(new MemberId(1), configuration,
                List.of(peers), COMMIT, NOW));
    }

    private static Optional<Configuration.Change> remove(long member) {
        return Optional.of(new Configuration.Remove(new MemberId(member)));
    }

    @Test void nothingIsWantedWhileAllIsAsItShouldBe() {
        assertEquals(Optional.empty(), next(rows(1, 2), new Configuration(members(1, 2),
                List.of()), live(2)));
        assertEquals(Loop.NEVER, seats.deadline());
    }

    @Test void newSeatBecomesALearnerAndThenAVoter() {
        assertEquals(Optional.of(new Configuration.AddLearner(new MemberId(2))),
                next(rows(1, 2), new Configuration(members(1), List.of())));
        seats.touch();
        assertEquals(Optional.of(new Configuration.Promote(new MemberId(2))),
                next(rows(1, 2), new Configuration(members(1), members(2)), live(2)));
    }

    @Test void learnerThatIsBehindOrSilentDoesNotVoteYet() {
        Configuration learning = new Configuration(members(1), members(2));
        assertEquals(Optional.empty(), next(rows(1, 2), learning, behind(2)));
        assertEquals(NOW + Seats.RETRY_MS, seats.deadline());
        seats.touch();
        assertEquals(Optional.empty(), next(rows(1, 2), learning, silent(2)));
    }

    @Test void oldNumberGoesBeforeTheNewOneVotes() {
        assertEquals(remove(3), next(rows(1, 2, 4), new Configuration(members(1, 2, 3),
                members(4)), live(2), silent(3), live(4)));
    }

    @Test void learnerThatHoldsUpNobodyDoesNotHoldUpOthers() {
        assertEquals(Optional.of(new Configuration.Promote(new MemberId(4))),
                next(rows(1, 2, 3, 4), new Configuration(members(1, 2), members(3, 4)), live(2),
                        behind(3), live(4)));
    }

    @Test void noMemberGoesIfThoseLeftHaveNoLiveMajority() {
        Configuration three = new Configuration(members(1, 2, 3), List.of());
        assertEquals(Optional.empty(), next(rows(1, 3), three, live(2), silent(3)));
        seats.touch();
        assertEquals(Optional.empty(), next(rows(1, 3), three, live(2), behind(3)));
        seats.touch();
        assertEquals(remove(2), next(rows(1, 3), three, live(2), live(3)));
    }

    private static View worker(View rows, long raftId) {
        Node row = rows.node(new NodeId("n" + raftId)).orElseThrow();
        return applied(rows, new Change.Update(row.withSpec(new Node.Spec("",
                new TreeMap<>(), Node.Role.WORKER, Node.Availability.ACTIVE))));
    }

    private static View applied(View rows, Change change) {
        return Store.apply(rows, rows.index() + 1, new Command(AT,
                List.of(Transaction.of(List.of(change))))).view();
    }

    private List<Change> released(View tip) {
        return seats.decide(tip, new Moment(NOW, AT, new Random(1))).stream()
                .flatMap(transaction -> transaction.changes().stream()).toList();
    }

    @Test void workersSeatIsTakenOnceRaftIsWithoutIt() {
        View rows = worker(rows(1, 2, 3), 3);
        assertEquals(remove(3), next(rows, new Configuration(members(1, 2, 3), List.of()),
                live(2), live(3)));
        assertEquals(List.of(), released(rows));
        seats.touch();
        assertEquals(Optional.empty(), next(rows, new Configuration(members(1, 2), List.of()),
                live(2)));
        assertEquals(0, seats.deadline());
        assertEquals(List.of(new Change.Update(rows.node(new NodeId("n3")).orElseThrow()
                .withManager(Optional.empty()))), released(rows));
        assertEquals(List.of(), released(rows), "once");
    }

    @Test void seatIsKeptOfANodeThatIsAManagerAgainOrHasAnother() {
        View rows = worker(rows(1, 2, 3), 3);
        Configuration two = new Configuration(members(1, 2), List.of());
        next(rows, two, live(2));
        assertEquals(List.of(), released(rows(1, 2, 3)));
        seats.touch();
        next(rows, two, live(2));
        Node row = rows.node(new NodeId("n3")).orElseThrow();
        assertEquals(List.of(), released(applied(rows, new Change.Update(
                row.withManager(Optional.of(new Node.Manager(4, "10.0.0.3:2377")))))));
    }

    @Test void leaderGoesLastAndOnlyIfOthersVote() {
        assertEquals(remove(3), next(rows(2), new Configuration(members(1, 2, 3), List.of()),
                live(2), live(3)));
        seats.touch();
        assertEquals(remove(1), next(rows(2), new Configuration(members(1, 2), List.of()),
                live(2)));
        seats.touch();
        assertEquals(Optional.empty(), next(rows(), new Configuration(members(1), List.of())));
    }
}

package swarm.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import swarm.model.Node;
import swarm.raft.Configuration;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.store.Change;
import swarm.store.Loop;
import swarm.store.Moment;
import swarm.store.StoreEvent;
import swarm.store.Transaction;
import swarm.store.View;

/// Makes raft's members follow the seats in the nodes' rows, one change at a time: a new seat
/// becomes a learner, a learner that has caught up a voter, and a member goes that has no row or
/// whose node is to be a worker. Only when raft does without it, its row loses the seat: a node
/// that has none in its row may end its part as a manager, and nobody waits for its vote.
///
/// The order keeps the quorum safest. Who has no row goes first: a machine that took a new seat
/// because it lost its disk is dead under its old number, and would be counted in vain. Nobody
/// votes before it has caught up, and no change is begun that leaves the voters without a majority
/// of such as are heard and have nearly everything, for that change itself could not be committed.
/// This manager itself goes last: then raft hands the leadership on. (Ongaro §4.1, §4.2)
final class Seats implements Loop {
    /// How often a change that cannot be made yet is tried.
    static final long RETRY_MS = 100;
    /// How long a member may be silent and still be counted on: raft's own check of its quorum.
    private static final long HEARD_MS = 1_000;
    /// How far a member may be behind: raft's own limit for new voters.
    private static final long LAG = 100;

    /// What raft knows of its members, at the time `now`.
    record Members(MemberId self, Configuration configuration, List<Raft.Peer> peers,
            long commitIndex, long now) {
        private boolean live(MemberId member) {
            return member.equals(self) || peers.stream().anyMatch(peer ->
                    peer.member().equals(member) && now - peer.heardMs() < HEARD_MS
                    && peer.match() + LAG >= commitIndex);
        }

        private boolean safe(Configuration.Change change) {
            List<MemberId> voters = configuration.after(change)
                    .map(Configuration::voters).orElse(List.of());
            boolean ripe = !(change instanceof Configuration.Promote) || live(change.member());
            return ripe && 2 * voters.stream().filter(this::live).count() > voters.size();
        }
    }

    /// When rows and members are to be compared next; never, while nothing is known to differ.
    private long nextMs = Long.MIN_VALUE;
    /// The rows of nodes that are to be workers, with a seat that raft has no more.
    private List<Node> released = List.of();

    /// The rows or the members have changed.
    void touch() {
        nextMs = Long.MIN_VALUE;
    }

    @Override public void onStart(View view, Moment moment) { }

    @Override public void onEvent(StoreEvent event, View view) { }

    @Override public long deadline() {
        return released.isEmpty() ? nextMs : 0;
    }

    /// Takes the seats out of the rows of those that raft has removed. On the tip, one of them may
    /// be wanted as a manager again: then it keeps its seat, and gets back into raft.
    @Override public List<Transaction> decide(View tip, Moment moment) {
        List<Change> changes = new ArrayList<>();
        for (Node row : released) {
            tip.node(row.id()).filter(node -> node.spec().role() == Node.Role.WORKER
                    && node.manager().equals(row.manager())).ifPresent(node -> changes.add(
                            new Change.Update(node.withManager(Optional.empty()))));
        }
        released = List.of();
        return changes.isEmpty() ? List.of() : List.of(Transaction.of(changes));
    }

    /// The change to ask raft for now, if one is due.
    Optional<Configuration.Change> next(View committed, Members members) {
        if (members.now() < nextMs) {
            return Optional.empty();
        }
        List<Configuration.Change> wanted = wanted(committed, members);
        released = released(committed, members.configuration());
        nextMs = wanted.isEmpty() ? Loop.NEVER : members.now() + RETRY_MS;
        return wanted.stream().filter(members::safe).findFirst();
    }

    /// Whoever is not in the configuration of this log when the row is changed is out of it for
    /// good: the row's change comes later in the same log.
    private static List<Node> released(View committed, Configuration configuration) {
        return committed.nodes().stream().filter(node -> node.spec().role() == Node.Role.WORKER
                && node.manager().filter(manager ->
                        !configuration.contains(new MemberId(manager.raftId()))).isPresent())
                .toList();
    }

    private static List<Configuration.Change> wanted(View committed, Members members) {
        TreeSet<MemberId> seats = new TreeSet<>();
        for (Node node : committed.nodes()) {
            node.manager().filter(_ -> node.spec().role() == Node.Role.MANAGER)
                    .ifPresent(manager -> seats.add(new MemberId(manager.raftId())));
        }
        Configuration configuration = members.configuration();
        List<Configuration.Change> wanted = new ArrayList<>();
        for (MemberId other : configuration.others(members.self())) {
            if (!seats.contains(other)) {
                wanted.add(new Configuration.Remove(other));
            }
        }
        configuration.learners().stream().filter(seats::contains)
                .forEach(learner -> wanted.add(new Configuration.Promote(learner)));
        seats.stream().filter(seat -> !configuration.contains(seat))
                .forEach(seat -> wanted.add(new Configuration.AddLearner(seat)));
        if (!seats.contains(members.self()) && configuration.voters().size() > 1) {
            wanted.add(new Configuration.Remove(members.self()));
        }
        return wanted;
    }
}

package swarm.manager;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.api.Facts;
import swarm.api.Messages;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.raft.MemberId;
import swarm.raft.Raft;
import swarm.raft.RaftConfig;
import swarm.raft.RaftEvent;
import swarm.store.Moment;
import swarm.store.View;

/// Whom this manager hears, and since when it does not hear whom: what it knows of the other
/// managers beyond what raft needs, so that it can tell an election, which is worth waiting for,
/// from a lost quorum, which is not.
///
/// A follower hears nobody but its leader, so silence means something only of those who were asked:
/// everyone by a leader, all the time, and everyone by a candidate, which asks again until there is
/// a leader. The quorum is lost when a majority does not answer while no leader is known; this is
/// said within two seconds of the loss, and not before there was time for answers.
final class Contacts {
    /// How long a member may be silent and still be called reachable; longer than it takes a
    /// candidate to ask again.
    private static final long REACHABLE_MS = 2_000;
    /// How long after the last contact the quorum is not called lost: two seconds after the loss,
    /// less a heartbeat or two.
    private static final long HOPE_MS = 1_800;
    /// How long those who were asked have to answer: a new link's handshake, on a busy machine.
    private static final long ANSWER_MS = 500;
    /// How late a step may be, as any is on a busy machine.
    private static final long LATE_MS = 300;
    /// How long a leader that a majority does not answer goes on.
    private static final long LEADING_MS = RaftConfig.STANDARD.timing().quorumCheckMs();

    /// When a member was heard last, in monotonic ms, and since when it is silent, by the wall
    /// clock: since then, or since it was asked in vain.
    private record Heard(long ms, Instant since) {
        static final Heard NEVER = new Heard(Long.MIN_VALUE, Instant.EPOCH);
    }

    private final Manager.Self self;
    private final Raft raft;
    private final TreeMap<MemberId, Heard> heard = new TreeMap<>();
    /// The last contact with a leader, or, for a leader, with a majority.
    private Heard led;
    /// Since when, in monotonic ms, everyone has been asked and no leader was known; empty while
    /// one is.
    private Optional<Long> asking = Optional.empty();

    /// When this manager last made a step, in monotonic ms.
    private long wokeAt;

    /// `now` is when the daemon began, which counts as a contact whose time by the wall clock is
    /// not known: an election may be going on.
    Contacts(Manager.Self self, Raft raft, long now) {
        this.self = self;
        this.raft = raft;
        this.led = new Heard(now, Instant.EPOCH);
        this.wokeAt = now;
    }

    /// A step begins. When it begins late, this process did not run, or waited for its disk: what
    /// it did not hear in that time is held against nobody.
    void wake(long now) {
        long late = now - Math.max(raft.deadline(), wokeAt);
        if (late > LATE_MS) {
            led = new Heard(led.ms() + late, led.since());
            asking = asking.map(since -> since + late);
        }
        wokeAt = now;
    }

    /// A message of this member has come.
    void heard(MemberId from, Moment moment) {
        heard.put(from, new Heard(moment.now(), moment.wall()));
    }

    /// Something has happened in raft.
    void onEvent(RaftEvent event, Moment moment) {
        switch (event) {
            case RaftEvent.AskedPreVotes _ when asking.isEmpty() -> ask(moment);
            case RaftEvent.LostLeadership _ -> {
                long since = moment.now() - LEADING_MS;
                asking = Optional.of(since);
                led = new Heard(since, moment.wall().minusMillis(LEADING_MS));
            }
            case RaftEvent.AskedPreVotes _, RaftEvent.StoodForElection _, RaftEvent.Voted _,
                 RaftEvent.BecameLeader _, RaftEvent.FollowsLeader _, RaftEvent.Truncated _,
                 RaftEvent.ConfigurationChanged _, RaftEvent.SendsSnapshot _,
                 RaftEvent.InstalledSnapshot _, RaftEvent.LeaderGone _,
                 RaftEvent.WasRemoved _ -> { }
        }
    }

    /// Raft has made its step.
    void afterStep(Moment moment) {
        raft.leader().ifPresent(leader -> {
            asking = Optional.empty();
            led = raft.isLeader() ? new Heard(moment.now(), moment.wall())
                    : heard.getOrDefault(leader, led);
        });
    }

    private void ask(Moment moment) {
        asking = Optional.of(moment.now());
        for (MemberId member : raft.configuration().voters()) {
            Heard last = heard.getOrDefault(member, Heard.NEVER);
            if (last.ms() < moment.now() - REACHABLE_MS) {
                heard.put(member, new Heard(last.ms(), moment.wall()));
            }
        }
    }

    /// Whether too few managers answer for there to be a leader.
    boolean quorumLost(long now) {
        List<MemberId> voters = raft.configuration().voters();
        return knownAt() <= now && voters.contains(self.member())
                && voters.size() / 2 >= voters.size() - missing(now).size();
    }

    /// When a step is wanted to judge that.
    long deadline() {
        return knownAt() > wokeAt ? knownAt() : Long.MAX_VALUE;
    }

    /// When it is known whether the quorum is lost; never while there is a leader.
    private long knownAt() {
        return asking.map(since -> Math.max(since + ANSWER_MS, led.ms() + HOPE_MS))
                .orElse(Long.MAX_VALUE);
    }

    /// The voters that do not answer.
    private List<MemberId> missing(long now) {
        long since = Math.max(asking.orElse(now), now - REACHABLE_MS);
        return raft.configuration().voters().stream().filter(voter ->
                !voter.equals(self.member()) && heardAt(voter) < since).toList();
    }

    private long heardAt(MemberId member) {
        return heard.getOrDefault(member, Heard.NEVER).ms();
    }

    /// Why nobody can be asked: Docker's sentence, and, when the quorum is lost, who is missing and
    /// what to do about it.
    String noLeader(View view, long now) {
        if (!quorumLost(now)) {
            return Messages.NO_LEADER;
        }
        List<MemberId> missing = missing(now);
        List<String> named = new ArrayList<>();
        for (MemberId member : missing) {
            Instant since = heard.getOrDefault(member, led).since();
            named.add(name(view, member) + " since " + since.truncatedTo(ChronoUnit.SECONDS));
        }
        int voters = raft.configuration().voters().size();
        return Messages.noQuorum(named, voters);
    }

    private static String name(View view, MemberId member) {
        return node(view, member).map(node -> (node.description().hostname() + " (" + node.id()
                + ", " + node.manager().map(Node.Manager::addr).orElse("") + ")").strip())
                .orElse("raft member " + member);
    }

    private static Optional<Node> node(View view, MemberId member) {
        return view.nodes().stream().filter(node -> node.manager()
                .filter(seat -> seat.raftId() == member.number()).isPresent()).findFirst();
    }

    /// The row of the node that leads, as far as this manager knows.
    Optional<Node> leader(View view) {
        return raft.leader().flatMap(leader -> node(view, leader));
    }

    /// What a reader of this manager's own view must know beside it.
    Facts facts(View view, Moment moment) {
        TreeMap<NodeId, Boolean> reachable = new TreeMap<>();
        for (Node node : view.nodes()) {
            node.manager().map(seat -> new MemberId(seat.raftId())).filter(this::asked)
                    .ifPresent(member -> reachable.put(node.id(), reached(member, moment.now())));
        }
        String trouble = raft.leader().isPresent() ? "" : noLeader(view, moment.now());
        return new Facts(self.node(), leader(view).map(Node::id), reachable, trouble,
                raft.isLeader() ? moment.wall() : asOf(view));
    }

    /// Before the first contact the newest row tells how old the view may be.
    private Instant asOf(View view) {
        Instant newest = led.since();
        for (Node node : view.nodes()) {
            newest = newest.isAfter(node.updatedAt()) ? newest : node.updatedAt();
        }
        return newest;
    }

    /// Whether this manager would hear the member if it could.
    private boolean asked(MemberId member) {
        return raft.isLeader() || asking.isPresent() || member.equals(self.member())
                || raft.leader().equals(Optional.of(member));
    }

    /// A learner is not called reachable: its node is a manager once it votes.
    private boolean reached(MemberId member, long now) {
        return raft.configuration().isVoter(member)
                && (member.equals(self.member()) || heardAt(member) > now - REACHABLE_MS);
    }
}

package swarm.raft;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import swarm.Invariant;

/// The members of a cluster: voters, who elect and commit, and learners, who only receive. One
/// change adds or removes one voter at most, so that any majority before it and any majority after
/// it have a server in common. (Ongaro §4.1)
///
/// Both lists are sorted and share no member. Bytes: a count of voters and their numbers, a count
/// of learners and theirs; counts are 4 bytes, numbers 8, big-endian.
public record Configuration(List<MemberId> voters, List<MemberId> learners) {
    /// Of a server that has not heard of its cluster yet.
    public static final Configuration NONE = new Configuration(List.of(), List.of());

    public Configuration {
        TreeSet<MemberId> all = new TreeSet<>(voters);
        all.addAll(learners);
        Invariant.check(all.size() == voters.size() + learners.size(), "members appear once");
        voters = voters.stream().sorted().toList();
        learners = learners.stream().sorted().toList();
    }

    /// A change of one member.
    public sealed interface Change {
        MemberId member();
    }

    /// A new member, who receives the log before it may vote.
    public record AddLearner(MemberId member) implements Change {}

    /// A learner becomes a voter.
    public record Promote(MemberId member) implements Change {}

    /// A voter becomes a learner.
    public record Demote(MemberId member) implements Change {}

    /// A member leaves.
    public record Remove(MemberId member) implements Change {}

    /// The configuration after a change, or nothing if the change makes no sense here.
    public Optional<Configuration> after(Change change) {
        MemberId member = change.member();
        boolean otherVoters = !voters.equals(List.of(member));
        return switch (change) {
            case AddLearner _ when !contains(member) ->
                Optional.of(new Configuration(voters, with(learners, member)));
            case Promote _ when learners.contains(member) ->
                Optional.of(new Configuration(with(voters, member), without(learners, member)));
            case Demote _ when isVoter(member) && otherVoters ->
                Optional.of(new Configuration(without(voters, member), with(learners, member)));
            case Remove _ when contains(member) && otherVoters ->
                Optional.of(new Configuration(without(voters, member), without(learners, member)));
            case AddLearner _, Promote _, Demote _, Remove _ -> Optional.empty();
        };
    }

    public boolean isVoter(MemberId member) {
        return voters.contains(member);
    }

    public boolean contains(MemberId member) {
        return voters.contains(member) || learners.contains(member);
    }

    /// All members but one, voters first: whom that one talks to.
    public List<MemberId> others(MemberId self) {
        List<MemberId> others = new ArrayList<>(voters);
        others.addAll(learners);
        others.remove(self);
        return others;
    }

    /// The bytes of a CONFIGURATION entry.
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(8 + 8 * (voters.size() + learners.size()));
        put(out, voters);
        put(out, learners);
        return out.array();
    }

    /// The reverse of `encode`; no bytes at all are no members.
    public static Configuration decode(byte[] bytes) {
        if (bytes.length == 0) {
            return NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Configuration configuration = new Configuration(take(in), take(in));
        Invariant.check(!in.hasRemaining(), "a configuration ends where its lists end");
        return configuration;
    }

    private static void put(ByteBuffer out, List<MemberId> members) {
        out.putInt(members.size());
        for (MemberId member : members) {
            out.putLong(member.number());
        }
    }

    private static List<MemberId> take(ByteBuffer in) {
        int count = in.remaining() < 4 ? -1 : in.getInt();
        Invariant.check(count >= 0 && count <= in.remaining() / 8,
            "a configuration's count is followed by as many members");
        List<MemberId> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new MemberId(in.getLong()));
        }
        return members;
    }

    private static List<MemberId> with(List<MemberId> members, MemberId member) {
        List<MemberId> more = new ArrayList<>(members);
        more.add(member);
        return more;
    }

    private static List<MemberId> without(List<MemberId> members, MemberId member) {
        List<MemberId> fewer = new ArrayList<>(members);
        fewer.remove(member);
        return fewer;
    }
}

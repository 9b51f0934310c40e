package swarm.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// A few servers that talk by themselves, told by commands, written down line by line: what a
/// reader of the paper would draw on a board. Disks are instant, messages arrive in the order in
/// which they were sent, and time stands still but for the commands.
final class Conversation {
    private record Sent(MemberId from, MemberId to, Message message) {}

    private final TreeMap<MemberId, Raft> servers = new TreeMap<>();
    private final TreeMap<MemberId, byte[]> snapshots = new TreeMap<>();
    private final ArrayDeque<Sent> network = new ArrayDeque<>();
    private final TreeSet<MemberId> cut = new TreeSet<>();
    private final List<String> lines = new ArrayList<>();
    private long now = 1_000_000;
    private long token;

    /// Does one command and writes down all that follows from it, until nobody says anything more.
    List<String> tell(String command) {
        lines.clear();
        String[] words = command.split(" ");
        switch (words[0]) {
            case "server" -> start(words);
            case "cut" -> cut.add(id(words[1]));
            case "mend" -> cut.remove(id(words[1]));
            case "stop" -> servers.remove(id(words[1]));
            case "timeout" -> timeOut(id(words[1]));
            case "write" -> step(id(words[1]),
                new RaftInput.Propose(++token, words[2].getBytes()));
            case "read" -> step(id(words[1]), new RaftInput.ReadIndex(++token));
            case "transfer" -> step(id(words[1]),
                new RaftInput.Transfer(++token, Optional.of(id(words[2]))));
            case "snapshot" -> snapshot(id(words[1]));
            case "add" -> change(words[1], new Configuration.AddLearner(id(words[2])));
            case "promote" -> change(words[1], new Configuration.Promote(id(words[2])));
            case "remove" -> change(words[1], new Configuration.Remove(id(words[2])));
            default -> throw new IllegalArgumentException(command);
        }
        while (!network.isEmpty()) {
            deliver(network.poll());
        }
        return List.copyOf(lines);
    }

    private static MemberId id(String word) {
        return new MemberId(Long.parseLong(word));
    }

    /// `server 1 of 3 term 2 log 1 1 2`: which one, how many voters, its term, its entries' terms;
    /// `server 4 new`: one that knows nothing.
    private void start(String[] words) {
        Recovered found = Recovered.EMPTY;
        if (!words[2].equals("new")) {
            long[] terms =
                Arrays.stream(words).skip(7).mapToLong(Long::parseLong).toArray();
            found = Desk.log(Integer.parseInt(words[3]), Long.parseLong(words[5]), terms);
        }
        MemberId self = id(words[1]);
        servers.put(self, new Raft(Desk.CONFIG, self, found, new Random(1), now));
    }

    private void timeOut(MemberId server) {
        now = Math.max(now, servers.get(server).deadline());
        step(server, new RaftInput.Tick());
    }

    private void change(String leader, Configuration.Change change) {
        step(id(leader), new RaftInput.ChangeConfiguration(++token, change));
    }

    private void snapshot(MemberId server) {
        SnapshotMeta meta = servers.get(server).metaAt(servers.get(server).commitIndex());
        snapshots.put(server, ("state after " + meta.index()).getBytes());
        step(server, new RaftInput.SnapshotTaken(meta));
    }

    private void deliver(Sent sent) {
        boolean arrives = servers.containsKey(sent.to) && !cut.contains(sent.from)
            && !cut.contains(sent.to);
        lines.add("  " + sent.from + " -> " + sent.to + "  " + words(sent.message)
            + (arrives ? "" : "  (lost)"));
        if (arrives) {
            step(sent.to, new RaftInput.Received(sent.from, sent.message));
        }
    }

    /// One round, with writes that succeed at once.
    private void step(MemberId server, RaftInput input) {
        Raft raft = servers.get(server);
        List<RaftOutput> some = raft.step(now, input);
        while (!some.isEmpty()) {
            some.forEach(output -> perform(server, output));
            boolean wrote = some.stream().anyMatch(o -> o instanceof RaftOutput.Write);
            some = wrote ? raft.step(now,
                new RaftInput.Persisted(raft.lastIndex(), raft.lastTerm())) : List.of();
        }
    }

    private void perform(MemberId server, RaftOutput output) {
        switch (output) {
            case RaftOutput.Send(MemberId to, Message message) ->
                network.add(new Sent(server, to, message));
            case RaftOutput.SendSnapshotChunk chunk -> sendPiece(server, chunk);
            case RaftOutput.SaveHardState(HardState s) -> note(server, "writes term " + s.term()
                + s.votedFor().map(vote -> ", vote for " + vote).orElse(", no vote"));
            case RaftOutput.TruncateFrom(long index) -> note(server, "cuts its log at " + index);
            case RaftOutput.Append(List<Entry> entries) ->
                note(server, "appends" + entries(entries));
            case RaftOutput.ResetLog(long next) -> note(server, "empties its log; next " + next);
            case RaftOutput.DropBefore(long index) -> note(server, "drops entries below " + index);
            case RaftOutput.StoreSnapshotChunk(SnapshotMeta _, long offset, byte[] bytes) ->
                note(server, "stores bytes " + offset + ".." + (offset + bytes.length - 1));
            case RaftOutput.InstallSnapshot(SnapshotMeta meta) -> {
                note(server, "installs the snapshot of " + meta.index());
                step(server, new RaftInput.SnapshotInstalled(meta, true));
            }
            case RaftOutput.Committed(List<Entry> entries) ->
                note(server, "commits" + entries(entries));
            case RaftOutput.Accepted(long _, long index, long term) ->
                note(server, "accepts it as (" + index + ", " + term + ")");
            case RaftOutput.ReadReady(long _, long index) -> note(server, "reads at " + index);
            case RaftOutput.Transferred(long _, MemberId to) -> note(server, "hands over to " + to);
            case RaftOutput.Refused(long _, RaftOutput.Refusal reason) ->
                note(server, "refuses: " + reason);
            case RaftOutput.DialOnce(MemberId peer) -> note(server, "dials " + peer);
            case RaftOutput.Happened(RaftEvent event) -> happened(server, event);
        }
    }

    private void happened(MemberId server, RaftEvent event) {
        switch (event) {
            case RaftEvent.BecameLeader(long term, long _) ->
                note(server, "LEADS in term " + term);
            case RaftEvent.LostLeadership(long _, String why) ->
                note(server, "leads no more: " + why);
            case RaftEvent.ConfigurationChanged(long index, Configuration now) ->
                note(server, "knows voters " + now.voters() + ", learners " + now.learners()
                    + " from " + index);
            case RaftEvent.WasRemoved _ -> note(server, "falls silent");
            case RaftEvent _ -> {
                // What the messages tell anyway.
            }
        }
    }

    private void note(MemberId server, String what) {
        lines.add("  " + server + " " + what);
    }

    private void sendPiece(MemberId server, RaftOutput.SendSnapshotChunk chunk) {
        byte[] bytes = snapshots.get(server);
        int from = (int) chunk.header().offset();
        int to = Math.min(bytes.length, from + chunk.bytesMax());
        network.add(new Sent(server, chunk.to(),
            chunk.header().carrying(Arrays.copyOfRange(bytes, from, to), to == bytes.length)));
    }

    private static String entries(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(" (").append(entry.index()).append(", ").append(entry.term()).append(')');
        }
        return text.toString();
    }

    private static String words(Message message) {
        String text = switch (message) {
            case Message.PreVoteRequest m -> "would you vote for " + at(m.last()) + "?";
            case Message.PreVoteReply m -> m.granted() ? "I would" : "I would not";
            case Message.VoteRequest m -> "vote for " + at(m.last())
                + (m.transfer() ? ", the leader wants it" : "");
            case Message.VoteReply m -> m.granted() ? "granted" : "refused";
            case Message.Append m -> "after " + at(m.previous()) + " append"
                + (m.entries().isEmpty() ? " nothing" : entries(m.entries())) + ", commit "
                + m.commit();
            case Message.AppendAccepted m -> "accepted up to " + m.match();
            case Message.AppendRefused m -> "refused, perhaps after " + at(m.hint());
            case Message.Heartbeat m -> "heartbeat " + m.round() + ", commit " + m.commit();
            case Message.HeartbeatReply m -> "heard " + m.round();
            case Message.SnapshotChunk m -> "snapshot " + m.meta().index() + " from byte "
                + m.offset() + (m.piece().last() ? ", the last" : "");
            case Message.SnapshotAccepted m -> "stored below byte " + m.nextOffset();
            case Message.TimeoutNow _ -> "stand for election now";
            case Message.Outdated _ -> "your term is over";
            case Message.Removed _ -> "you were removed";
        };
        return "term " + message.term() + ": " + text;
    }

    private static String at(Position position) {
        return "(" + position.index() + ", " + position.term() + ")";
    }
}

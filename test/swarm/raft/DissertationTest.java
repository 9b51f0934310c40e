package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What the paper leaves to the dissertation: reads, membership, transfer, and the snapshots of §7,
/// which need more than one exchange.
public final class DissertationTest {
    /// A leader of three in term 2, everything committed up to its first own entry.
    private static Desk leader() {
        Desk desk = new Desk(Desk.log(3, 1, 1));
        desk.lead(2);
        desk.receive(2, new Message.AppendAccepted(2, 1, 2));
        desk.receive(3, new Message.AppendAccepted(2, 2, 2));
        assertEquals(2, desk.raft.commitIndex());
        return desk;
    }

    private static RaftOutput.Refusal refusal(List<RaftOutput> outputs) {
        return Desk.only(RaftOutput.Refused.class, outputs).getFirst().reason();
    }

    private static List<Long> ready(List<RaftOutput> outputs) {
        return Desk.only(RaftOutput.ReadReady.class, outputs).stream()
            .map(RaftOutput.ReadReady::token).toList();
    }

    @Nested final class Reads {
        /// A majority must answer a heartbeat sent after the read arrived (§8, Ongaro §6.4, F25).
        @Test void waitForAnswersToALaterHeartbeat() {
            Desk desk = leader();
            desk.receive(2, new Message.HeartbeatReply(2, 1));
            long round = Desk.messages(Message.Heartbeat.class,
                desk.round(new RaftInput.ReadIndex(7))).getFirst().round();
            assertTrue(ready(desk.receive(2, new Message.HeartbeatReply(2, round - 1))).isEmpty());
            assertEquals(List.of(7L), ready(desk.receive(3,
                new Message.HeartbeatReply(2, round))));
        }

        /// A new leader does not know what is committed before its own entry is (§8, F24).
        @Test void waitForAnEntryOfTheTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            desk.round(new RaftInput.ReadIndex(7));
            List<RaftOutput> heartbeats = desk.timeOut();
            long round = Desk.messages(Message.Heartbeat.class, heartbeats).getFirst().round();
            assertTrue(ready(desk.receive(2, new Message.HeartbeatReply(2, round))).isEmpty());
            List<RaftOutput> outputs = desk.receive(2, new Message.AppendAccepted(2, 1, 2));
            assertEquals(List.of(7L), ready(outputs));
            assertEquals(List.of(1L, 2L), Desk.committed(outputs));
        }

        /// Those that arrive while a heartbeat is under way share the next one.
        @Test void shareHeartbeats() {
            Desk desk = leader();
            desk.round(new RaftInput.ReadIndex(1));
            List<RaftOutput> more = desk.round(new RaftInput.ReadIndex(2));
            more.addAll(desk.round(new RaftInput.ReadIndex(3)));
            assertTrue(Desk.messages(Message.Heartbeat.class, more).isEmpty());
            List<RaftOutput> outputs = desk.receive(2, new Message.HeartbeatReply(2, 9));
            assertEquals(List.of(1L, 2L, 3L), ready(outputs));
        }

        @Test void areRefusedWhenTheLeadershipIsLost() {
            Desk desk = leader();
            desk.round(new RaftInput.ReadIndex(7));
            assertInstanceOf(RaftOutput.NotLeader.class,
                refusal(desk.receive(3, new Message.Outdated(5))));
        }

        /// A learner's answer says nothing about who leads the voters (F24).
        @Test void countVotersOnly() {
            Desk desk = leader();
            desk.round(new RaftInput.ChangeConfiguration(1,
                new Configuration.AddLearner(Desk.id(4))));
            desk.receive(2, new Message.AppendAccepted(2, 1, 3));
            desk.round(new RaftInput.ReadIndex(7));
            assertTrue(ready(desk.receive(4, new Message.HeartbeatReply(2, 9))).isEmpty());
            assertEquals(List.of(7L), ready(desk.receive(2, new Message.HeartbeatReply(2, 9))));
        }
    }

    @Nested final class Membership {
        private final RaftInput addFour = new RaftInput.ChangeConfiguration(1,
            new Configuration.AddLearner(Desk.id(4)));

        /// "...uses the latest configuration in its log, regardless of whether committed" (§6,
        /// Ongaro §4.1, F42).
        @Test void countsFromTheMomentItIsAppended() {
            Desk desk = leader();
            List<RaftOutput> outputs = desk.round(addFour);
            assertEquals(Desk.ids(4), desk.raft.configuration().learners());
            assertTrue(outputs.stream().anyMatch(o -> o instanceof RaftOutput.Happened(
                RaftEvent.ConfigurationChanged _)));
            assertEquals(3, Desk.messages(Message.Append.class, outputs).size());
        }

        /// One change at a time (Ongaro §4.1, F41).
        @Test void waitsForTheChangeBefore() {
            Desk desk = leader();
            desk.round(addFour);
            RaftInput next = new RaftInput.ChangeConfiguration(2,
                new Configuration.Remove(Desk.id(3)));
            assertInstanceOf(RaftOutput.Busy.class, refusal(desk.round(next)));
            desk.receive(2, new Message.AppendAccepted(2, 1, 3));
            assertEquals(1, Desk.only(RaftOutput.Accepted.class, desk.round(next)).size());
        }

        /// None before an entry of the own term is committed: the erratum of 2015 (F40).
        @Test void waitsForAnEntryOfTheTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            assertInstanceOf(RaftOutput.Busy.class, refusal(desk.round(addFour)));
        }

        /// An entry that goes takes its members with it (Ongaro §4.1, F43).
        @Test void goesWithItsEntry() {
            Desk desk = leader();
            desk.round(addFour);
            Message.Append other = new Message.Append(3, 1, new Position(2, 2), 2,
                List.of(new Entry(3, 3, Entry.Kind.NOOP, new byte[0])));
            List<RaftOutput> outputs = desk.receive(2, other);
            assertEquals(List.of(), desk.raft.configuration().learners());
            assertTrue(outputs.contains(new RaftOutput.Happened(
                new RaftEvent.ConfigurationChanged(1, desk.raft.configuration()))));
        }

        /// A learner never stands for election, but votes when asked: it may have been promoted
        /// without knowing (Ongaro §4.2.1).
        @Test void learnerVotesAndNeverStands() {
            Desk learner = new Desk(Recovered.EMPTY);
            Configuration now = new Configuration(Desk.ids(2), Desk.ids(1));
            Entry first = new Entry(1, 1, Entry.Kind.CONFIGURATION, now.encode());
            learner.receive(2, new Message.Append(1, 1, Position.START, 0, List.of(first)));
            assertEquals(Long.MAX_VALUE, learner.raft.deadline());
            assertTrue(learner.receive(2, new Message.TimeoutNow(1)).isEmpty());
            learner.now += 5000;
            assertTrue(Desk.messages(Message.VoteReply.class, learner.receive(2,
                new Message.VoteRequest(2, new Position(1, 1), false))).getFirst().granted());
        }

        /// A learner has to be close to the end of the log before its vote counts (F35).
        @Test void promotesOnlyWhoCaughtUp() {
            Desk desk = leader();
            desk.round(addFour);
            desk.receive(2, new Message.AppendAccepted(2, 1, 3));
            RaftInput promote = new RaftInput.ChangeConfiguration(2,
                new Configuration.Promote(Desk.id(4)));
            assertInstanceOf(RaftOutput.Busy.class, refusal(desk.round(promote)));
            desk.receive(4, new Message.AppendAccepted(2, 3, 3));
            desk.round(promote);
            assertEquals(Desk.ids(1, 2, 3, 4), desk.raft.configuration().voters());
        }

        /// A leader that removed itself leads until that is committed, without counting itself, and
        /// then lets the most complete voter follow at once (Ongaro §4.2.2, F44).
        @Test void removedLeaderGoesWhenItIsCommitted() {
            Desk desk = leader();
            desk.round(new RaftInput.ChangeConfiguration(1,
                new Configuration.Remove(Desk.id(1))));
            desk.receive(2, new Message.AppendAccepted(2, 1, 3));
            assertTrue(desk.raft.isLeader());
            List<RaftOutput> outputs = desk.receive(3, new Message.AppendAccepted(2, 2, 3));
            assertFalse(desk.raft.isLeader());
            assertEquals(3, desk.raft.commitIndex());
            assertEquals(1, Desk.messages(Message.TimeoutNow.class, outputs).size());
            assertEquals(Long.MAX_VALUE, desk.raft.deadline());
        }

        /// Whoever is no member any more is told so, and falls silent (F44).
        @Test void removedServerFallsSilent() {
            Desk desk = leader();
            List<RaftOutput> outputs =
                desk.receive(9, new Message.PreVoteRequest(2, new Position(1, 1)));
            assertEquals(1, Desk.messages(Message.Removed.class, outputs).size());
            Desk removed = new Desk(Desk.log(3, 2, 1));
            removed.timeOut();
            removed.receive(2, new Message.Removed(2));
            assertEquals(Long.MAX_VALUE, removed.raft.deadline());
            removed.receive(2, new Message.Heartbeat(2, 1, 0));
            assertTrue(removed.raft.deadline() < Long.MAX_VALUE);
        }

        /// Answers to bookkeeping from before a member left and came back do not count (F27).
        @Test void oldSessionsDoNotCount() {
            Desk desk = leader();
            desk.round(new RaftInput.ChangeConfiguration(1,
                new Configuration.Remove(Desk.id(3))));
            desk.receive(2, new Message.AppendAccepted(2, 1, 3));
            desk.round(new RaftInput.ChangeConfiguration(2,
                new Configuration.AddLearner(Desk.id(3))));
            desk.receive(3, new Message.AppendAccepted(2, 2, 4));
            assertEquals(0, match(desk, 3));
            desk.receive(3, new Message.AppendAccepted(2, 3, 4));
            assertEquals(4, match(desk, 3));
        }

        private long match(Desk desk, long member) {
            return desk.raft.peers().stream().filter(p -> p.member().equals(Desk.id(member)))
                .findFirst().orElseThrow().match();
        }
    }

    /// Ours: what a closed connection says about a leader, and what it does not.
    @Nested final class DeadLeader {
        private final Desk desk = new Desk(Desk.log(3, 1, 1));

        @Test void isDialledOnceItsConnectionEnds() {
            desk.receive(2, new Message.Heartbeat(1, 1, 0));
            assertEquals(List.of(new RaftOutput.DialOnce(Desk.id(2))),
                desk.round(new RaftInput.PeerClosed(Desk.id(2))));
            assertEquals(List.of(), desk.round(new RaftInput.PeerClosed(Desk.id(3))));
        }

        /// Refused means that no process is there: no time-out is waited for, and other candidates
        /// are no longer turned away.
        @Test void isReplacedAtOnceWhenTheDialIsRefused() {
            desk.receive(2, new Message.Heartbeat(1, 1, 0));
            desk.round(new RaftInput.PeerRefused(Desk.id(2)));
            assertTrue(desk.raft.deadline() < desk.now + 100);
            assertTrue(Desk.messages(Message.PreVoteReply.class,
                desk.receive(3, new Message.PreVoteRequest(1, new Position(1, 1))))
                .getFirst().granted());
        }

        /// A leader behind a faulty path is not deposed again and again.
        @Test void isBelievedDeadOncePerTerm() {
            for (int i = 0; i < 2; i++) {
                desk.receive(2, new Message.Heartbeat(1, i, 0));
                desk.round(new RaftInput.PeerRefused(Desk.id(2)));
            }
            assertTrue(desk.raft.deadline() >= desk.now + 1000);
            assertEquals(List.of(), desk.round(new RaftInput.PeerClosed(Desk.id(2))));
            desk.receive(2, new Message.Heartbeat(2, 9, 0));
            desk.round(new RaftInput.PeerRefused(Desk.id(2)));
            assertTrue(desk.raft.deadline() < desk.now + 100);
        }

        @Test void otherServersMayDie() {
            desk.receive(2, new Message.Heartbeat(1, 1, 0));
            desk.round(new RaftInput.PeerRefused(Desk.id(3)));
            assertTrue(desk.raft.deadline() >= desk.now + 1000);
        }
    }

    @Nested final class Transfer {
        private final RaftInput toThree = new RaftInput.Transfer(1, Optional.of(Desk.id(3)));

        /// To one that has everything: told, and the leader steps down at once (F46).
        @Test void stepsDownAsItTells() {
            Desk desk = leader();
            List<RaftOutput> outputs = desk.round(toThree);
            assertTrue(outputs.contains(new RaftOutput.Send(Desk.id(3),
                new Message.TimeoutNow(2))));
            assertTrue(outputs.contains(new RaftOutput.Transferred(1, Desk.id(3))));
            assertFalse(desk.raft.isLeader());
        }

        /// To one that lacks something: nothing new is taken until it has it (Ongaro §3.10).
        @Test void waitsForTheTargetToCatchUp() {
            Desk desk = leader();
            desk.round(new RaftInput.Propose(5, new byte[1]));
            desk.round(toThree);
            assertTrue(desk.raft.isLeader());
            assertInstanceOf(RaftOutput.Busy.class,
                refusal(desk.round(new RaftInput.Propose(6, new byte[1]))));
            List<RaftOutput> outputs = desk.receive(3, new Message.AppendAccepted(2, 2, 3));
            assertTrue(outputs.contains(new RaftOutput.Transferred(1, Desk.id(3))));
        }

        /// One that never has it: the leader goes on, and says so (F46).
        @Test void isGivenUp() {
            Desk desk = leader();
            desk.round(new RaftInput.Propose(5, new byte[1]));
            desk.round(toThree);
            for (int i = 0; i < 12; i++) {
                desk.timeOut();
                desk.receive(2, new Message.HeartbeatReply(2, 99 + i));
            }
            assertInstanceOf(RaftOutput.Busy.class, refusal(desk.outputs));
            assertEquals(1, Desk.only(RaftOutput.Accepted.class,
                desk.round(new RaftInput.Propose(6, new byte[1]))).size());
        }

        /// The target asks for votes without a pre-vote, and says that the leader wants it.
        @Test void targetStandsAtOnce() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.receive(2, new Message.Heartbeat(1, 1, 0));
            List<RaftOutput> outputs = desk.receive(2, new Message.TimeoutNow(1));
            assertTrue(Desk.messages(Message.VoteRequest.class, outputs).getFirst().transfer());
            assertEquals(2, desk.raft.term());
        }

        /// One from a term that is over does nothing.
        @Test void oldTimeoutNowIsIgnored() {
            Desk desk = new Desk(Desk.log(3, 3, 1));
            desk.receive(2, new Message.TimeoutNow(2));
            assertEquals(3, desk.raft.term());
        }
    }

    @Nested final class Snapshots {
        private final SnapshotMeta meta = new SnapshotMeta(8, 3,
            new Configuration(Desk.ids(1, 2, 3), List.of()).encode());

        private Message.SnapshotChunk piece(long offset, int length, boolean last) {
            return new Message.SnapshotChunk(4, 1, meta,
                new Message.Piece(offset, new byte[length], last));
        }

        /// Pieces in order; a doubled or early one is answered with what is there (F33).
        @Test void takesPiecesInOrder() {
            Desk desk = new Desk(Desk.log(3, 4, 1));
            assertEquals(0, next(desk.receive(2, piece(10, 10, false))));
            assertEquals(10, next(desk.receive(2, piece(0, 10, false))));
            assertEquals(10, next(desk.receive(2, piece(0, 10, false))));
            List<RaftOutput> outputs = desk.receive(2, piece(10, 5, true));
            assertTrue(outputs.contains(new RaftOutput.InstallSnapshot(meta)));
            assertEquals(2, Desk.only(RaftOutput.StoreSnapshotChunk.class, desk.outputs).size());
        }

        private long next(List<RaftOutput> outputs) {
            return Desk.messages(Message.SnapshotAccepted.class, outputs).getFirst().nextOffset();
        }

        /// The log is reset only when the snapshot is in place (F06); nothing is taken meanwhile
        /// (F31); a conflicting entry at its end goes too (F30).
        @Test void replacesTheLogOnceItIsInPlace() {
            Desk desk = new Desk(Desk.log(3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1));
            desk.receive(2, piece(0, 10, true));
            assertTrue(Desk.only(RaftOutput.ResetLog.class, desk.outputs).isEmpty());
            assertTrue(desk.receive(2, new Message.Append(4, 1, new Position(9, 1), 9, List.of()))
                .stream().noneMatch(o -> o instanceof RaftOutput.Send));
            List<RaftOutput> outputs = desk.round(new RaftInput.SnapshotInstalled(meta, true));
            assertTrue(outputs.contains(new RaftOutput.ResetLog(9)));
            assertEquals(8, desk.raft.lastIndex());
            assertEquals(8, desk.raft.commitIndex());
            assertEquals(8, Desk.messages(Message.AppendAccepted.class, outputs).getFirst()
                .match());
        }

        /// Bytes that are no good are asked for again from the start (F38).
        @Test void beginsAgainWhenTheBytesAreBad() {
            Desk desk = new Desk(Desk.log(3, 4, 1));
            desk.receive(2, piece(0, 10, true));
            desk.round(new RaftInput.SnapshotInstalled(meta, false));
            assertEquals(0, desk.raft.commitIndex());
            assertEquals(10, next(desk.receive(2, piece(0, 10, false))));
        }

        /// A log that already has the snapshot's end keeps itself (§7, Figure 13 step 6).
        @Test void isNotNeededByWhoHasItsEnd() {
            Desk desk = new Desk(Desk.log(3, 4, 1, 1, 1, 1, 1, 1, 1, 3, 3));
            List<RaftOutput> outputs = desk.receive(2, piece(0, 10, true));
            assertEquals(8, Desk.messages(Message.AppendAccepted.class, outputs).getFirst()
                .match());
            assertEquals(9, desk.raft.lastIndex());
        }

        /// After a crash between snapshot and reset: the old log is no continuation (F06).
        @Test void oldLogUnderANewSnapshotIsForgotten() {
            Desk desk = new Desk(new Recovered(new HardState(4, Optional.empty()), meta,
                Desk.entries(3, 1, 1)));
            assertEquals(8, desk.raft.lastIndex());
            assertEquals(new RaftOutput.ResetLog(9),
                desk.round(new RaftInput.Tick()).getFirst());
        }

        /// A leader that no longer has what a follower needs sends its snapshot, piece by piece as
        /// they are answered, and goes on with entries (§7, F37).
        @Test void isSentWhenTheLogBeginsTooLate() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            for (int i = 2; i < 12; i++) {
                desk.receive(2, new Message.AppendAccepted(2, 1, i));
                desk.round(new RaftInput.Propose(i, new byte[1]));
            }
            SnapshotMeta newest = desk.raft.metaAt(10);
            desk.round(new RaftInput.SnapshotTaken(newest));
            RaftOutput.SendSnapshotChunk first = onlyChunk(
                desk.receive(3, new Message.AppendRefused(2, 2, 1, Position.START)));
            assertEquals(0, first.header().offset());
            assertEquals(newest, first.header().meta());
            RaftOutput.SendSnapshotChunk second = onlyChunk(
                desk.receive(3, new Message.SnapshotAccepted(2, 2, 10, 10)));
            assertEquals(10, second.header().offset());
            Message.Append next = Desk.messages(Message.Append.class,
                desk.receive(3, new Message.AppendAccepted(2, 2, 10))).getFirst();
            assertEquals(new Position(10, 2), next.previous());
        }

        private RaftOutput.SendSnapshotChunk onlyChunk(List<RaftOutput> outputs) {
            List<RaftOutput.SendSnapshotChunk> chunks =
                Desk.only(RaftOutput.SendSnapshotChunk.class, outputs);
            assertEquals(1, chunks.size());
            return chunks.getFirst();
        }

        /// A piece that nobody answers is sent again.
        @Test void isSentAgainWhenAPieceIsLost() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            desk.receive(2, new Message.AppendAccepted(2, 1, 2));
            for (int i = 0; i < 5; i++) {
                desk.round(new RaftInput.Propose(i, new byte[1]));
                desk.receive(2, new Message.AppendAccepted(2, 1, 3 + i));
            }
            desk.round(new RaftInput.SnapshotTaken(desk.raft.metaAt(7)));
            desk.receive(3, new Message.AppendRefused(2, 2, 1, Position.START));
            desk.receive(3, new Message.SnapshotAccepted(2, 2, 7, 10));
            assertEquals(List.of(), Desk.only(RaftOutput.SendSnapshotChunk.class, desk.timeOut()));
            desk.now += 400;
            assertEquals(10, onlyChunk(desk.timeOut()).header().offset());
        }
    }
}

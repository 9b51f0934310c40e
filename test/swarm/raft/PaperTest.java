package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import swarm.Invariant;

/// The rules of the paper's Figure 2, box by box, and what §5 to §8 argue from them. Server 1 is
/// under test; logs are written as the terms of their entries, the first of which is always the
/// configuration of all voters.
public final class PaperTest {
    private static Message.Append append(long term, Position previous, long commit, long... terms) {
        List<Entry> entries = new ArrayList<>();
        for (long entryTerm : terms) {
            entries.add(Desk.command(previous.index() + entries.size() + 1, entryTerm));
        }
        return new Message.Append(term, 1, previous, commit, entries);
    }

    private static Position at(long index, long term) {
        return new Position(index, term);
    }

    private static List<Long> terms(Desk desk) {
        return desk.disk.stream().map(Entry::term).toList();
    }

    private static boolean grants(Desk desk, long from, Message.VoteRequest request) {
        return Desk.messages(Message.VoteReply.class, desk.receive(from, request)).getFirst()
            .granted();
    }

    @Nested final class AllServers {
        /// "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert
        /// to follower" (§5.1), whatever it was.
        @Test void laterTermMakesAFollower() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            assertTrue(desk.raft.isLeader());
            desk.receive(3, new Message.AppendAccepted(7, 1, 1));
            assertFalse(desk.raft.isLeader());
            assertEquals(7, desk.raft.term());
            assertTrue(desk.outputs.contains(new RaftOutput.SaveHardState(
                new HardState(7, Optional.empty()))));
        }

        /// "If commitIndex > lastApplied: apply", in order, each once (§5.3).
        @Test void appliesWhatCommitsInOrderAndOnce() {
            Desk desk = new Desk(Desk.log(3, 1, 1, 1, 1));
            desk.receive(2, append(1, at(3, 1), 2));
            desk.receive(2, append(1, at(3, 1), 2));
            desk.receive(2, append(1, at(3, 1), 3));
            assertEquals(List.of(1L, 2L, 3L), Desk.committed(desk.outputs));
        }

        /// A request from a time that is over is refused with the present term (§5.1).
        @Test void refusesAnOldTerm() {
            Desk desk = new Desk(Desk.log(3, 5, 1));
            List<RaftOutput> outputs = desk.receive(2, append(4, at(1, 1), 1, 4));
            assertEquals(List.of(new Message.Outdated(5)),
                Desk.messages(Message.Outdated.class, outputs));
            assertEquals(List.of(1L), terms(desk));
        }
    }

    @Nested final class RequestVote {
        /// Rule 1: "Reply false if term < currentTerm" (§5.1).
        @Test void refusesAnOldTerm() {
            Desk desk = new Desk(Desk.log(3, 5, 1));
            assertFalse(grants(desk, 2, new Message.VoteRequest(4, at(9, 4), false)));
        }

        /// Rule 2: "If votedFor is null or candidateId, grant vote" (§5.2); a candidate that asks
        /// again gets it again (F18).
        @Test void givesOneVotePerTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            assertTrue(grants(desk, 2, new Message.VoteRequest(2, at(1, 1), false)));
            assertFalse(grants(desk, 3, new Message.VoteRequest(2, at(1, 1), false)));
            assertTrue(grants(desk, 2, new Message.VoteRequest(2, at(1, 1), false)));
            assertTrue(grants(desk, 3, new Message.VoteRequest(3, at(1, 1), false)));
        }

        /// The vote is on disk before the answer leaves, with its term, as one record (F01, F02).
        @Test void savesTermAndVoteTogetherAndFirst() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            List<RaftOutput> outputs =
                desk.receive(2, new Message.VoteRequest(2, at(1, 1), false));
            assertEquals(new RaftOutput.SaveHardState(
                new HardState(2, Optional.of(Desk.id(2)))), outputs.getFirst());
            assertEquals(1, Desk.only(RaftOutput.SaveHardState.class, outputs).size());
        }

        /// A vote survives a restart: whoever comes second in the term is refused (F01).
        @Test void remembersItsVoteAfterARestart() {
            HardState saved = new HardState(2, Optional.of(Desk.id(2)));
            Desk desk = new Desk(new Recovered(saved, SnapshotMeta.NONE, Desk.entries(3, 1)));
            assertFalse(grants(desk, 3, new Message.VoteRequest(2, at(1, 1), false)));
            assertTrue(grants(desk, 2, new Message.VoteRequest(2, at(1, 1), false)));
        }

        /// "...and candidate's log is at least as up-to-date as receiver's log": later term first,
        /// then length (§5.4.1).
        @Test void refusesALessCompleteLog() {
            assertFalse(grants(new Desk(Desk.log(3, 3, 1, 2, 2)), 2,
                new Message.VoteRequest(4, at(2, 2), false)));
            assertFalse(grants(new Desk(Desk.log(3, 3, 1, 2)), 2,
                new Message.VoteRequest(4, at(9, 1), false)));
            assertTrue(grants(new Desk(Desk.log(3, 3, 1, 2, 2)), 2,
                new Message.VoteRequest(4, at(2, 3), false)));
            assertTrue(grants(new Desk(Desk.log(3, 3, 1, 2, 2)), 2,
                new Message.VoteRequest(4, at(3, 2), false)));
        }

        /// A server that still asks for pre-votes keeps the vote it gives all the same.
        @Test void savesAVoteGivenWhileAskingForPreVotes() {
            Desk desk = new Desk(Desk.log(3, 2, 1));
            desk.timeOut();
            assertEquals("candidate", desk.raft.role());
            assertTrue(grants(desk, 2, new Message.VoteRequest(2, at(1, 1), false)));
            assertFalse(grants(desk, 3, new Message.VoteRequest(2, at(1, 1), false)));
            assertTrue(desk.outputs.contains(new RaftOutput.SaveHardState(
                new HardState(2, Optional.of(Desk.id(2))))));
        }

        /// "If a server receives a RequestVote within the minimum election timeout of hearing from
        /// a current leader, it does not update its term or grant its vote" (§6, F15); unless the
        /// leader itself wants the election (Ongaro §3.10).
        @Test void standsByItsLeaderUnlessThatOneAsksForTheElection() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.receive(2, new Message.Heartbeat(1, 1, 0));
            desk.now += 999;
            assertFalse(grants(desk, 3, new Message.VoteRequest(2, at(1, 1), false)));
            assertEquals(1, desk.raft.term());
            assertTrue(grants(desk, 3, new Message.VoteRequest(2, at(1, 1), true)));
            Desk later = new Desk(Desk.log(3, 1, 1));
            later.receive(2, new Message.Heartbeat(1, 1, 0));
            later.now += 1000;
            assertTrue(grants(later, 3, new Message.VoteRequest(2, at(1, 1), false)));
        }
    }

    @Nested final class AppendEntries {
        /// Rule 2: "Reply false if log doesn't contain an entry at prevLogIndex whose term matches
        /// prevLogTerm" (§5.3).
        @Test void refusesAGapOrAnotherTerm() {
            Desk desk = new Desk(Desk.log(3, 3, 1, 2));
            assertEquals(1, Desk.messages(Message.AppendRefused.class,
                desk.receive(2, append(3, at(3, 2), 0, 3))).size());
            assertEquals(1, Desk.messages(Message.AppendRefused.class,
                desk.receive(2, append(3, at(2, 3), 0, 3))).size());
            assertEquals(List.of(1L, 2L), terms(desk));
        }

        /// Rules 3 and 4: "If an existing entry conflicts with a new one, delete the existing entry
        /// and all that follow it; append any new entries not already in the log" (§5.3, Figure 7).
        @Test void replacesAConflictAndAllAfterIt() {
            Desk desk = new Desk(Desk.log(3, 3, 1, 1, 2, 2, 2));
            List<RaftOutput> outputs = desk.receive(2, append(3, at(2, 1), 0, 1, 3));
            assertEquals(List.of(1L, 1L, 1L, 3L), terms(desk));
            assertTrue(outputs.contains(new RaftOutput.TruncateFrom(3)));
            assertEquals(List.of(4L), Desk.messages(Message.AppendAccepted.class, outputs).stream()
                .map(Message.AppendAccepted::match).toList());
        }

        /// A delayed message must not cut off what a later one brought (§5.3, F23).
        @Test void keepsWhatFollowsAnOldMessage() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.receive(2, append(1, at(1, 1), 0, 1, 1, 1));
            List<RaftOutput> outputs = desk.receive(2, append(1, at(1, 1), 0, 1));
            assertEquals(List.of(1L, 1L, 1L, 1L), terms(desk));
            assertTrue(Desk.only(RaftOutput.Write.class, outputs).isEmpty());
            assertEquals(2, Desk.messages(Message.AppendAccepted.class, outputs).getFirst()
                .match());
        }

        /// Rule 5: "set commitIndex = min(leaderCommit, index of last new entry)": what lies beyond
        /// may be another leader's (F22).
        @Test void commitsNoFurtherThanTheMessageMatches() {
            Desk desk = new Desk(Desk.log(3, 3, 1, 1, 2, 2));
            desk.receive(2, append(3, at(2, 1), 4));
            assertEquals(2, desk.raft.commitIndex());
        }

        /// One refusal passes a whole term of either log, so the back-up is bounded (§5.3, F26).
        @Test void hintsWhereTheLogsCouldAgree() {
            Desk desk = new Desk(Desk.log(3, 5, 1, 1, 4, 4, 4, 4));
            Message.AppendRefused refused = Desk.messages(Message.AppendRefused.class,
                desk.receive(2, append(5, at(6, 3), 0, 5))).getFirst();
            assertEquals(at(2, 1), refused.hint());
        }

        /// Entries are on disk before they are acknowledged (F03).
        @Test void writesBeforeItAnswers() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            List<RaftOutput> outputs = desk.raft.step(desk.now,
                new RaftInput.Received(Desk.id(2), append(1, at(1, 1), 0, 1)));
            assertInstanceOf(RaftOutput.Append.class, outputs.stream()
                .filter(o -> o instanceof RaftOutput.Write || o instanceof RaftOutput.Send)
                .findFirst().orElseThrow());
        }
    }

    @Nested final class Followers {
        /// "If election timeout elapses without receiving AppendEntries from current leader or
        /// granting vote to candidate: convert to candidate" (§5.2), here by asking first.
        @Test void standsForElectionOnlyWhenNothingIsHeard() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            for (int i = 0; i < 50; i++) {
                desk.now += 900;
                desk.receive(2, new Message.Heartbeat(1, i, 0));
                assertTrue(desk.round(new RaftInput.Tick()).isEmpty());
            }
            List<RaftOutput> outputs = desk.timeOut();
            assertEquals(2, Desk.messages(Message.PreVoteRequest.class, outputs).size());
            assertEquals(1, desk.raft.term());
        }

        /// Time-outs are chosen anew each time from a fixed interval (§5.2, F16).
        @Test void drawsItsTimeOutAnewEachTime() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            Set<Long> drawn = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                desk.receive(2, new Message.Heartbeat(1, i, 0));
                long wait = desk.raft.deadline() - desk.now;
                assertTrue(wait >= 1000 && wait < 1500, "waits " + wait);
                drawn.add(wait);
            }
            assertTrue(drawn.size() > 20, drawn.toString());
        }
    }

    @Nested final class Candidates {
        /// "Increment currentTerm, vote for self, send RequestVote RPCs to all other servers".
        @Test void asksForVotesInANewTermWithItsOwnVoteKept() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.timeOut();
            List<RaftOutput> outputs = desk.receive(2, new Message.PreVoteReply(1, 1, true));
            assertEquals(new RaftOutput.SaveHardState(
                new HardState(2, Optional.of(Desk.id(1)))), outputs.getFirst());
            assertEquals(2, Desk.messages(Message.VoteRequest.class, outputs).size());
        }

        /// "If votes received from majority of servers: become leader", of five three.
        @Test void needsAMajority() {
            Desk desk = new Desk(Desk.log(5, 1, 1));
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(1, 1, true));
            desk.receive(2, new Message.PreVoteReply(1, 1, true));
            assertEquals(1, desk.raft.term());
            desk.receive(3, new Message.PreVoteReply(1, 1, true));
            desk.receive(2, new Message.VoteReply(2, true));
            desk.receive(2, new Message.VoteReply(2, true));
            desk.receive(4, new Message.VoteReply(2, false));
            assertFalse(desk.raft.isLeader());
            desk.receive(5, new Message.VoteReply(2, true));
            assertTrue(desk.raft.isLeader());
        }

        /// Answers to an earlier question do not count.
        @Test void countsOnlyVotesOfThisTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(1, 1, true));
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(1, 1, true));
            assertEquals(2, desk.raft.term());
            desk.receive(2, new Message.PreVoteReply(1, 2, true));
            assertEquals(3, desk.raft.term());
            desk.receive(2, new Message.VoteReply(2, true));
            assertFalse(desk.raft.isLeader());
        }

        /// "If AppendEntries RPC received from new leader: convert to follower."
        @Test void followsAnotherWinnerOfItsTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(1, 1, true));
            desk.receive(3, append(2, at(1, 1), 0));
            assertEquals(Optional.of(Desk.id(3)), desk.raft.leader());
        }

        /// A pre-vote changes nothing at the one who is asked, and is refused by who hears a
        /// leader (Ongaro §9.6, F15).
        @Test void preVoteChangesNothing() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            List<RaftOutput> outputs = desk.receive(2, new Message.PreVoteRequest(4, at(1, 1)));
            assertEquals(List.of(new Message.PreVoteReply(1, 4, true)),
                Desk.messages(Message.PreVoteReply.class, outputs));
            assertEquals(1, desk.raft.term());
            desk.receive(3, new Message.Heartbeat(1, 1, 0));
            outputs = desk.receive(2, new Message.PreVoteRequest(4, at(1, 1)));
            assertEquals(List.of(new Message.PreVoteReply(1, 4, false)),
                Desk.messages(Message.PreVoteReply.class, outputs));
        }

        /// The long log learns the later term from a refusal, and asks in it the next time (F13).
        @Test void learnsALaterTermFromARefusedPreVote() {
            Desk desk = new Desk(Desk.log(3, 3, 1, 3, 3));
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(9, 3, false));
            assertEquals(9, desk.raft.term());
            desk.timeOut();
            desk.receive(2, new Message.PreVoteReply(9, 9, true));
            assertEquals(10, desk.raft.term());
        }
    }

    @Nested final class Leaders {
        /// "Upon election: send heartbeats to each server" (§5.2), and commit an entry of the new
        /// term (§8).
        @Test void beginsWithHeartbeatsAndAnEntryOfItsTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            List<RaftOutput> outputs = desk.lead(2);
            assertEquals(2, Desk.messages(Message.Heartbeat.class, outputs).size());
            List<Message.Append> appends = Desk.messages(Message.Append.class, outputs);
            assertEquals(2, appends.size());
            assertEquals(Entry.Kind.NOOP, appends.getFirst().entries().getFirst().kind());
            assertEquals(at(1, 1), appends.getFirst().previous());
        }

        /// "Repeat during idle periods to prevent election timeouts."
        @Test void keepsTellingThatItLeads() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            long before = desk.now;
            assertEquals(2, Desk.messages(Message.Heartbeat.class, desk.timeOut()).size());
            assertEquals(100, desk.now - before);
        }

        /// "If command received from client: append entry to local log, respond after entry applied
        /// to state machine"; all that one round brings travels in one message (§5.3).
        @Test void sendsARoundsEntriesTogether() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            desk.receive(2, new Message.AppendAccepted(2, 1, 2));
            desk.raft.step(desk.now, new RaftInput.Propose(1, new byte[1]));
            desk.raft.step(desk.now, new RaftInput.Propose(2, new byte[1]));
            List<Message.Append> appends = Desk.messages(Message.Append.class,
                desk.raft.step(desk.now, desk.persisted()));
            assertEquals(1, appends.size());
            assertEquals(2, appends.getFirst().entries().size());
        }

        /// "If successful: update nextIndex and matchIndex"; then messages need not wait for
        /// answers, but only so many may.
        @Test void pipelinesUpToALimit() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            desk.receive(2, new Message.AppendAccepted(2, 1, 2));
            int sent = 0;
            for (int i = 0; i < 10; i++) {
                sent += Desk.messages(Message.Append.class,
                    desk.round(new RaftInput.Propose(i, new byte[1]))).size();
            }
            assertEquals(Desk.CONFIG.limits().appendsInFlightMax(), sent);
        }

        /// "If AppendEntries fails because of log inconsistency: decrement nextIndex and retry",
        /// by terms: at most one refusal per term of the logs (§5.3, F26).
        @Test void backsUpByTerms() {
            Desk desk = new Desk(Desk.log(3, 6, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6));
            desk.lead(2);
            List<RaftOutput> outputs =
                desk.receive(3, new Message.AppendRefused(7, 2, 10, at(9, 3)));
            Message.Append retry = Desk.messages(Message.Append.class, outputs).getFirst();
            assertEquals(at(3, 1), retry.previous());
        }

        /// "If there exists an N such that a majority of matchIndex[i] >= N, and log[N].term ==
        /// currentTerm: set commitIndex = N". Figure 8: an older term's entry on a majority is not
        /// committed, and commits with the first of the own term (§5.4.2, F20).
        @Test void commitsOlderTermsOnlyThroughItsOwn() {
            Desk desk = new Desk(Desk.log(5, 3, 1, 2));
            desk.lead(2, 3);
            desk.receive(2, new Message.AppendAccepted(4, 1, 2));
            desk.receive(3, new Message.AppendAccepted(4, 2, 2));
            assertEquals(0, desk.raft.commitIndex());
            desk.receive(2, new Message.AppendAccepted(4, 1, 3));
            desk.receive(3, new Message.AppendAccepted(4, 2, 3));
            assertEquals(3, desk.raft.commitIndex());
        }

        /// Its own disk is one of the majority, and no sooner than it has the entry (F03).
        @Test void countsItselfOnlyWhenDurable() {
            Desk desk = new Desk(Desk.log(2, 1, 1));
            desk.lead(2);
            desk.receive(2, new Message.AppendAccepted(2, 1, 2));
            desk.raft.step(desk.now, new RaftInput.Propose(1, new byte[1]));
            desk.raft.step(desk.now, new RaftInput.Received(Desk.id(2),
                new Message.AppendAccepted(2, 1, 3)));
            assertEquals(2, desk.raft.commitIndex());
            desk.raft.step(desk.now, desk.persisted());
            assertEquals(3, desk.raft.commitIndex());
        }

        /// Leader Append-Only: a leader never takes another's entries in its term (§5.3).
        @Test void knowsThatThereIsOnlyOneLeaderPerTerm() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            Message.Append other = append(2, at(1, 1), 0, 2);
            assertThrows(Invariant.Violation.class,
                () -> desk.receive(3, other));
        }

        /// A leader that a majority does not answer steps down (Ongaro §6.2, F14).
        @Test void stepsDownWhenNoMajorityAnswers() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            long began = desk.now;
            while (desk.raft.isLeader() && desk.now < began + 5000) {
                desk.timeOut();
            }
            assertFalse(desk.raft.isLeader());
            assertTrue(desk.now - began <= 1200, "led on for " + (desk.now - began));
            assertEquals(2, desk.raft.term());
        }

        /// A follower that comes back with answers keeps it in office.
        @Test void staysWhileAMajorityAnswers() {
            Desk desk = new Desk(Desk.log(3, 1, 1));
            desk.lead(2);
            for (int i = 0; i < 100; i++) {
                desk.timeOut();
                desk.receive(3, new Message.HeartbeatReply(2, i));
            }
            assertTrue(desk.raft.isLeader());
        }
    }
}

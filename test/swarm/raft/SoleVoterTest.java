package swarm.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A cluster of one: everything a swarm of one manager does with its log.
final class SoleVoterTest {
    private final Desk desk = new Desk(Recovered.firstServer(Desk.id(1)));

    @Test void leadsWithoutWaiting() {
        assertEquals(desk.now, desk.raft.deadline());
        desk.timeOut();
        assertTrue(desk.raft.ready());
        assertEquals(List.of(1L, 2L), Desk.committed(desk.outputs));
    }

    /// F01, F03: its own disk is the majority, so nothing happens before the sync.
    @Test void countsItsVoteAndItsEntriesOnlyWhenDurable() {
        List<RaftOutput> first = desk.raft.step(desk.now, new RaftInput.Tick());
        assertInstanceOf(RaftOutput.SaveHardState.class, first.getFirst());
        assertFalse(desk.raft.isLeader());
        desk.raft.step(desk.now, desk.persisted());
        assertTrue(desk.raft.isLeader());
        assertFalse(desk.raft.ready());
        assertEquals(0, desk.raft.commitIndex());
        List<RaftOutput> last = desk.raft.step(desk.now, desk.persisted());
        assertEquals(List.of(1L, 2L), Desk.committed(last));
    }

    @Test void commitsManyProposalsWithOneSync() {
        desk.timeOut();
        for (long token = 10; token < 20; token++) {
            List<RaftOutput> outputs = desk.raft.step(desk.now,
                new RaftInput.Propose(token, new byte[] {7}));
            assertTrue(Desk.committed(outputs).isEmpty());
            assertEquals(List.of(new RaftOutput.Accepted(token, token - 7, 2)),
                Desk.only(RaftOutput.Accepted.class, outputs));
        }
        List<RaftOutput> outputs = desk.raft.step(desk.now, desk.persisted());
        assertEquals(10, Desk.committed(outputs).size());
    }

    /// Nobody waits for its heartbeats; they begin with its first follower.
    @Test void sleepsUntilItHasAFollower() {
        desk.timeOut();
        assertEquals(Long.MAX_VALUE, desk.raft.deadline());
        desk.now += 60_000;
        desk.round(new RaftInput.ChangeConfiguration(1,
            new Configuration.AddLearner(Desk.id(2))));
        assertTrue(desk.raft.deadline() <= desk.now);
        assertEquals(1, Desk.messages(Message.Heartbeat.class, desk.timeOut()).size());
        assertTrue(desk.raft.isLeader());
    }

    @Test void readsAtOnce() {
        desk.timeOut();
        List<RaftOutput> outputs = desk.round(new RaftInput.ReadIndex(5));
        assertEquals(List.of(new RaftOutput.ReadReady(5, 2)),
            Desk.only(RaftOutput.ReadReady.class, outputs));
    }

    @Test void replaysEverythingAfterTheSnapshotWhenItStartsAgain() {
        desk.timeOut();
        desk.round(new RaftInput.Propose(1, new byte[] {7}));
        SnapshotMeta meta = desk.raft.metaAt(2);
        List<Entry> stored = Desk.only(RaftOutput.Append.class, desk.outputs).stream()
            .flatMap(a -> a.entries().stream()).toList();
        Desk again = new Desk(new Recovered(new HardState(2, Optional.of(Desk.id(1))),
            meta, stored));
        again.timeOut();
        assertEquals(List.of(3L, 4L), Desk.committed(again.outputs));
        assertEquals(3, again.raft.term());
    }

    @Test void compactsButForATail() {
        desk.timeOut();
        for (int i = 0; i < 10; i++) {
            desk.round(new RaftInput.Propose(i, new byte[] {7}));
        }
        List<RaftOutput> outputs =
            desk.round(new RaftInput.SnapshotTaken(desk.raft.metaAt(10)));
        assertTrue(outputs.contains(new RaftOutput.DropBefore(8)), outputs.toString());
        assertEquals(12, desk.raft.lastIndex());
    }

    @Test void refusesMoreThanItMayHold() {
        desk.timeOut();
        List<RaftOutput> outputs = List.of();
        for (int i = 0; i < 8; i++) {
            outputs = desk.raft.step(desk.now, new RaftInput.Propose(i, new byte[900]));
        }
        assertInstanceOf(RaftOutput.Busy.class,
            Desk.only(RaftOutput.Refused.class, outputs).getFirst().reason());
        outputs = desk.raft.step(desk.now, new RaftInput.Propose(9, new byte[1001]));
        assertInstanceOf(RaftOutput.Impossible.class,
            Desk.only(RaftOutput.Refused.class, outputs).getFirst().reason());
    }

    @Test void neverStandsWithoutACluster() {
        Raft raft = new Raft(Desk.CONFIG, Desk.id(1), Recovered.EMPTY, new Random(1), 0);
        assertEquals(Long.MAX_VALUE, raft.deadline());
        assertTrue(raft.step(1_000_000, new RaftInput.Tick()).isEmpty());
        assertTrue(raft.step(1_000_000, new RaftInput.Campaign()).isEmpty());
    }
}

package swarm.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.dispatcher.AgentMessage;
import swarm.model.Node;
import swarm.model.NodeId;

/// The agent's way to the leader, by hand: whom it dials and asks, and when.
class SessionTest {
    private final Session session = new Session("boot", new Random(1), 0);
    private final List<AgentOutput> out = new ArrayList<>();
    private long now;

    @BeforeEach
    void linkIsUp() {
        session.describe(Node.Description.UNSAID);
        session.tick(now, out);
        assertEquals(List.of(Optional.empty()), dialled());
        session.linkUp(now);
        pass(0);
        assertEquals(1, said(AgentMessage.Register.class));
        out.clear();
    }

    @Test
    void namedLeaderIsDialledAtOnceAndTheSessionGoesOnThere() {
        grant();
        session.notLeading("b:2377", now, out);
        pass(0);
        assertEquals(List.of(Optional.of("b:2377")), dialled());
        assertFalse(session.live(), "nothing is said to one who does not lead");
        session.linkUp(now);
        pass(0);
        assertTrue(session.live() && session.holds("s"));
        assertEquals(1, said(AgentMessage.Heartbeat.class));
        assertEquals(0, said(AgentMessage.Register.class));
    }

    @Test
    void answersToWhatWasSaidBeforeCountOnce() {
        grant();
        for (int answer = 0; answer < 10; answer++) {
            session.notLeading("b:2377", now, out);
            pass(0);
        }
        assertEquals(1, dialled().size());
    }

    @Test
    void twoManagersThatPointAtEachOtherAreFollowedEverMoreSlowly() {
        grant();
        String next = "b:2377";
        for (int ms = 0; ms < 60_000; ms++) {
            session.notLeading(next, now, out);
            int before = dialled().size();
            pass(1);
            if (dialled().size() > before) {
                session.linkUp(now);
                next = next.equals("b:2377") ? "a:2377" : "b:2377";
            }
        }
        assertTrue(dialled().size() < 80, "dials: " + dialled().size());
        assertTrue(dialled().size() > 20, "dials: " + dialled().size());
    }

    @Test
    void managerThatKnowsNoLeaderIsAskedAgainWithinHalfASecondAndOthersToo() {
        grant();
        long asked = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            if (said(AgentMessage.Heartbeat.class) > 0 || ms == 0) {
                assertTrue(now - asked <= 551, "ms: " + (now - asked));
                asked = now;
                out.removeIf(AgentOutput.ToManager.class::isInstance);
                session.notLeading("", now, out);
            }
            pass(1);
        }
        assertTrue(dialled().size() > 3, "dials: " + dialled().size());
        assertTrue(dialled().size() < 30, "dials: " + dialled().size());
        assertTrue(session.holds("s"), "nobody who leads has ended it");
    }

    @Test
    void newLeaderThatDoesNotKnowTheSessionIsAskedForOneAtOnce() {
        grant();
        session.linkDown();
        pass(0);
        session.linkUp(now);
        session.refused(true, now);
        pass(0);
        assertEquals(1, said(AgentMessage.Register.class));
        session.refused(true, now);
        pass(0);
        assertEquals(1, said(AgentMessage.Register.class), "and then less and less often");
        pass(101);
        assertEquals(2, said(AgentMessage.Register.class));
    }

    @Test
    void sessionsThatAreGrantedAndEndedAgainSlowDown() {
        for (int ms = 0; ms < 60_000; ms++) {
            if (said(AgentMessage.Register.class) > 0) {
                out.removeIf(AgentOutput.ToManager.class::isInstance);
                grant();
                session.refused(true, now);
                out.add(new AgentOutput.Save(new byte[0]));
            } else if (ms == 0) {
                session.refused(true, now);
            }
            pass(1);
        }
        long grants = out.stream().filter(AgentOutput.Save.class::isInstance).count();
        assertTrue(grants > 8 && grants < 40, "grants: " + grants);
    }

    @Test
    void leaderThatIsNamedWhileTheLinkEndsIsStillDialled() {
        grant();
        session.notLeading("b:2377", now, out);
        pass(0);
        session.linkUp(now);
        out.clear();
        session.notLeading("c:2377", now, out);
        session.linkDown();
        pass(0);
        assertEquals(List.of(Optional.of("c:2377")), dialled());
    }

    @Test
    void refusalForGoodIsHeeded() {
        session.refused(false, now);
        session.notLeading("b:2377", now, out);
        session.linkDown();
        pass(100_000);
        assertEquals(List.of(), dialled());
    }

    private void grant() {
        session.granted(new AgentMessage.Session("s", new NodeId("n1"), 1_000), now);
    }

    /// Lets time go on, waking the session when it asks to be woken; never more often than once a
    /// millisecond, or it does not let time go on at all.
    private void pass(long ms) {
        long until = now + ms;
        session.tick(now, out);
        for (int turn = 0; session.deadline() <= until; turn++) {
            assertTrue(turn <= ms, "it asks to be woken at once, again and again");
            now = Math.max(now, session.deadline());
            session.tick(now, out);
        }
        now = until;
    }

    private List<Optional<String>> dialled() {
        return out.stream().filter(AgentOutput.Redial.class::isInstance)
                .map(output -> ((AgentOutput.Redial) output).to()).toList();
    }

    private long said(Class<? extends AgentMessage.ToManager> kind) {
        return out.stream().filter(output -> output instanceof AgentOutput.ToManager to
                && kind.isInstance(to.message())).count();
    }
}

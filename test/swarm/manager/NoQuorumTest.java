package swarm.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.api.ApiAnswer;
import swarm.api.Decision;
import swarm.api.Deed;
import swarm.api.Facts;
import swarm.api.Messages;
import swarm.model.Node;
import swarm.store.Change;

/// Too few managers: what the ones that are left say, when, and of whom.
final class NoQuorumTest {
    private final Managers managers = new Managers(3, 10_000);

    private static final Deed RENAME = (tip, _) -> {
        Node node = tip.node(Sole.NODE).orElseThrow();
        Node.Spec old = node.spec();
        return new Decision.Propose(List.of(new Change.Update(node.withSpec(new Node.Spec("new",
                old.labels(), old.role(), old.availability())))), ApiAnswer.empty(200));
    };

    private static String name(Host host) {
        return host.manager.committed().node(Sole.NODE).orElseThrow().spec().name();
    }

    private static String said(Host host, long token) {
        return host.reply(token).map(ApiAnswer::message).orElse("");
    }

    private void loseAllBut(Host left) {
        managers.hosts.stream().filter(host -> !host.equals(left)).forEach(managers.cut::add);
    }

    /// What a client hears that asks now, at once.
    private String told(Host host) {
        long token = managers.read(host);
        managers.run(1);
        return said(host, token);
    }

    private Facts look(Host host) {
        long token = managers.look(host);
        managers.run(1);
        return ((ManagerOutput.Readable) host.answer(token).orElseThrow()).facts();
    }

    private static void assertNames(String told, Host left, List<Host> all) {
        assertTrue(told.startsWith(Messages.NO_LEADER + " Missing: "), told);
        all.forEach(host -> assertEquals(!host.equals(left),
                told.contains("(" + host.node + ", ") , told));
        assertTrue(told.endsWith("Of 3 managers 2 are needed, and 1 is here: start the daemon "
                + "again on at least 1 of the missing."), told);
    }

    @Test void leaderThatLosesItsFollowersNamesThemWithinTwoSeconds() {
        Host left = managers.leader();
        loseAllBut(left);
        managers.run(2_000);
        assertNames(told(left), left, managers.hosts);
    }

    @Test void followerThatIsLeftNamesTheOthersWithinTwoSeconds() {
        Host left = managers.follower();
        loseAllBut(left);
        managers.run(2_050);
        assertNames(told(left), left, managers.hosts);
    }

    @Test void whoWaitsWhenItBecomesKnownIsToldThen() {
        Host left = managers.leader();
        loseAllBut(left);
        managers.until(() -> !Managers.leads(left), "it steps down");
        long written = managers.write(left, "r", RENAME);
        long read = managers.read(left);
        managers.run(1_000);
        assertNames(said(left, written), left, managers.hosts);
        assertNames(said(left, read), left, managers.hosts);
    }

    @Test void deadLeaderAloneIsNoLossOfTheQuorum() {
        Host dead = managers.leader();
        managers.cut.add(dead);
        List<Host> others = managers.hosts.stream().filter(host -> !host.equals(dead)).toList();
        long[] tokens = new long[1];
        managers.until(() -> {
            others.forEach(host -> {
                tokens[0] = managers.read(host);
                managers.run(5);
                assertFalse(host.answer(tokens[0])
                        .filter(ManagerOutput.Leaderless.class::isInstance).isPresent());
            });
            return others.stream().anyMatch(Managers::leads);
        }, "another leads, and nobody was sent away meanwhile");
    }

    @Test void eachIsNamedWithTheTimeOfItsOwnLoss() {
        Host left = managers.leader();
        List<Host> others = managers.hosts.stream().filter(host -> !host.equals(left)).toList();
        managers.run(1_500 - managers.now % 1_000);
        String first = second();
        managers.cut.add(others.get(0));
        managers.run(20_000);
        String later = second();
        managers.cut.add(others.get(1));
        managers.run(60_000);
        String told = told(left);
        assertTrue(told.contains("(" + others.get(0).node + ", 10.0.0." + others.get(0).node.text()
                .charAt(4) + ":2377) since " + first), told);
        assertTrue(told.contains(") since " + later), told);
    }

    private String second() {
        return Managers.BEGIN.plusMillis(managers.now).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Test void followerNamesThoseWhomItHearsOnlyNowAndThenWithTheTimeOfTheLoss() {
        Host first = managers.leader();
        managers.cut.add(first);
        Host next = managers.leader();
        managers.cut.clear();
        managers.run(100_000);
        Host left = managers.hosts.stream().filter(host -> !host.equals(first)
                && !host.equals(next)).findFirst().orElseThrow();
        assertFalse(Managers.leads(left), "it has heard both only in the election");
        managers.run(1_500 - managers.now % 1_000);
        String lost = second();
        loseAllBut(left);
        managers.run(30_000);
        String told = told(left);
        assertTrue(told.contains("since " + lost), told);
        assertFalse(told.replace(lost, "").contains("T00:00:"), told);
    }

    @Test void refusedWriteIsNeverDone() {
        for (Host left : List.of(managers.leader(), managers.follower())) {
            loseAllBut(left);
            managers.run(3_000);
            long refused = managers.write(left, "r", RENAME);
            managers.run(1);
            assertNames(said(left, refused), left, managers.hosts);
            managers.cut.clear();
            managers.until(managers::settled, "all are back");
            managers.run(30_000);
            managers.hosts.forEach(host -> {
                assertEquals("", name(host));
                assertEquals(Optional.empty(), host.manager.committed().answer("r"));
            });
        }
    }

    @Test void writeThatWasUnderWayIsCalledUnknownAndNotRefused() {
        Host left = managers.leader();
        loseAllBut(left);
        long written = managers.write(left, "r", RENAME);
        managers.until(() -> left.reply(written).isPresent(), "it is answered");
        String told = said(left, written);
        assertTrue(told.startsWith("the outcome of this request is unknown"), told);
        assertNames(told.substring(told.indexOf("The swarm")), left, managers.hosts);
    }

    @Test void whatAManagerHoldsIsShownWithoutALeader() {
        Host left = managers.leader();
        assertEquals("", look(left).trouble());
        String lost = second();
        loseAllBut(left);
        managers.run(30_000);
        Facts facts = look(left);
        assertNames(facts.trouble(), left, managers.hosts);
        assertEquals(Optional.empty(), facts.leader());
        managers.hosts.forEach(host ->
                assertEquals(host.equals(left), facts.reachable().get(host.node)));
        assertEquals("as of " + lost + ", no leader", facts.staleness());
        managers.cut.clear();
        managers.leader();
        managers.run(1_000);
        assertEquals("", look(left).trouble());
    }

    @Test void followerSaysNothingOfThoseWhomItDoesNotListenTo() {
        Host leader = managers.leader();
        managers.run(10_000);
        Host follower = managers.follower();
        Facts facts = look(follower);
        assertEquals(Optional.of(leader.node), facts.leader());
        managers.hosts.forEach(host -> assertEquals(
                host.equals(leader) || host.equals(follower) ? Optional.of(true) : Optional.empty(),
                Optional.ofNullable(facts.reachable().get(host.node))));
    }
}

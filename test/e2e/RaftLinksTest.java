package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.ca.Tls;
import swarm.manager.ManagerInput;
import swarm.node.RaftLinks;
import swarm.raft.MemberId;
import swarm.raft.Message;
import swarm.raft.RaftInput;
import swarm.wire.Port;

/// Two members of raft over real connections, with a network between them that does what networks
/// do: what one says again and again arrives in the end, and on one link in order and as it was.
class RaftLinksTest {
    private static final String CLUSTER = "c1";

    private final WireLab lab = new WireLab();
    private final Tls tls = lab.tls(WireLab.MANAGER);
    private final Map<MemberId, String> addresses = new ConcurrentHashMap<>();
    private Member one;
    private Member two;
    private FaultProxy between;

    /// A member, what it has heard, and its port.
    private final class Member implements AutoCloseable {
        final MemberId id;
        final List<RaftInput> heard = new CopyOnWriteArrayList<>();
        final RaftLinks links;
        final Port port;

        Member(long number, Map<MemberId, String> addresses) throws IOException {
            id = new MemberId(number);
            port = lab.port(link -> links().serve(link));
            links = new RaftLinks(new RaftLinks.Self(id, CLUSTER, WireLab.addr(port)),
                    () -> WireLab.dialer(tls),
                    member -> Optional.ofNullable(addresses.get(member)), this::hear);
        }

        private RaftLinks links() {
            return links;
        }

        private void hear(ManagerInput input) {
            if (input instanceof ManagerInput.ToRaft(RaftInput told)) {
                heard.add(told);
            }
        }

        /// The rounds of the heartbeats that came from a member, in order.
        List<Long> rounds(Member from) {
            return heard.stream().filter(input -> input instanceof RaftInput.Received(
                    MemberId sender, Message _) && sender.equals(from.id))
                    .map(input -> ((Message.Heartbeat) ((RaftInput.Received) input).message())
                            .round()).toList();
        }

        @Override public void close() {
            links.close();
        }
    }

    @BeforeEach
    void meet() throws IOException {
        one = lab.opened(new Member(1, addresses));
        two = lab.opened(new Member(2, new ConcurrentHashMap<>()));
        between = lab.proxy(two.port);
        addresses.put(two.id, between.addr());
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void memberWhoseAddressNobodyKnowsIsAnsweredWhereItSaysItIs() throws IOException {
        awaitHeard(one, two, 1);
        awaitHeard(two, one, 1);
    }

    @Test
    void bytesThatComeOneByOneAreTheSameMessages() throws IOException {
        between.flow(FaultProxy.Flow.ONE_BYTE_AT_A_TIME);
        awaitHeard(one, two, 20);
        List<Long> rounds = two.rounds(one);
        assertEquals(rounds.stream().sorted().distinct().toList(), rounds);
    }

    @Test
    void linkThatStallsIsGivenUpAndMadeAnew() throws IOException {
        awaitHeard(one, two, 1);
        between.flow(FaultProxy.Way.TO_PORT, FaultProxy.Flow.STALLED);
        long spoken = speakUntilClosed();
        between.flow(FaultProxy.Flow.WHOLE);
        awaitHeard(one, two, spoken + 1);
    }

    @Test
    void linkThatIsResetIsToldToRaftAndMadeAnew() throws IOException {
        awaitHeard(one, two, 1);
        between.reset();
        Lab.await("raft is told", () -> two.heard.contains(new RaftInput.PeerClosed(one.id)));
        awaitHeard(one, two, 1_000);
    }

    @Test
    void linkWhoseOtherEndIsGoneWithoutAWordIsMadeAnew() throws IOException {
        awaitHeard(one, two, 1);
        between.halfOpen();
        long spoken = speakUntilClosed();
        between.flow(FaultProxy.Flow.WHOLE);
        awaitHeard(one, two, spoken + 1);
    }

    @Test
    void processThatIsGoneRefusesTheDialThatRaftAsksFor() throws IOException {
        awaitHeard(one, two, 1);
        addresses.put(two.id, "127.0.0.1:" + Lab.freePort());
        one.links.dialOnce(two.id);
        Lab.await("raft is told", () -> one.heard.contains(new RaftInput.PeerRefused(two.id)));
    }

    private long lastRound;

    /// Says the next heartbeat again and again until one of at least that round has arrived.
    private void awaitHeard(Member from, Member to, long round) throws IOException {
        lastRound = Math.max(lastRound, round - 1);
        Lab.await(to.id + " hears round " + round + " of " + from.id, () -> {
            say(from, to);
            return to.rounds(from).stream().anyMatch(heard -> heard >= round);
        });
    }

    private void say(Member from, Member to) {
        lastRound++;
        from.links.send(to.id, new Message.Heartbeat(1, lastRound, 0));
    }

    /// Speaks into a link in vain until it is given up; returns the last round that was said.
    private long speakUntilClosed() throws IOException {
        long[] dialled = {between.connections()};
        Lab.await("another link is dialled", () -> {
            say(one, two);
            return between.connections() > dialled[0];
        });
        return lastRound;
    }
}

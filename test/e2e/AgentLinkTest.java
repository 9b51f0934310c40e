package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import swarm.agent.AgentInput;
import swarm.dispatcher.AgentMessage;
import swarm.manager.ManagerInput;
import swarm.model.NodeId;
import swarm.node.AgentDoor;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// Agents' links to managers' doors, over real sockets and TLS.
class AgentLinkTest {
    private static final NodeId W1 = new NodeId("w1");
    private final AgentLab lab = new AgentLab();

    @AfterEach
    void end() {
        lab.close();
    }

    @Test
    void linkCarriesBothWaysUnderTheIdThatTheCertificateProves() throws Exception {
        AgentLab.Site site = lab.site("m1");
        AgentLab.Caller agent = lab.agent("w1", site.addr());
        agent.link.redial(Optional.empty());
        agent.awaitUp();
        agent.link.say(new AgentMessage.Heartbeat("s"));
        assertEquals(new ManagerInput.FromAgent(W1, "127.0.0.1", new AgentMessage.Heartbeat("s")),
                site.next());
        site.door.tell(W1, new AgentMessage.HeartbeatHeard("s", 1_000));
        assertEquals(new AgentInput.FromManager(new AgentMessage.HeartbeatHeard("s", 1_000)),
                agent.next());
        site.door.tell(new NodeId("w9"), new AgentMessage.HeartbeatHeard("s", 1_000));
    }

    @Test
    void namedManagerIsDialledFirst() throws Exception {
        AgentLab.Site first = lab.site("m1");
        AgentLab.Site second = lab.site("m2");
        AgentLab.Caller agent = lab.agent("w1", first.addr(), second.addr());
        agent.link.redial(Optional.of(second.addr()));
        agent.awaitUp();
        agent.link.say(new AgentMessage.Heartbeat("s"));
        assertInstanceOf(ManagerInput.FromAgent.class, second.next());
    }

    @Test
    void newLinkGoesToAnotherManagerAndTakesThePlaceOfTheOld() throws Exception {
        AgentLab.Site first = lab.site("m1");
        AgentLab.Site second = lab.site("m2");
        AgentLab.Caller agent = lab.agent("w1", first.addr(), second.addr());
        agent.link.redial(Optional.empty());
        agent.awaitUp();
        agent.link.say(new AgentMessage.Heartbeat("1"));
        assertInstanceOf(ManagerInput.FromAgent.class, first.next());
        agent.link.redial(Optional.empty());
        assertEquals(new AgentInput.LinkUp(), agent.next());
        assertEquals(new ManagerInput.AgentGone(W1), first.next(), "the old one is closed");
        agent.link.say(new AgentMessage.Heartbeat("2"));
        assertInstanceOf(ManagerInput.FromAgent.class, second.next());
        second.door.tell(W1, new AgentMessage.HeartbeatHeard("2", 1_000));
        assertInstanceOf(AgentInput.FromManager.class, agent.next(), "and its end said nothing");
    }

    @Test
    void managerThatIsGoneIsPassedOver() throws Exception {
        AgentLab.Site gone = lab.site("m1");
        gone.port.close();
        AgentLab.Site site = lab.site("m2");
        AgentLab.Caller agent = lab.agent("w1", gone.addr(), site.addr());
        agent.link.redial(Optional.of(gone.addr()));
        agent.awaitUp();
        agent.link.say(new AgentMessage.Heartbeat("s"));
        assertInstanceOf(ManagerInput.FromAgent.class, site.next());
    }

    @Test
    void frozenManagersDoNotKeepTheAgentFromTheOneThatLives() throws Exception {
        try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String addr = "127.0.0.1:" + frozen.getLocalPort();
            AgentLab.Site site = lab.site("m1");
            AgentLab.Caller agent = lab.agent("w1", addr, addr, site.addr());
            for (int dial = 0; dial < 6; dial++) {
                agent.link.redial(dial == 5 ? Optional.of(site.addr()) : Optional.empty());
            }
            agent.awaitUp();
            agent.link.say(new AgentMessage.Heartbeat("s"));
            assertInstanceOf(ManagerInput.FromAgent.class, site.next());
        }
    }

    @Test
    void endOfTheNewestLinkIsTold() throws Exception {
        AgentLab.Site site = lab.site("m1");
        AgentLab.Caller agent = lab.agent("w1", site.addr());
        agent.link.redial(Optional.empty());
        agent.awaitUp();
        site.port.close();
        assertInstanceOf(AgentInput.LinkDown.class, agent.next());
        assertEquals(new ManagerInput.AgentGone(W1), site.next());
        agent.link.say(new AgentMessage.Heartbeat("s"));
    }

    @Test
    void endOfAnOlderLinkOfANodeIsNotTheAgentsEnd() throws Exception {
        AgentLab.Site site = lab.site("m1");
        AgentLab.Caller older = lab.agent("w1", site.addr());
        AgentLab.Caller newer = lab.agent("w1", site.addr());
        for (AgentLab.Caller each : List.of(older, newer)) {
            each.link.redial(Optional.empty());
            each.awaitUp();
            each.link.say(new AgentMessage.Heartbeat("s"));
            assertInstanceOf(ManagerInput.FromAgent.class, site.next());
        }
        older.link.close();
        site.awaitEnds(1);
        site.door.tell(W1, new AgentMessage.HeartbeatHeard("s", 1_000));
        assertInstanceOf(AgentInput.FromManager.class, newer.next());
        newer.link.say(new AgentMessage.Heartbeat("t"));
        assertInstanceOf(ManagerInput.FromAgent.class, site.next(), "nothing came before it");
        newer.link.close();
        assertEquals(new ManagerInput.AgentGone(W1), site.next());
    }

    @Test
    void ownManagerIsReachedWithoutANetwork() throws Exception {
        AgentLab.Site site = lab.site("m1");
        AgentLab.Site other = lab.site("m2");
        site.port.close();
        AgentLab.Caller agent = lab.ownAgent("m1", site, other.addr());
        agent.link.redial(Optional.of(site.addr()));
        agent.awaitUp();
        agent.link.say(new AgentMessage.Heartbeat("s"));
        assertEquals(new ManagerInput.FromAgent(new NodeId("m1"), "10.0.0.1",
                new AgentMessage.Heartbeat("s")), site.next());
        site.door.tell(new NodeId("m1"), new AgentMessage.HeartbeatHeard("s", 1_000));
        assertInstanceOf(AgentInput.FromManager.class, agent.next());
        agent.link.redial(Optional.of(other.addr()));
        assertEquals(new AgentInput.LinkUp(), agent.next());
        assertEquals(new ManagerInput.AgentGone(new NodeId("m1")), site.next());
    }

    @Test
    void managerNeverWaitsForAnAgentThatDoesNotReadAndEndsItsLink() throws Exception {
        AgentLab.Site site = lab.site("m1");
        Link silent = new Dialer(lab.tls("w1")).dial(site.addr(), Protocol.AGENT, 60_000);
        silent.send(new AgentMessage.Heartbeat("s").toBytes());
        assertInstanceOf(ManagerInput.FromAgent.class, site.next());
        AgentMessage.ToAgent large =
                new AgentMessage.Refused("s", "x".repeat(1 << 20), true);
        for (int i = 0; i < 1_000; i++) {
            site.door.tell(W1, large);
        }
        assertEquals(new ManagerInput.AgentGone(W1), site.next());
        silent.close();
    }

    @Test
    void ownAgentThatDoesNotListenLosesItsWay() throws Exception {
        AgentLab.Site site = lab.site("m1");
        AgentLab.Caller agent = lab.ownAgent("m1", site);
        agent.stuck(true);
        agent.link.redial(Optional.of(site.addr()));
        agent.awaitPut();
        for (int i = 0; i < 1_000; i++) {
            site.door.tell(new NodeId("m1"), new AgentMessage.HeartbeatHeard("s", 1_000));
        }
        agent.stuck(false);
        agent.await(AgentInput.LinkDown.class);
        assertEquals(new ManagerInput.AgentGone(new NodeId("m1")), site.next());
    }

    @Test
    void agentWhoseWordsMakeNoSenseLosesItsLink() throws Exception {
        AgentLab.Site site = lab.site("m1");
        Link foreign = new Dialer(lab.tls("w1")).dial(site.addr(), Protocol.AGENT, 60_000);
        foreign.send("{\"Sing\":{}}".getBytes(StandardCharsets.UTF_8));
        assertEquals(new ManagerInput.AgentGone(W1), site.next());
        assertTrue(ended(foreign));
    }

    private static boolean ended(Link link) throws IOException {
        try {
            return link.receive(AgentLab.PATIENCE_MS).length == 0;
        } catch (EOFException end) {
            return true;
        }
    }
}

package swarm.node;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import swarm.dispatcher.AgentMessage;
import swarm.json.JsonException;
import swarm.manager.ManagerInput;
import swarm.model.NodeId;
import swarm.wire.Link;

/// The manager's end of all agents' links: what agents say goes into the manager's mailbox under
/// the id that their certificate proves, and what the manager has to say to a node goes out on the
/// newest of its links. An agent that dials anew keeps the older link until the newer one stands,
/// so the end of an older one says nothing.
///
/// Threads: each link is read on the thread that serves it, which waits for room in the mailbox;
/// the manager's own thread calls `tell` and never waits. The lock orders arrivals and departures
/// of one node's links in the mailbox, and `tell` does not take it.
public final class AgentDoor {
    private final Consumer<ManagerInput> manager;

    /// The newest link of each node that has one.
    private final Map<NodeId, Caller> callers = new ConcurrentHashMap<>();

    /// `manager` takes what agents say, and may wait for room.
    public AgentDoor(Consumer<ManagerInput> manager) {
        this.manager = manager;
    }

    /// The door of a node's own manager, for the node's own agent, which needs no link.
    public record Own(AgentDoor door, NodeId node, String addr) {
        Way open() {
            return door.new Local(node, addr);
        }
    }

    /// One link of one node.
    private static final class Caller {
        private final Consumer<AgentMessage.ToAgent> tell;
        private final Runnable close;
        /// The link that this one took the place of, while it may still stand.
        private Optional<Caller> older = Optional.empty();

        Caller(Consumer<AgentMessage.ToAgent> tell, Runnable close) {
            this.tell = tell;
            this.close = close;
        }
    }

    /// Serves an agent's link until it ends.
    ///
    /// @throws IOException when it ends without a goodbye, or the agent's words make no sense
    public void serve(Link link) throws IOException {
        NodeId node = new NodeId(link.peer().orElseThrow().nodeId());
        Outbox<AgentMessage.ToAgent> out = Outbox.start(link, AgentMessage.ToAgent::toBytes);
        Caller caller = new Caller(out::put, out::close);
        enter(node, caller);
        try {
            for (byte[] frame = link.receive(); frame.length > 0; frame = link.receive()) {
                manager.accept(new ManagerInput.FromAgent(node, link.remoteAddress(),
                        message(node, frame)));
            }
        } finally {
            out.close();
            leave(node, caller);
        }
    }

    /// Says something to a node; lost, and false, when it has no link.
    public boolean tell(NodeId node, AgentMessage.ToAgent message) {
        Optional<Caller> caller = Optional.ofNullable(callers.get(node));
        caller.ifPresent(there -> there.tell.accept(message));
        return caller.isPresent();
    }

    /// Ends all links: this manager is none any more.
    void close() {
        callers.values().forEach(caller -> caller.close.run());
    }

    private static AgentMessage.ToManager message(NodeId node, byte[] frame) throws IOException {
        try {
            return AgentMessage.ToManager.fromBytes(frame);
        } catch (JsonException e) {
            throw new IOException("the agent of node " + node + " says what no agent of this "
                    + "version does: " + e.getMessage(), e);
        }
    }

    /// A machine that vanished without a word leaves its link standing: the one before the last is
    /// ended, so that there are never many.
    private synchronized void enter(NodeId node, Caller caller) {
        caller.older = Optional.ofNullable(callers.put(node, caller));
        caller.older.ifPresent(older -> {
            older.older.ifPresent(oldest -> oldest.close.run());
            older.older = Optional.empty();
        });
    }

    private synchronized void leave(NodeId node, Caller caller) {
        if (callers.remove(node, caller)) {
            manager.accept(new ManagerInput.AgentGone(node));
        }
    }

    /// From the node's agent to its manager without a network between. The manager's words wait in
    /// a queue as they do before a link, and end the way when there are too many.
    private final class Local implements Way {
        private static final int MESSAGES_MAX = 256;

        private final NodeId node;
        private final String addr;
        private final BlockingQueue<Optional<AgentMessage.ToAgent>> heard =
                new LinkedBlockingQueue<>(MESSAGES_MAX);
        private final Caller caller = new Caller(this::tell, this::end);

        Local(NodeId node, String addr) {
            this.node = node;
            this.addr = addr;
            enter(node, caller);
        }

        @Override public void say(AgentMessage.ToManager message) {
            manager.accept(new ManagerInput.FromAgent(node, addr, message));
        }

        @Override public void carry(Consumer<AgentMessage.ToAgent> hear) throws IOException {
            try {
                for (var next = heard.take(); next.isPresent(); next = heard.take()) {
                    hear.accept(next.get());
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }

        @Override public void close() {
            end();
            leave(node, caller);
        }

        private void tell(AgentMessage.ToAgent message) {
            if (!heard.offer(Optional.of(message))) {
                end();
            }
        }

        /// Also called by the manager's own thread, which must not wait for room in its mailbox:
        /// that the agent is gone is said by the thread that carries.
        private void end() {
            while (!heard.offer(Optional.empty())) {
                heard.clear();
            }
        }
    }
}

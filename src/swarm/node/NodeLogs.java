package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import swarm.api.ApiAnswer;
import swarm.dispatcher.AgentMessage;
import swarm.model.Ids;
import swarm.model.LogOptions;
import swarm.model.NodeId;
import swarm.node.Question.Reply;
import swarm.wire.Link;

/// The leader's way to the output of all nodes' tasks: its own node's are copied here; another node
/// is told what is wanted, over its agent's link, and comes back with a link that carries it.
///
/// Threads: the one that wants the output waits for the node and reads its link; the one that has
/// accepted the link keeps it open until the first is done with it.
final class NodeLogs {
    /// How long a node that has a link may take to come with its output.
    private static final long COME_MS = 10_000;

    private final NodeId self;
    private final Supplier<String> addr;
    private final TaskLogs own;
    private final BiPredicate<NodeId, AgentMessage.ToAgent> agents;
    private final RandomGenerator chance;
    /// Nodes that were told and have not come yet, by stream.
    private final Map<String, Awaited> awaited = new ConcurrentHashMap<>();

    private record Awaited(NodeId node, CompletableFuture<Link> link, CountDownLatch done) { }

    /// The ways to the other nodes' agents say whether there is one; `addr` is where nodes come.
    NodeLogs(NodeId self, Supplier<String> addr, TaskLogs own,
            BiPredicate<NodeId, AgentMessage.ToAgent> agents, RandomGenerator chance) {
        this.self = self;
        this.addr = addr;
        this.own = own;
        this.agents = agents;
        this.chance = chance;
    }

    /// Copies the output of tasks of one node to its end, or until this thread is interrupted.
    ///
    /// @throws IOException when the node cannot be had, or not to the end
    void copy(NodeId node, List<AgentMessage.Logged> tasks, LogOptions options,
            LogFrames.Sink sink) throws IOException {
        if (node.equals(self)) {
            own.copy(tasks, options, sink);
            return;
        }
        String stream = Ids.draw(chance);
        Awaited expected = new Awaited(node, new CompletableFuture<>(), new CountDownLatch(1));
        awaited.put(stream, expected);
        try {
            if (!agents.test(node,
                    new AgentMessage.Logs(stream, addr.get(), tasks, options))) {
                throw new IOException("it has no link to its manager");
            }
            Link link = expected.link().get(COME_MS, TimeUnit.MILLISECONDS);
            for (byte[] frame = link.receive(); frame.length > 0; frame = link.receive()) {
                sink.put(frame);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new IOException(unavailable(node), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            awaited.remove(stream);
            expected.done().countDown();
        }
    }

    /// In swarmkit's words (manager/logbroker).
    static String unavailable(NodeId node) {
        return "node " + node + " is not available";
    }

    /// Serves a node that comes with its output, until the output is not wanted any more.
    Optional<Reply> serve(Link link, String stream) throws IOException {
        NodeId node = new NodeId(link.peer().orElseThrow().nodeId());
        Optional<Awaited> expected = Optional.ofNullable(awaited.get(stream))
                .filter(each -> each.node().equals(node) && awaited.remove(stream, each));
        if (expected.isEmpty()) {
            return Optional.of(new Reply.Answered(
                    ApiAnswer.error(404, "nobody waits for this output")));
        }
        link.send(Question.frame(new Reply.Answered(ApiAnswer.empty(200))));
        expected.get().link().complete(link);
        try {
            expected.get().done().await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        return Optional.empty();
    }
}

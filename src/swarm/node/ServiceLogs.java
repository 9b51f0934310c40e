package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import swarm.api.Api;
import swarm.api.ApiAnswer;
import swarm.api.Lookup;
import swarm.api.Route;
import swarm.dispatcher.AgentMessage;
import swarm.manager.ManagerOutput;
import swarm.model.Node;
import swarm.model.NodeId;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.node.Question.Reply;
import swarm.store.View;

/// One client's stream of the output of all tasks of a service, wherever they run, on the leader:
/// it knows the tasks, and all nodes have links to it. What cannot be had is told at the end, in
/// one frame: a client ends with that frame, and is to have all else before it.
///
/// Threads: the client's own looks for new tasks, one more for each node copies, and the one that
/// sees the client leave ends both. A frame is written whole, and while a slow client makes one
/// thread wait in it, it makes the others wait for their turn; leaving needs no turn.
final class ServiceLogs implements AutoCloseable {
    /// How often a followed service's tasks are looked at for new ones.
    private static final long FOLLOW_MS = 500;

    private final Supplier<ManagerOutput> read;
    private final NodeLogs nodes;
    private final Route.LogTarget target;
    private final LogClient client;
    private final ExecutorService copiers = TaskLogs.threads("logs-node-");
    /// Tasks whose output was asked for; each is once.
    private final Set<TaskId> asked = new HashSet<>();
    /// Why output is missing.
    private final Set<String> missing = new ConcurrentSkipListSet<>();
    /// Held while a frame is written.
    private final Object turn = new Object();
    /// The client has gone, or nothing more is for it; guarded by this.
    private boolean over;

    ServiceLogs(Supplier<ManagerOutput> read, NodeLogs nodes, Route.LogTarget target,
            LogClient client) {
        this.read = read;
        this.nodes = nodes;
        this.target = target;
        this.client = client;
    }

    /// Serves the client until all is written or it has gone; a reply says why not, or where.
    ///
    /// @throws IOException when the stream is cut short
    Optional<Reply> serve() throws IOException {
        return switch (read.get()) {
            case ManagerOutput.Readable now -> switch (Api.logged(now.view(), target)) {
                case Lookup.Missed<List<Task>>(ApiAnswer why) ->
                    Optional.of(new Reply.Answered(why));
                case Lookup.Found<List<Task>>(List<Task> tasks) -> {
                    stream(now.view(), tasks);
                    yield Optional.empty();
                }
            };
            case ManagerOutput.Answer refused ->
                Optional.of(new Reply.Answered(refused.answer()));
            case ManagerOutput.Elsewhere other ->
                Optional.of(new Reply.Elsewhere(other.addr()));
            case ManagerOutput _ ->
                Optional.of(new Reply.Answered(ApiAnswer.error(500, "no answer")));
        };
    }

    private void stream(View view, List<Task> tasks) throws IOException {
        boolean framed = tasks.stream().noneMatch(task -> task.spec().container().tty());
        OutputStream out = client.begin();
        client.whenItLeaves(this::leave);
        add(view, tasks, frame -> write(out, frame, framed));
        if (target.options().follow()) {
            follow(frame -> write(out, frame, framed));
        }
        copiers.close();
        end(out, framed);
    }

    /// Looks for new tasks until the client leaves or what it follows is gone.
    private void follow(LogFrames.Sink sink) throws IOException {
        while (!overWithin(FOLLOW_MS)) {
            if (!(read.get() instanceof ManagerOutput.Readable now)) {
                throw new IOException("this manager does not lead any more");
            }
            if (!(Api.logged(now.view(), target) instanceof Lookup.Found<List<Task>> found)) {
                return;
            }
            add(now.view(), found.object(), sink);
        }
    }

    /// Starts to copy what has a container and is not copied yet.
    private synchronized void add(View view, List<Task> tasks, LogFrames.Sink sink) {
        if (over) {
            return;
        }
        Map<NodeId, List<AgentMessage.Logged>> wanted = new TreeMap<>();
        for (Task task : tasks) {
            if (task.nodeId().isPresent() && task.status().containerStatus().isPresent()
                    && asked.add(task.id())) {
                wanted.computeIfAbsent(task.nodeId().get(), _ -> new ArrayList<>())
                        .add(new AgentMessage.Logged(task.id(), task.serviceId(),
                                task.status().containerStatus().get().containerId()));
            }
        }
        wanted.forEach((node, theirs) -> {
            if (down(view, node)) {
                missing.add(NodeLogs.unavailable(node));
            } else {
                copiers.execute(() -> copy(node, theirs, sink));
            }
        });
    }

    private static boolean down(View view, NodeId node) {
        return view.node(node).filter(row -> row.status().state() != Node.State.DOWN).isEmpty();
    }

    private void copy(NodeId node, List<AgentMessage.Logged> tasks, LogFrames.Sink sink) {
        try {
            nodes.copy(node, tasks, target.options(), sink);
        } catch (IOException e) {
            missing.add(e.getMessage());
        }
    }

    private void write(OutputStream out, byte[] frame, boolean framed) throws IOException {
        if (frame[0] == LogFrames.SYSTEM_ERROR) {
            missing.add(new String(LogFrames.body(frame), StandardCharsets.UTF_8));
            return;
        }
        synchronized (turn) {
            out.write(framed ? frame : LogFrames.body(frame));
            out.flush();
        }
    }

    /// In Docker's words; a client of any kind ends with a failure that says them.
    private void end(OutputStream out, boolean framed) throws IOException {
        if (overWithin(0)) {
            return;
        }
        if (!missing.isEmpty()) {
            byte[] frame = LogFrames.systemError("Error grabbing logs: warning: incomplete log "
                    + "stream. some logs could not be retrieved for the following reasons: "
                    + String.join(", ", missing) + "\n");
            out.write(framed ? frame : LogFrames.body(frame));
            out.flush();
        }
        client.end();
    }

    /// Ends the copying; the threads end their connections.
    private synchronized void leave() {
        over = true;
        notifyAll();
        copiers.shutdownNow();
    }

    private synchronized boolean overWithin(long ms) throws IOException {
        try {
            long until = Time.now() + ms;
            for (long now = Time.now(); !over && now < until; now = Time.now()) {
                wait(until - now);
            }
            return over;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override public void close() {
        leave();
        copiers.close();
    }
}

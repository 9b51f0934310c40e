package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import swarm.dispatcher.AgentMessage;
import swarm.engine.Engine;
import swarm.model.LogOptions;
import swarm.model.NodeId;
import swarm.node.Question.Reply;
import swarm.wire.Dialer;
import swarm.wire.Link;
import swarm.wire.Protocol;

/// The output of this node's own tasks: for the manager that it is itself, and for one that gives
/// an order, to which the node dials, for a node may be where nobody can dial it.
///
/// Threads: one for each stream, one for each task in it, and one that sees the manager close the
/// link. Each waits for those that it has started, and an interrupt goes down the tree: it closes
/// the connections in which the threads wait.
final class TaskLogs implements AutoCloseable {
    /// Streams to managers at a time; each is one client's `logs`.
    private static final int STREAMS_MAX = 64;
    /// Tasks that are copied at a time, each over an engine connection; more wait for a while.
    private static final int TASKS_MAX = 256;
    private static final long TURN_MS = 10_000;

    private final NodeId node;
    private final Engine engine;
    private final Supplier<Dialer> dialer;
    private final EventLog log;
    private final Semaphore streams = new Semaphore(STREAMS_MAX);
    private final Semaphore tasks = new Semaphore(TASKS_MAX);
    private final ExecutorService pouring = threads("logs-stream-");

    TaskLogs(NodeId node, Engine engine, Supplier<Dialer> dialer, EventLog log) {
        this.node = node;
        this.engine = engine;
        this.dialer = dialer;
        this.log = log;
    }

    /// Threads that are all waited for on close, and interrupted if the closing thread is.
    static ExecutorService threads(String name) {
        return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name, 0).factory());
    }

    /// Carries an order out, on threads of its own.
    void pour(AgentMessage.Logs order) {
        if (!streams.tryAcquire()) {
            log.say("a manager wants output, and " + STREAMS_MAX + " streams are under way");
            return;
        }
        pouring.execute(() -> {
            try (Link link = dialer.get().dial(order.addr(), Protocol.ASK, Courier.DIAL_MS)) {
                Reply reply = Courier.ask(link, new Question.Output(order.stream()), TURN_MS);
                if (reply instanceof Reply.Answered answered && answered.answer().status() == 200) {
                    pour(order, link);
                }
            } catch (IOException e) {
                log.trouble("output for the manager at " + order.addr() + " is lost", e);
            } finally {
                streams.release();
            }
        });
    }

    private void pour(AgentMessage.Logs order, Link link) throws IOException {
        Thread copying = Thread.currentThread();
        Thread.ofVirtual().name("logs-left").start(() -> {
            try {
                link.receive();
            } catch (IOException left) {
                link.close();
            } finally {
                copying.interrupt();
            }
        });
        copy(order.tasks(), order.options(), link::send);
        if (!copying.isInterrupted()) {
            link.goodbye();
        }
    }

    /// Copies until all tasks' output has ended, or this thread is interrupted. The sink is given
    /// frames by many threads; what cannot be read is named in a frame of its own.
    void copy(List<AgentMessage.Logged> wanted, LogOptions options, LogFrames.Sink sink) {
        try (ExecutorService copiers = threads("logs-task-")) {
            for (AgentMessage.Logged task : wanted) {
                copiers.execute(() -> copy(task, options, sink));
            }
        }
    }

    private void copy(AgentMessage.Logged task, LogOptions options, LogFrames.Sink sink) {
        try {
            if (!tasks.tryAcquire(TURN_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException("node " + node + " copies the output of " + TASKS_MAX
                        + " tasks already");
            }
            try {
                engine.logs(task.containerId(), options,
                        new LogFrames(sink, details(task, options), options.timestamps()));
            } finally {
                tasks.release();
            }
        } catch (IOException e) {
            explain(task, e, sink);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void explain(AgentMessage.Logged task, IOException why, LogFrames.Sink sink) {
        try {
            sink.put(LogFrames.systemError("task " + task.task() + ": " + why.getMessage()));
        } catch (IOException gone) {
            // Nobody is there to be told: that is why the copying failed.
            Thread.currentThread().interrupt();
        }
    }

    private String details(AgentMessage.Logged task, LogOptions options) {
        return !options.details() ? "" : "com.docker.swarm.node.id=" + node
                + ",com.docker.swarm.service.id=" + task.service()
                + ",com.docker.swarm.task.id=" + task.task() + " ";
    }

    /// Ends all streams to managers.
    @Override public void close() {
        pouring.shutdownNow();
        pouring.close();
    }
}

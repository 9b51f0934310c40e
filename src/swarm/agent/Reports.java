package swarm.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import swarm.dispatcher.AgentMessage;
import swarm.model.TaskId;
import swarm.model.TaskStatus;

/// The statuses that the managers have not stored yet: of each task only the newest, sent in one
/// batch at a time, and again until the batch is acknowledged. (swarmkit agent/reporter.go)
final class Reports {
    private static final int BATCH = 200;
    private static final long RESEND_MS = 2_000;
    private static final long NEVER = Long.MAX_VALUE;

    /// The newest unacknowledged status of each task; taken out when it is stored.
    private final SortedMap<TaskId, TaskStatus> waiting = new TreeMap<>();

    /// The batch under way; empty for none.
    private List<AgentMessage.Report> sent = List.of();

    /// The batch's number, which rises with each batch, and when it is to be sent again.
    private long number;
    private long resendAt = NEVER;

    void put(TaskId task, TaskStatus status) {
        waiting.put(task, status);
    }

    /// Nobody asks for the task's status any more.
    void drop(TaskId task) {
        waiting.remove(task);
    }

    /// The link or the session is another: what was under way may be lost.
    void again() {
        sent = List.of();
        resendAt = NEVER;
    }

    void stored(long acknowledged) {
        if (acknowledged != number) {
            return;
        }
        for (AgentMessage.Report report : sent) {
            waiting.remove(report.task(), report.status());
        }
        again();
    }

    void tick(String session, long now, List<AgentOutput> out) {
        if (waiting.isEmpty()) {
            again();
        }
        if (waiting.isEmpty() || (!sent.isEmpty() && now < resendAt)) {
            return;
        }
        List<AgentMessage.Report> batch = new ArrayList<>();
        for (var entry : waiting.entrySet()) {
            if (batch.size() < BATCH) {
                batch.add(new AgentMessage.Report(entry.getKey(), entry.getValue()));
            }
        }
        number++;
        sent = batch;
        resendAt = now + RESEND_MS;
        out.add(new AgentOutput.ToManager(new AgentMessage.Statuses(session, number, batch)));
    }

    long deadline() {
        return resendAt;
    }
}

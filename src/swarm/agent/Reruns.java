package swarm.agent;

import java.util.ArrayList;
import java.util.List;
import swarm.model.RestartPolicy;
import swarm.model.Task;
import swarm.model.TaskState;

/// Whether an agent that no manager answers may start a task's container again: only what is to
/// run on, never a job, never what was told to stop, and under the service's own restart policy,
/// its attempts counted over the runs of this task. (Static stability; Docker has no such thing:
/// there a container that ends while no manager leads stays dead.)
final class Reruns {
    private static final long NS_PER_MS = 1_000_000;

    /// When the runs after the first began, in monotonic ms; added to by [#began].
    private final List<Long> begun = new ArrayList<>();

    /// Runs of an agent's former life count as begun when it came back.
    Reruns(long runsBefore, long now) {
        for (long run = 0; run < runsBefore; run++) {
            begun.add(now);
        }
    }

    void began(long now) {
        begun.add(now);
    }

    /// When a task that ended may run again; `Long.MAX_VALUE` if it may not.
    long dueAt(Task task, TaskState state, long endedAt) {
        RestartPolicy policy = task.spec().restart();
        boolean wanted = task.desiredState() == TaskState.RUNNING && task.jobIteration().isEmpty();
        if (!wanted || !follows(policy, state)) {
            return Long.MAX_VALUE;
        }
        long due = endedAt + policy.delayNs() / NS_PER_MS;
        return left(policy, due) ? due : Long.MAX_VALUE;
    }

    private static boolean follows(RestartPolicy policy, TaskState state) {
        return switch (policy.conditionOrAny()) {
            case NONE -> false;
            case ON_FAILURE -> state.failure();
            case ANY -> state.failure() || state == TaskState.COMPLETE;
        };
    }

    private boolean left(RestartPolicy policy, long at) {
        long since = policy.windowNs() == 0 ? Long.MIN_VALUE
                : at - policy.windowNs() / NS_PER_MS;
        return policy.attempts() == 0
                || begun.stream().filter(began -> began >= since).count() < policy.attempts();
    }
}

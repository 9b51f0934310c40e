package swarm.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.Invariant;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.model.ContainerSpec;
import swarm.model.Placement;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;

/// One task on its node, one legal step at a time. It has two faces: [#advance] takes the steps
/// that need no engine, on what was last seen; [#wants] says the one call that would bring the next
/// step closer. States, messages and errors are Docker's. Nothing is believed but an inspection: a
/// call whose answer was lost, an event, a restart of the agent, each leads to one. Calls name the
/// container by its id, once an inspection showed it to be ours.
/// Invariants: (run, state) only goes forward; at most one call is under way; the container of a
/// task that has ended, or that is to end, does not go on running.
/// (swarmkit agent/exec/controller.go, agent/task.go)
final class TaskMachine {
    /// How often a container that is getting healthy, or is being removed, is looked at.
    private static final long POLL_MS = 1_000;

    private static final long RETRY_MS = 1_000;
    private static final long RETRY_MAX_MS = 8_000;

    private final AgentConfig self;
    private final Sight sight;
    private final Reruns reruns;
    private final Backoff backoff = new Backoff(RETRY_MS, RETRY_MAX_MS);

    /// What the manager last said of the task; replaced by [#assign].
    private Task task;

    /// What is observed; changed by [#set] alone, which keeps every change for the agent.
    private TaskStatus status;

    /// The statuses not yet taken by the agent, in order.
    private final List<TaskStatus> moves = new ArrayList<>();

    /// Whether the engine said in this run that the image is there.
    private boolean imageThere;

    /// What this run's container is to be made from; made once, for it may wait long for its turn.
    private Optional<ContainerPlan> plan = Optional.empty();

    /// Why the engine could not start the container; absent while it did not fail.
    private Optional<String> startError = Optional.empty();

    /// Whether the health check failed in this run: the container is then stopped.
    private boolean unhealthy;

    /// Whether the manager has forgotten the task: its container goes, and then this machine.
    private boolean forgotten;

    /// The call under way and its number; 0 and absent when there is none.
    private long callId;
    private Optional<EngineCall> call = Optional.empty();

    /// When to look at a container that changes by itself, in monotonic ms; never, mostly.
    private long pollAt = Long.MAX_VALUE;

    /// When the task ended, in monotonic ms; means something in a terminal state.
    private long endedAt;

    TaskMachine(AgentConfig self, Restored.Saved saved, boolean doubted, long now) {
        this.self = self;
        this.task = saved.task();
        this.status = saved.status();
        this.sight = new Sight(doubted);
        this.reruns = new Reruns(status.run(), now);
        this.endedAt = now;
    }

    Task task() {
        return task;
    }

    TaskId id() {
        return task.id();
    }

    TaskStatus status() {
        return status;
    }

    /// What the manager says now; what it wants never goes back. A status that it knows and a
    /// restored machine does not (saved too early) is taken over, and seen to.
    void assign(Task assigned) {
        if (assigned.desiredState().before(task.desiredState())) {
            return;
        }
        task = assigned;
        if (assigned.status().run() > status.run()) {
            status = assigned.status();
            sight.doubt();
        }
    }

    /// The manager has forgotten the task.
    void forget() {
        forgotten = true;
    }

    boolean forgotten() {
        return forgotten;
    }

    /// Whether nothing is left to do for a forgotten task.
    boolean finished() {
        return forgotten && settled() && sight.id().isEmpty();
    }

    /// Something happened to the container, or may have.
    void touch() {
        if (!status.state().before(TaskState.STARTING)) {
            sight.doubt();
        }
    }

    /// The engine was out of sight: the container may be anything, and calls may work again.
    void engineBack() {
        touch();
        backoff.succeeded();
    }

    /// What a listing of all containers has of this one; a reason to look when it is not as known.
    void listed(Optional<Container> found) {
        boolean alive = found.filter(Container::alive).isPresent();
        if (alive != sight.alive() || found.isPresent() != sight.id().isPresent()) {
            touch();
        }
    }

    /// The statuses gone through since last asked.
    List<TaskStatus> takeMoves() {
        List<TaskStatus> taken = List.copyOf(moves);
        moves.clear();
        return taken;
    }

    /// Takes every step that needs no engine. When `alone`, an ended task may begin a new run.
    void advance(long now, Instant wall, boolean alone) {
        if (now >= pollAt) {
            pollAt = Long.MAX_VALUE;
            sight.doubt();
        }
        abandonPull();
        if (alone && status.state().terminal() && settled() && !forgotten
                && now >= reruns.dueAt(task, status.state(), endedAt)) {
            rerun(now, wall);
        }
        boolean moved = true;
        while (moved) {
            moved = !forgotten && step(now, wall);
        }
    }

    /// The call that would bring the task further, if one may be made now.
    Optional<EngineCall> wants(long now, Placement.Platform platform, Instant wall) {
        if (call.isPresent() || !backoff.due(now)) {
            return Optional.empty();
        }
        if (sight.doubted()) {
            return Optional.of(new EngineCall.Inspect(task.containerName()));
        }
        if (sight.alive() && mustEnd()) {
            return sight.id().map(id -> new EngineCall.Stop(id,
                    task.spec().container().graceNs()));
        }
        boolean leftOver = status.state() == TaskState.PREPARING && sight.ofOtherRun(status.run());
        if (forgotten || leftOver) {
            return sight.id().map(EngineCall.Remove::new);
        }
        if (mustEnd()) {
            return Optional.empty();
        }
        return switch (status.state()) {
            case PREPARING -> preparing(platform, wall, now);
            case STARTING -> sight.ended() || sight.alive() || sight.leaving()
                    ? Optional.empty() : sight.id().map(EngineCall.Start::new);
            case NEW, PENDING, ASSIGNED, ACCEPTED, READY, RUNNING, COMPLETE, SHUTDOWN, FAILED,
                    REJECTED, REMOVE, ORPHANED -> Optional.empty();
        };
    }

    /// The wanted call is under way.
    void calls(long id, EngineCall made) {
        callId = id;
        call = Optional.of(made);
        if (made instanceof EngineCall.Inspect) {
            sight.looking();
        }
    }

    /// The call ended; one that was given up is ignored.
    void onAnswer(long id, EngineAnswer answer, long now, Instant wall) {
        if (id != callId || call.isEmpty()) {
            return;
        }
        EngineCall made = call.get();
        call = Optional.empty();
        switch (answer) {
            case EngineAnswer.Failed failed -> onFailure(made, failed, now, wall);
            case EngineAnswer.Inspected inspected -> onSeen(inspected.container(), wall);
            case EngineAnswer.Created created -> sight.made(created.containerId());
            case EngineAnswer.Done _ -> onDone(made);
            case EngineAnswer.Described _, EngineAnswer.Listed _ -> { }
        }
        if (!(answer instanceof EngineAnswer.Failed)) {
            backoff.succeeded();
        }
    }

    /// When this machine wants to be advanced although nothing happened.
    long deadline(long now, boolean alone) {
        long again = call.isPresent() ? Long.MAX_VALUE : backoff.deadline(now);
        long rerun = alone && status.state().terminal() && settled() && !forgotten
                ? reruns.dueAt(task, status.state(), endedAt) : Long.MAX_VALUE;
        return Math.min(Math.min(again, pollAt), rerun);
    }

    private boolean settled() {
        return call.isEmpty() && !sight.doubted();
    }

    private boolean stopping() {
        return !task.desiredState().before(TaskState.SHUTDOWN);
    }

    private boolean mustEnd() {
        return forgotten || stopping() || unhealthy || status.state().terminal();
    }

    /// A pull can take minutes and leaves no container: a task that is to end does not wait for it.
    private void abandonPull() {
        boolean pulling = call.filter(EngineCall.EnsureImage.class::isInstance).isPresent();
        if (pulling && (forgotten || stopping())) {
            call = Optional.empty();
        }
    }

    private boolean step(long now, Instant wall) {
        TaskState state = status.state();
        if (state.terminal()) {
            return false;
        }
        if (stopping()) {
            return settled() && !sight.alive() && move(wall, TaskState.SHUTDOWN, "shutdown", now);
        }
        return switch (state) {
            case NEW, PENDING, ASSIGNED ->
                    move(status.timestamp(), TaskState.ACCEPTED, "accepted", now);
            case ACCEPTED -> move(wall, TaskState.PREPARING, "preparing", now);
            case PREPARING -> settled() && prepared(wall, now);
            case READY -> task.desiredState().after(TaskState.READY)
                    && move(wall, TaskState.STARTING, "starting", now);
            case STARTING -> settled() && started(wall, now);
            case RUNNING -> settled() && ended(wall, now);
            case COMPLETE, SHUTDOWN, FAILED, REJECTED, REMOVE, ORPHANED -> false;
        };
    }

    private boolean prepared(Instant wall, long now) {
        if (sight.foreign()) {
            return end(wall, TaskState.REJECTED, "the container name \"" + task.containerName()
                    + "\" is in use by a container that is not this node's", now);
        }
        return sight.id().isPresent() && !sight.ofOtherRun(status.run())
                && move(wall, TaskState.READY, "prepared", now);
    }

    /// Without a health check a container that ran and ended has been running, as in Docker.
    private boolean started(Instant wall, long now) {
        if (startError.isPresent() && !sight.alive()) {
            return end(wall, TaskState.FAILED, startError.get(), now);
        }
        if (sight.id().isEmpty()) {
            return vanished(wall, now);
        }
        boolean checked = sight.shown().flatMap(Container::health).isPresent();
        if (sight.alive()) {
            boolean waits = sight.health(Container.Health.STARTING);
            pollAt = waits ? Math.min(pollAt, now + POLL_MS) : pollAt;
            return !waits && !unhealthy && move(wall, TaskState.RUNNING, "started", now);
        }
        pollIfLeaving(now);
        if (sight.ended() && checked && failure().isPresent()) {
            return ended(wall, now);
        }
        return sight.ended() && move(wall, TaskState.RUNNING, "started", now);
    }

    private boolean ended(Instant wall, long now) {
        if (sight.alive()) {
            return false;
        }
        pollIfLeaving(now);
        if (sight.leaving()) {
            return false;
        }
        if (!sight.ended()) {
            return vanished(wall, now);
        }
        return failure().map(err -> end(wall, TaskState.FAILED, err, now))
                .orElseGet(() -> move(wall, TaskState.COMPLETE, "finished", now));
    }

    private boolean vanished(Instant wall, long now) {
        return end(wall, TaskState.FAILED, "No such container: " + task.containerName(), now);
    }

    private void pollIfLeaving(long now) {
        pollAt = sight.leaving() ? Math.min(pollAt, now + POLL_MS) : pollAt;
    }

    /// What an ended container failed of; absent if it did what it should. Departs: a container
    /// that was stopped as unhealthy and then exits with 0 is a failure here, for Docker calls it
    /// complete and a policy of `on-failure` then never replaces it.
    private Optional<String> failure() {
        Container container = sight.shown().orElseThrow();
        String cause = unhealthy ? "dockerexec: unhealthy container" : container.error();
        if (container.exitCode() == 0) {
            return unhealthy ? Optional.of(cause) : Optional.empty();
        }
        String exit = "task: non-zero exit (" + container.exitCode() + ")";
        return Optional.of(cause.isEmpty() ? exit : exit + ": " + cause);
    }

    private Optional<EngineCall> preparing(Placement.Platform platform, Instant wall, long now) {
        if (sight.id().isPresent()) {
            return Optional.empty();
        }
        if (!imageThere) {
            ContainerSpec spec = task.spec().container();
            return Optional.of(new EngineCall.EnsureImage(spec.image(), spec.registryAuth()));
        }
        if (plan.isEmpty()) {
            plan = Optional.of(ContainerPlan.of(task, status.run(), self, platform));
        }
        return switch (plan.get()) {
            case ContainerPlan.Ready ready -> Optional.of(new EngineCall.Create(ready.request()));
            case ContainerPlan.Wrong wrong -> {
                end(wall, TaskState.REJECTED, wrong.message(), now);
                yield Optional.empty();
            }
        };
    }

    private void onSeen(Container container, Instant wall) {
        boolean ours = Owner.of(self.clusterId(), self.node())
                .equals(container.labels().get(Owner.LABEL))
                && task.id().text().equals(container.labels().get(Owner.TASK));
        sight.shows(container, ours);
        if (ours && Owner.run(container) > status.run()) {
            startOver(wall, Owner.run(container));
        }
        if (!status.state().before(TaskState.STARTING) && !status.state().terminal()) {
            unhealthy |= sight.health(Container.Health.UNHEALTHY) && sight.alive();
        }
    }

    private void onDone(EngineCall made) {
        switch (made) {
            case EngineCall.EnsureImage _ -> imageThere = true;
            case EngineCall.Start _, EngineCall.Stop _ -> sight.doubt();
            case EngineCall.Remove _ -> sight.gone();
            case EngineCall.Create _, EngineCall.Inspect _, EngineCall.Describe _,
                    EngineCall.ListContainers _ -> { }
        }
    }

    private void onFailure(EngineCall made, EngineAnswer.Failed failed, long now, Instant wall) {
        boolean absent = failed.cause() == EngineAnswer.Cause.NOT_FOUND;
        boolean unknown = failed.cause() == EngineAnswer.Cause.UNAVAILABLE;
        switch (made) {
            case EngineCall.Inspect _, EngineCall.Stop _, EngineCall.Remove _ -> {
                if (absent) {
                    sight.gone();
                } else {
                    retry(now);
                }
            }
            case EngineCall.EnsureImage _ -> rejectUnless(unknown, failed.message(), wall, now);
            case EngineCall.Create _ -> rejectUnless(unknown
                    || failed.cause() == EngineAnswer.Cause.CONFLICT, failed.message(), wall, now);
            case EngineCall.Start _ -> {
                if (unknown) {
                    retry(now);
                } else {
                    startError = Optional.of("starting container failed: " + failed.message());
                    sight.doubt();
                }
            }
            case EngineCall.Describe _, EngineCall.ListContainers _ -> { }
        }
    }

    private void retry(long now) {
        backoff.failed(now);
        sight.doubt();
    }

    private void rejectUnless(boolean temporary, String message, Instant wall, long now) {
        if (temporary) {
            retry(now);
        } else if (!stopping() && !forgotten) {
            end(wall, TaskState.REJECTED, message, now);
        }
    }

    private void rerun(long now, Instant wall) {
        reruns.began(now);
        startOver(wall, status.run() + 1);
    }

    /// A new run starts at preparing; a container of the run before is found there and removed.
    private void startOver(Instant wall, long run) {
        set(TaskStatus.of(wall, TaskState.PREPARING, "preparing").withRun(run));
        imageThere = false;
        plan = Optional.empty();
        startError = Optional.empty();
        unhealthy = false;
    }

    private boolean end(Instant wall, TaskState state, String err, long now) {
        endedAt = now;
        set(withContainer(status.moved(wall, state, status.message()).withErr(err)));
        return true;
    }

    private boolean move(Instant at, TaskState state, String message, long now) {
        endedAt = now;
        set(withContainer(status.moved(at, state, message)));
        return true;
    }

    private TaskStatus withContainer(TaskStatus moved) {
        if (!moved.state().after(TaskState.STARTING) || sight.shown().isEmpty()) {
            return moved;
        }
        Container container = sight.shown().get();
        TaskStatus seen = moved.withContainer(new TaskStatus.ContainerStatus(container.id(),
                container.pid(), container.exitCode()));
        return moved.state() == TaskState.RUNNING && container.alive()
                ? seen.withPorts(new TaskStatus.PortStatus(container.ports())) : seen;
    }

    private void set(TaskStatus next) {
        Invariant.check(next.newerThan(status), "a task's (run, state) only goes forward");
        status = next;
        moves.add(next);
    }
}

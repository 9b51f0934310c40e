package swarm.agent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import swarm.dispatcher.AgentMessage;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.EngineEvent;
import swarm.model.Task;
import swarm.model.TaskId;
import swarm.model.TaskState;
import swarm.model.TaskStatus;

/// A node's agent as a machine: it keeps the tasks that a manager assigned, lets each task's own
/// machine take its steps, makes the calls they want within bounds, and reports what they observe.
/// The two rules that protect running containers are here. Before the first full set of assignments
/// in a session it removes nothing; after it, every container of ours that is not in the set goes.
/// And while a manager answers, only the managers replace tasks; when none has answered for three
/// heartbeats the agent acts alone, see [Reruns].
/// Invariants: one machine per task; assignments are saved before they are acted on or
/// acknowledged. (swarmkit agent/agent.go, agent/worker.go)
public final class Agent {
    /// A step that comes so much later than asked for means that the process did not run.
    private static final long GAP_MS = 500;

    /// Statuses alone are saved at most this often: they can be seen again.
    private static final long SAVE_MS = 1_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final AgentConfig self;
    private final Session session;
    private final Reports reports = new Reports();
    private final Calls calls = new Calls();
    private final EngineWatch watch;
    private final Strays strays = new Strays();

    /// By task; put in by assignments, taken out when forgotten and cleaned up after.
    private final SortedMap<TaskId, TaskMachine> machines = new TreeMap<>();

    /// Each task's saved line; a missing one is made anew at the next save.
    private final SortedMap<TaskId, byte[]> lines = new TreeMap<>();

    /// Whether this session has brought the full set: only then may anything be removed.
    private boolean settled;

    /// The number of the last assignments; 0 before the first, and while a full set is asked for.
    private long assigned;

    /// What the shell was last told of the node's membership; absent before a manager spoke of it.
    private Optional<AgentOutput> belonging = Optional.empty();

    /// When unsaved statuses are to be saved, and when something was saved last.
    private long saveAt = NEVER;
    private long savedAt;

    /// Whether the last step found no manager answering.
    private boolean alone;

    /// The time that the last step asked to be called at; before the first, the start.
    private long promised;

    public Agent(AgentConfig config, Restored restored, RandomGenerator chance, long now) {
        self = config;
        promised = now;
        session = new Session(config.boot(), chance, now);
        watch = new EngineWatch(config, now);
        for (Restored.Saved saved : restored.tasks()) {
            machines.put(saved.task().id(), new TaskMachine(config, saved, true, now));
        }
    }

    /// Takes one input and says what is to be done, in order.
    public List<AgentOutput> step(long now, Instant wall, AgentInput in) {
        List<AgentOutput> out = new ArrayList<>();
        if (now - promised > GAP_MS) {
            session.shift(now - promised);
        }
        take(now, wall, in, out);
        noticeSilence(now, out);
        List<AgentOutput> made = advance(now, wall);
        collect(now, out);
        saveStatuses(now, out);
        watch.description(now).ifPresent(session::describe);
        session.tick(now, out);
        if (session.live()) {
            reports.tick(session.id(), now, out);
        }
        out.addAll(made);
        promised = deadlineAfter(now);
        return out;
    }

    /// When the next step is due although nothing happens.
    public long deadline() {
        return promised;
    }

    private void take(long now, Instant wall, AgentInput in, List<AgentOutput> out) {
        switch (in) {
            case AgentInput.Tick _ -> { }
            case AgentInput.LinkUp _ -> onLink(now, out);
            case AgentInput.LinkDown _ -> session.linkDown();
            case AgentInput.FromManager from -> onMessage(from.message(), now, out);
            case AgentInput.Answered answered -> calls.end(answered.callId()).ifPresent(
                    call -> onAnswer(call, answered, now, wall, out));
            case AgentInput.Happened happened -> onEvent(happened.event(), now, out);
        }
    }

    private void onLink(long now, List<AgentOutput> out) {
        session.linkUp(now);
        reports.again();
        if (session.live()) {
            askForAll(out);
        }
    }

    private void askForAll(List<AgentOutput> out) {
        assigned = 0;
        out.add(new AgentOutput.ToManager(new AgentMessage.Assigned(session.id(), 0)));
    }

    private void onMessage(AgentMessage.ToAgent message, long now, List<AgentOutput> out) {
        switch (message) {
            case AgentMessage.Session granted -> {
                session.granted(granted, now);
                reports.again();
                settled = false;
                assigned = 0;
                out.add(new AgentOutput.Event(
                        new AgentEvent.SessionGranted(granted.session())));
            }
            case AgentMessage.Refused refused -> {
                if (session.asked(refused.session())) {
                    session.refused(refused.again(), now);
                    out.add(new AgentOutput.Event(
                            new AgentEvent.SessionRefused(refused.reason(), refused.again())));
                }
            }
            case AgentMessage.Logs _ -> {
                // The node takes these out on their way: output is none of the agent's.
            }
            case AgentMessage.NotLeading not -> {
                if (session.asked(not.session())) {
                    session.notLeading(not.leader(), now, out);
                }
            }
            case AgentMessage.Membership membership -> {
                if (session.holds(membership.session())) {
                    onMembership(membership, out);
                }
            }
            case AgentMessage.HeartbeatHeard heard -> {
                if (session.holds(heard.session())) {
                    session.heard(heard.heartbeatMs(), now);
                }
            }
            case AgentMessage.StatusesStored stored -> {
                if (session.holds(stored.session())) {
                    reports.stored(stored.number());
                }
            }
            case AgentMessage.AllTasks all -> {
                if (session.holds(all.session())) {
                    onAll(all, now, out);
                }
            }
            case AgentMessage.TaskChanges changes -> {
                if (session.holds(changes.session())) {
                    onChanges(changes, now, out);
                }
            }
        }
    }

    private void onMembership(AgentMessage.Membership said, List<AgentOutput> out) {
        AgentOutput belongs = new AgentOutput.Belongs(said.role(), said.managers());
        if (!belonging.equals(Optional.of(belongs))) {
            belonging = Optional.of(belongs);
            out.add(belongs);
        }
    }

    private void onAll(AgentMessage.AllTasks all, long now, List<AgentOutput> out) {
        Set<TaskId> gone = new TreeSet<>(machines.keySet());
        for (Task task : all.tasks()) {
            gone.remove(task.id());
            assign(task, now);
        }
        gone.forEach(this::forget);
        settled = true;
        watch.lookNow(now);
        accept(all.number(), out);
    }

    private void onChanges(AgentMessage.TaskChanges changes, long now, List<AgentOutput> out) {
        if (assigned == 0) {
            return;
        }
        if (changes.number() != assigned + 1) {
            out.add(new AgentOutput.Event(
                    new AgentEvent.AssignmentsMissed(changes.number(), assigned + 1)));
            askForAll(out);
            return;
        }
        changes.changed().forEach(task -> assign(task, now));
        changes.gone().forEach(this::forget);
        accept(changes.number(), out);
    }

    private void accept(long number, List<AgentOutput> out) {
        assigned = number;
        save(out);
        out.add(new AgentOutput.ToManager(new AgentMessage.Assigned(session.id(), number)));
    }

    /// A container can be there before the task's machine only if the task was begun before.
    private void assign(Task task, long now) {
        boolean begun = task.state().after(TaskState.ASSIGNED);
        TaskMachine machine = machines.computeIfAbsent(task.id(), _ -> new TaskMachine(self,
                new Restored.Saved(task, task.status()), begun, now));
        machine.assign(task);
        if (machine.status().newerThan(task.status())) {
            reports.put(task.id(), machine.status());
        }
        lines.remove(task.id());
    }

    private void forget(TaskId id) {
        machine(id).ifPresent(TaskMachine::forget);
        reports.drop(id);
        lines.remove(id);
    }

    private Optional<TaskMachine> machine(TaskId id) {
        return Optional.ofNullable(machines.get(id));
    }

    private void onAnswer(Calls.Pending ended, AgentInput.Answered answered, long now,
            Instant wall, List<AgentOutput> out) {
        EngineAnswer answer = answered.answer();
        switch (ended.caller()) {
            case Calls.Caller.OfTask of -> machine(of.task()).ifPresent(
                    machine -> machine.onAnswer(answered.callId(), answer, now, wall));
            case Calls.Caller.OfStray of ->
                    strays.onAnswer(of.containerId(), ended.call(), answer, now);
            case Calls.Caller.OfWatch _ -> {
                if (ended.call() instanceof EngineCall.Describe) {
                    watch.onDescribed(answer, now, out);
                } else {
                    onListed(answer, now, out);
                }
            }
        }
    }

    private void onListed(EngineAnswer answer, long now, List<AgentOutput> out) {
        watch.onListed(answer instanceof EngineAnswer.Listed, now);
        if (!(answer instanceof EngineAnswer.Listed listed)) {
            return;
        }
        SortedMap<String, Container> byTask = new TreeMap<>();
        for (Container container : listed.containers()) {
            String task = container.labels().getOrDefault(Owner.TASK, "");
            byTask.put(task, container);
            boolean stray = !machines.containsKey(new TaskId(task));
            if (stray && settled && strays.add(container)) {
                out.add(new AgentOutput.Event(new AgentEvent.StrayFound(container.name())));
            }
        }
        machines.forEach((id, machine) ->
                machine.listed(Optional.ofNullable(byTask.get(id.text()))));
    }

    private void onEvent(EngineEvent event, long now, List<AgentOutput> out) {
        switch (event) {
            case EngineEvent.Touched touched -> {
                for (TaskMachine machine : machines.values()) {
                    if (machine.task().containerName().equals(touched.containerName())) {
                        machine.touch();
                    }
                }
            }
            case EngineEvent.Gap _ -> {
                machines.values().forEach(TaskMachine::engineBack);
                watch.lookNow(now);
            }
            case EngineEvent.Lost lost -> watch.lost(lost.message(), out);
        }
    }

    private void noticeSilence(long now, List<AgentOutput> out) {
        boolean silent = session.alone(now);
        if (silent != alone) {
            alone = silent;
            out.add(new AgentOutput.Event(silent
                    ? new AgentEvent.CutOff(session.silentMs(now)) : new AgentEvent.HeardAgain()));
        }
    }

    /// Takes all steps and makes all calls that can be taken and made now.
    private List<AgentOutput> advance(long now, Instant wall) {
        List<AgentOutput> made = new ArrayList<>();
        for (var next = watch.wants(now).filter(calls::room); next.isPresent();
                next = watch.wants(now).filter(calls::room)) {
            EngineCall call = next.get();
            watch.calls(call);
            start(new Calls.Caller.OfWatch(), call, made);
        }
        for (var next = strays.wants(now); next.isPresent() && calls.room(next.get().getValue());
                next = strays.wants(now)) {
            strays.calls(next.get().getKey());
            start(new Calls.Caller.OfStray(next.get().getKey()), next.get().getValue(), made);
        }
        for (TaskMachine machine : machines.values()) {
            machine.advance(now, wall, alone);
            machine.wants(now, watch.platform(), wall).filter(calls::room).ifPresent(call ->
                    machine.calls(start(new Calls.Caller.OfTask(machine.id()), call, made), call));
        }
        machines.values().removeIf(TaskMachine::finished);
        return made;
    }

    private long start(Calls.Caller caller, EngineCall call, List<AgentOutput> made) {
        long id = calls.start(caller, call);
        made.add(new AgentOutput.Call(id, call));
        return id;
    }

    private void collect(long now, List<AgentOutput> out) {
        for (TaskMachine machine : machines.values()) {
            for (TaskStatus status : machine.takeMoves()) {
                reports.put(machine.id(), status);
                lines.remove(machine.id());
                saveAt = Math.min(saveAt, Math.max(now, savedAt + SAVE_MS));
                out.add(new AgentOutput.Event(new AgentEvent.TaskMoved(machine.id(), status)));
            }
        }
    }

    private void saveStatuses(long now, List<AgentOutput> out) {
        if (now >= saveAt) {
            savedAt = now;
            save(out);
        }
    }

    /// Saves what may still run; a task that has ended and is not to run again need not be known.
    private void save(List<AgentOutput> out) {
        List<byte[]> all = new ArrayList<>();
        for (TaskMachine machine : machines.values()) {
            TaskStatus status = machine.status();
            boolean over = status.state().terminal()
                    && machine.task().desiredState().after(TaskState.RUNNING);
            if (!over && !machine.forgotten()) {
                all.add(lines.computeIfAbsent(machine.id(),
                        _ -> Restored.line(machine.task(), status)));
            }
        }
        saveAt = NEVER;
        out.add(new AgentOutput.Save(Restored.toBytes(all)));
    }

    private long deadlineAfter(long now) {
        long next = Math.min(session.deadline(), saveAt);
        next = Math.min(next, session.live() ? reports.deadline() : NEVER);
        next = Math.min(next, alone ? NEVER : session.aloneAt());
        boolean waits = watch.deadline(now) > now || calls.room(new EngineCall.Describe());
        next = Math.min(next, waits ? watch.deadline(now) : NEVER);
        next = Math.min(next, strays.deadline(now));
        for (TaskMachine machine : machines.values()) {
            next = Math.min(next, machine.deadline(now, alone));
        }
        return next;
    }
}

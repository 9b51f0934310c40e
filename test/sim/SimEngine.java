package sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import swarm.agent.AgentInput;
import swarm.engine.Container;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.EngineEvent;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;

/// A container engine in virtual time: calls take effect and are answered later, containers start,
/// fail, hang and vanish. What a container does is said by the first word of its arguments:
/// `run` (for ever), `exit N MS`, `stubborn` (ignores the stop signal), `sick MS` (falls ill),
/// `well MS` (turns healthy), `broken` (cannot be started); the image `missing` cannot be pulled.
/// It outlives the agent, and counts what an oracle wants to know. Owned by one thread.
public final class SimEngine {
    private static final int KILLED = 137;
    private static final int TERMINATED = 143;
    private static final long TIMEOUT_MS = 5_000;

    private final RandomGenerator chance;
    private final SortedMap<String, Box> boxes = new TreeMap<>();
    private final List<Due> dues = new ArrayList<>();
    private final SortedMap<String, Integer> starts = new TreeMap<>();
    private final List<EngineCall> calls = new ArrayList<>();
    private long boxNumber;
    private long dueNumber;

    /// Until when it is out of sight: calls then fail at once, or hang if `hanging`.
    private long downUntil;
    private boolean hanging;
    private boolean wasDown;

    /// Which life of the agent asks; answers to a former one are dropped.
    private int life;

    /// Working calls under way, and the most that ever were since [#countBusy].
    private final List<Long> working = new ArrayList<>();
    private int mostBusy;

    /// Whether no event gets through, and nobody knows.
    private boolean mute;

    /// One call in so many loses its answer, or fails without an effect; 0 for none.
    private int lossy;

    /// A container; replaced field by field as things happen to it.
    private static final class Box {
        private final String id;
        private final EngineCall.ContainerRequest request;
        private Container.State state = Container.State.CREATED;
        private long exitCode;
        private long startedAt;
        private long exitAt = Long.MAX_VALUE;
        private long exitWith;
        private String error = "";
        private Optional<Container.Health> health = Optional.empty();
        private long healthAt = Long.MAX_VALUE;

        Box(String id, EngineCall.ContainerRequest request) {
            this.id = id;
            this.request = request;
        }

        boolean alive() {
            return state == Container.State.RUNNING || state == Container.State.PAUSED;
        }
    }

    private record Due(long at, long number, Runnable what) { }

    private final List<AgentInput> inputs = new ArrayList<>();

    public SimEngine(RandomGenerator chance) {
        this.chance = chance;
    }

    /// Begins a call; its answer comes out of [#run] later.
    public void call(long callId, EngineCall call, long now) {
        calls.add(call);
        int asker = life;
        if (!(call instanceof EngineCall.Stop) && !(call instanceof EngineCall.EnsureImage)) {
            working.add(callId);
            mostBusy = Math.max(mostBusy, working.size());
        }
        long delay = 1 + chance.nextLong(20);
        int fate = lossy == 0 ? 2 : chance.nextInt(lossy);
        if (now < downUntil) {
            at(now + (hanging ? TIMEOUT_MS : 5), () -> unavailable(asker, callId));
        } else if (fate == 0) {
            at(now + delay, () -> unavailable(asker, callId));
        } else {
            at(now + delay, () -> carryOut(asker, callId, call, now + delay, fate == 1));
        }
    }

    /// Does what is due by now and returns what the agent is to be told.
    public List<AgentInput> run(long now) {
        while (next() <= now) {
            long at = next();
            if (wasDown && at >= downUntil) {
                wasDown = false;
                inputs.add(new AgentInput.Happened(new EngineEvent.Gap()));
            }
            dues.stream().filter(due -> due.at <= at)
                    .min((a, b) -> Long.compare(a.number, b.number)).ifPresent(due -> {
                        dues.remove(due);
                        due.what.run();
                    });
            for (Box box : List.copyOf(boxes.values())) {
                live(box, at);
            }
        }
        List<AgentInput> out = List.copyOf(inputs);
        inputs.clear();
        return out;
    }

    /// When something happens next.
    public long next() {
        long next = wasDown ? downUntil : Long.MAX_VALUE;
        for (Due due : dues) {
            next = Math.min(next, due.at);
        }
        for (Box box : boxes.values()) {
            next = Math.min(next, box.alive() ? Math.min(box.exitAt, box.healthAt)
                    : Long.MAX_VALUE);
        }
        return next;
    }

    /// Forgets who asked what: the agent's process has died. Effects under way still happen.
    public void agentDied() {
        life++;
        working.clear();
        inputs.clear();
    }

    public void lossy(int oneIn) {
        lossy = oneIn;
    }

    /// Says nothing by itself any more, or again.
    public void mute(boolean on) {
        mute = on;
    }

    /// Out of sight for a while; then containers are as they were, or all dead.
    public void down(long now, long forMs, boolean hangs, boolean kills) {
        downUntil = now + forMs;
        hanging = hangs;
        wasDown = true;
        inputs.add(new AgentInput.Happened(new EngineEvent.Lost("connection refused")));
        if (kills) {
            boxes.values().stream().filter(Box::alive).forEach(box -> exit(box, KILLED));
        }
    }

    public boolean isDown(long now) {
        return now < downUntil;
    }

    public void kill(String name) {
        box(name).filter(Box::alive).ifPresent(box -> {
            exit(box, KILLED);
            touched(box);
        });
    }

    public void removeByHand(String name) {
        box(name).ifPresent(box -> {
            boxes.remove(box.id);
            touched(box);
        });
    }

    public void pause(String name, boolean on) {
        box(name).filter(Box::alive).ifPresent(box -> {
            box.state = on ? Container.State.PAUSED : Container.State.RUNNING;
            touched(box);
        });
    }

    public void startByHand(String name) {
        box(name).filter(box -> !box.alive()).ifPresent(box -> {
            box.state = Container.State.RUNNING;
            touched(box);
        });
    }

    /// Makes a container that somebody else owns, or that was left behind.
    public String plant(EngineCall.ContainerRequest request, boolean running) {
        Box box = new Box("box" + ++boxNumber, request);
        box.state = running ? Container.State.RUNNING : Container.State.CREATED;
        boxes.put(box.id, box);
        return box.id;
    }

    public List<Container> containers() {
        return boxes.values().stream().map(SimEngine::shown).toList();
    }

    public Optional<Container> find(String name) {
        return box(name).map(SimEngine::shown);
    }

    /// How often containers of this name and label set were started.
    public int starts(String name) {
        return starts.getOrDefault(name, 0);
    }

    public void countBusy() {
        mostBusy = working.size();
    }

    /// The most calls, but for stops and pulls, that were under way at once.
    public int mostBusy() {
        return mostBusy;
    }

    public List<EngineCall> calls() {
        return calls;
    }

    private void at(long at, Runnable what) {
        dues.add(new Due(at, ++dueNumber, what));
    }

    private void answer(int asker, long callId, EngineAnswer answer) {
        working.remove(callId);
        if (asker == life) {
            inputs.add(new AgentInput.Answered(callId, answer));
        }
    }

    private void unavailable(int asker, long callId) {
        answer(asker, callId, new EngineAnswer.Failed(EngineAnswer.Cause.UNAVAILABLE, "no answer"));
    }

    private void carryOut(int asker, long callId, EngineCall call, long now,
            boolean lost) {
        if (call instanceof EngineCall.Stop stop && named(stop.container()).isPresent()) {
            stop(asker, callId, stop, now);
            return;
        }
        EngineAnswer answer = effect(call, now);
        if (lost) {
            at(now + TIMEOUT_MS, () -> unavailable(asker, callId));
        } else {
            answer(asker, callId, answer);
        }
    }

    private EngineAnswer effect(EngineCall call, long now) {
        return switch (call) {
            case EngineCall.Describe _ -> new EngineAnswer.Described(
                    new Placement.Platform("x86_64", "linux"),
                    new Resources(4_000_000_000L, 1L << 33),
                    new Node.Engine("sim", new TreeMap<>(), List.of()));
            case EngineCall.ListContainers list -> new EngineAnswer.Listed(boxes.values().stream()
                    .filter(box -> list.value().equals(box.request.labels().get(list.label())))
                    .map(SimEngine::shown).toList());
            case EngineCall.Inspect inspect -> named(inspect.container())
                    .<EngineAnswer>map(box -> new EngineAnswer.Inspected(shown(box)))
                    .orElseGet(() -> absent(inspect.container()));
            case EngineCall.EnsureImage image -> image.image().equals("missing")
                    ? new EngineAnswer.Failed(EngineAnswer.Cause.NOT_FOUND,
                            "No such image: missing") : new EngineAnswer.Done();
            case EngineCall.Create create -> create(create.request());
            case EngineCall.Start start -> named(start.container()).map(box -> start(box, now))
                    .orElseGet(() -> absent(start.container()));
            case EngineCall.Stop stop -> absent(stop.container());
            case EngineCall.Remove remove -> named(remove.container()).<EngineAnswer>map(box -> {
                boxes.remove(box.id);
                return new EngineAnswer.Done();
            }).orElseGet(() -> absent(remove.container()));
        };
    }

    private EngineAnswer create(EngineCall.ContainerRequest request) {
        if (named(request.name()).isPresent()) {
            return new EngineAnswer.Failed(EngineAnswer.Cause.CONFLICT, "name in use");
        }
        Box box = new Box("box" + ++boxNumber, request);
        boxes.put(box.id, box);
        return new EngineAnswer.Created(box.id);
    }

    private EngineAnswer start(Box box, long now) {
        if (box.alive()) {
            return new EngineAnswer.Done();
        }
        List<String> words = box.request.spec().args();
        if (words.getFirst().equals("broken")) {
            box.exitCode = 127;
            return new EngineAnswer.Failed(EngineAnswer.Cause.REFUSED, "no such file");
        }
        starts.merge(box.request.name(), 1, Integer::sum);
        box.state = Container.State.RUNNING;
        box.startedAt = now;
        switch (words.getFirst()) {
            case "exit" -> {
                box.exitWith = Long.parseLong(words.get(1));
                box.exitAt = now + Long.parseLong(words.get(2));
            }
            case "sick", "well" -> {
                box.health = Optional.of(Container.Health.STARTING);
                box.healthAt = now + Long.parseLong(words.get(1));
            }
            default -> { }
        }
        touched(box);
        return new EngineAnswer.Done();
    }

    private void stop(int asker, long callId, EngineCall.Stop stop, long now) {
        Box box = named(stop.container()).orElseThrow();
        boolean stubborn = box.request.spec().args().getFirst().equals("stubborn");
        long takes = !box.alive() ? 0 : stubborn ? stop.graceNs() / 1_000_000
                : 1 + chance.nextLong(50);
        at(now + takes, () -> {
            if (box.alive()) {
                exit(box, stubborn ? KILLED : TERMINATED);
                touched(box);
            }
            answer(asker, callId, new EngineAnswer.Done());
        });
    }

    private void live(Box box, long now) {
        if (box.alive() && box.exitAt <= now) {
            exit(box, box.exitWith);
            touched(box);
        } else if (box.alive() && box.healthAt <= now) {
            box.healthAt = Long.MAX_VALUE;
            box.health = Optional.of(box.request.spec().args().getFirst().equals("sick")
                    ? Container.Health.UNHEALTHY : Container.Health.HEALTHY);
            touched(box);
        }
    }

    private static void exit(Box box, long code) {
        box.state = Container.State.EXITED;
        box.exitCode = code;
        box.exitAt = Long.MAX_VALUE;
    }

    private void touched(Box box) {
        if (!mute && !wasDown && (lossy == 0 || chance.nextInt(lossy) != 0)) {
            inputs.add(new AgentInput.Happened(
                    new EngineEvent.Touched(box.id, box.request.name())));
        }
    }

    private static EngineAnswer absent(String name) {
        return new EngineAnswer.Failed(EngineAnswer.Cause.NOT_FOUND,
                "No such container: " + name);
    }

    private Optional<Box> box(String name) {
        return boxes.values().stream().filter(box -> box.request.name().equals(name)).findFirst();
    }

    private Optional<Box> named(String nameOrId) {
        return Optional.ofNullable(boxes.get(nameOrId)).or(() -> box(nameOrId));
    }

    private static Container shown(Box box) {
        return new Container(box.id, box.request.name(), box.request.labels(), box.state,
                box.alive() ? 100 : 0, box.exitCode, false, box.error,
                Optional.of(Instant.EPOCH).filter(_ -> box.startedAt > 0), Optional.empty(),
                box.health, box.request.hostPorts());
    }
}

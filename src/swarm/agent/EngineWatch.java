package swarm.agent;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;

/// The agent's own look at its engine: what it is, whether it answers, and now and then a list of
/// all our containers, since an event can be missed. An engine that does not answer is described
/// to the managers as none, so that no task is placed where none can start.
final class EngineWatch {
    private static final long DESCRIBE_MS = 20_000;
    private static final long LIST_MS = 10_000;
    private static final long RETRY_MS = 2_000;
    private static final long NEVER = Long.MAX_VALUE;
    private static final Node.Engine NONE =
            new Node.Engine("", new TreeMap<>(), List.of());

    /// So long the first registration waits for the engine: far less than a node's grace.
    private static final long FIRST_WAIT_MS = 300;

    private final AgentConfig self;
    private final long startedAt;

    /// Whether the engine has once answered, or not.
    private boolean answered;

    /// When to ask for each; never while asking.
    private long describeAt;
    private long listAt;

    /// What the engine last said; kept while it is out of sight, but for the engine itself.
    private Placement.Platform platform = new Placement.Platform("", "");
    private Resources resources = Resources.NONE;
    private Node.Engine engine = NONE;

    /// Why the engine is out of sight; absent while it answers, "not asked yet" at first.
    private Optional<String> lost = Optional.of("it has not been asked yet");

    EngineWatch(AgentConfig self, long now) {
        this.self = self;
        this.startedAt = now;
        this.describeAt = now;
        this.listAt = now;
    }

    Placement.Platform platform() {
        return platform;
    }

    /// What the machine can say of itself by now; absent while the engine may still say it.
    Optional<Node.Description> description(long now) {
        return answered || now >= startedAt + FIRST_WAIT_MS ? Optional.of(described())
                : Optional.empty();
    }

    private Node.Description described() {
        return new Node.Description(self.hostname(), platform, resources,
                lost.isPresent() ? NONE : engine, self.tlsInfo());
    }

    Optional<EngineCall> wants(long now) {
        if (now >= describeAt) {
            return Optional.of(new EngineCall.Describe());
        }
        return now >= listAt ? Optional.of(new EngineCall.ListContainers(Owner.LABEL,
                Owner.of(self.clusterId(), self.node()))) : Optional.empty();
    }

    void calls(EngineCall made) {
        if (made instanceof EngineCall.Describe) {
            describeAt = NEVER;
        } else {
            listAt = NEVER;
        }
    }

    /// Anything may have happened: look now, unless a look is under way.
    void lookNow(long now) {
        describeAt = Math.min(describeAt, now);
        listAt = Math.min(listAt, now);
    }

    void onDescribed(EngineAnswer answer, long now, List<AgentOutput> out) {
        answered = true;
        switch (answer) {
            case EngineAnswer.Described described -> {
                describeAt = now + DESCRIBE_MS;
                platform = described.platform();
                resources = described.resources();
                engine = described.engine();
                if (lost.isPresent()) {
                    lost = Optional.empty();
                    out.add(new AgentOutput.Event(
                            new AgentEvent.EngineFound(engine.engineVersion())));
                }
            }
            case EngineAnswer.Failed failed -> {
                describeAt = now + RETRY_MS;
                lost(failed.message(), out);
            }
            case EngineAnswer.Done _, EngineAnswer.Listed _, EngineAnswer.Inspected _,
                    EngineAnswer.Created _ -> describeAt = now + RETRY_MS;
        }
    }

    void onListed(boolean listed, long now) {
        listAt = Math.min(listAt, now + (listed ? LIST_MS : RETRY_MS));
    }

    void lost(String why, List<AgentOutput> out) {
        if (!lost.equals(Optional.of(why))) {
            lost = Optional.of(why);
            out.add(new AgentOutput.Event(new AgentEvent.EngineLost(why)));
        }
    }

    long deadline(long now) {
        long wait = description(now).isPresent() ? NEVER : startedAt + FIRST_WAIT_MS;
        return Math.min(Math.min(describeAt, listAt), wait);
    }
}

package swarm.node;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import swarm.agent.Agent;
import swarm.agent.AgentEvent;
import swarm.agent.AgentInput;
import swarm.agent.AgentOutput;
import swarm.disk.StateFiles;
import swarm.engine.Engine;
import swarm.engine.EngineAnswer;

/// The thread that owns an agent. Calls to the engine run on virtual threads of their own, as many
/// as the agent asks for at once, and come back as inputs; what the agent wants saved is on the
/// disk before anything after it is performed.
final class AgentLoop implements AutoCloseable {
    /// The file in the state directory that holds the agent's assignments.
    static final String FILE = "agent.json";

    /// What the loop needs of its node: the way to a manager, who is told what the node belongs to,
    /// where its tasks are saved, where events go, and whom to tell when it cannot go on.
    record Surroundings(AgentLink link, Roles roles, StateFiles files, EventLog log,
            Consumer<Throwable> broken) { }

    private final Mailbox<AgentInput> mailbox;
    private final Agent agent;
    private final Engine engine;
    private final Surroundings around;
    private final Thread thread;

    /// Whether a manager speaks with this agent, as far as the agent knows.
    private volatile boolean inSession;

    AgentLoop(Agent agent, Mailbox<AgentInput> mailbox, Engine engine, Surroundings around) {
        this.agent = agent;
        this.mailbox = mailbox;
        this.engine = engine;
        this.around = around;
        this.thread = Thread.ofPlatform().name("agent").unstarted(this::run);
    }

    void start() {
        mailbox.put(new AgentInput.Tick());
        engine.watch(event -> mailbox.put(new AgentInput.Happened(event)));
        thread.start();
    }

    boolean inSession() {
        return inSession;
    }

    /// Ends the thread; containers go on running.
    @Override public void close() throws IOException {
        mailbox.close();
        engine.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted while the agent stopped", e);
        }
    }

    private void run() {
        try {
            while (mailbox.open()) {
                List<AgentInput> inputs = mailbox.take(agent.deadline());
                for (AgentInput input : inputs) {
                    perform(agent.step(Time.now(), Time.wall(), input));
                }
                if (agent.deadline() <= Time.now()) {
                    perform(agent.step(Time.now(), Time.wall(), new AgentInput.Tick()));
                }
            }
        } catch (IOException | Error | RuntimeException e) {
            mailbox.close();
            around.broken().accept(e);
        }
    }

    private void perform(List<AgentOutput> outputs) throws IOException {
        for (AgentOutput output : outputs) {
            switch (output) {
                case AgentOutput.ToManager said -> around.link().say(said.message());
                case AgentOutput.Call call -> Thread.ofVirtual().name("engine-" + call.callId())
                        .start(() -> perform(call));
                case AgentOutput.Save save -> around.files().replace(FILE, save.state());
                case AgentOutput.Redial redial -> around.link().redial(redial.to());
                case AgentOutput.Belongs belongs -> around.roles().belongs(belongs);
                case AgentOutput.Event event -> {
                    notice(event.event());
                    around.log().event((Record) event.event());
                }
            }
        }
    }

    private void notice(AgentEvent event) {
        switch (event) {
            case AgentEvent.SessionGranted _, AgentEvent.HeardAgain _ -> inSession = true;
            case AgentEvent.CutOff _ -> inSession = false;
            case AgentEvent.SessionRefused refused -> {
                inSession = false;
                if (!refused.again()) {
                    around.roles().look();
                }
            }
            case AgentEvent.TaskMoved _, AgentEvent.EngineLost _, AgentEvent.EngineFound _,
                 AgentEvent.StrayFound _, AgentEvent.AssignmentsMissed _ -> { }
        }
    }

    private void perform(AgentOutput.Call call) {
        try {
            mailbox.put(new AgentInput.Answered(call.callId(), engine.perform(call.call())));
        } catch (RuntimeException e) {
            around.log().trouble("an engine's call failed in a way it should not", e);
            mailbox.put(new AgentInput.Answered(call.callId(), new EngineAnswer.Failed(
                    EngineAnswer.Cause.UNAVAILABLE, String.valueOf(e.getMessage()))));
        }
    }
}

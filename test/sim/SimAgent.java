package sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import swarm.agent.Agent;
import swarm.agent.AgentConfig;
import swarm.agent.AgentInput;
import swarm.agent.AgentOutput;
import swarm.agent.Restored;
import swarm.json.JsonException;
import swarm.model.Ids;
import swarm.model.NodeId;
import swarm.model.TlsInfo;
import swarm.wire.Protocol;

/// The part of a daemon that is an agent: the real machine on this machine's engine and clock, and
/// its connections to managers as the daemon makes them: the dial asked for last wins, and the one
/// before is closed once it stands.
final class SimAgent {
    private static final long CONNECT_MS = 250;
    private static final int DIALS_MAX = 4;

    private final Machine machine;
    private final Agent agent;
    private final NodeId node;
    private long wakesAtUs = Long.MAX_VALUE;
    private Optional<Standing> newest = Optional.empty();
    private final TreeMap<Long, Optional<String>> dials = new TreeMap<>();
    private long lastNumber;
    private String lastAddr = "";

    private record Standing(long number, Connection connection) { }

    SimAgent(Machine machine) {
        this.machine = machine;
        this.node = machine.node;
        AgentConfig config = new AgentConfig(node, Machine.CLUSTER, Ids.draw(machine.chance),
                "host" + machine.number, TlsInfo.NONE);
        try {
            agent = new Agent(config, Restored.fromBytes(machine.tasks), machine.chance,
                    machine.clock.nowMs());
        } catch (JsonException e) {
            throw new Violation("what an agent saved cannot be read: " + e.getMessage());
        }
    }

    void start() {
        step(new AgentInput.Tick());
    }

    private void step(AgentInput input) {
        for (AgentOutput output : agent.step(machine.clock.nowMs(), machine.wall(), input)) {
            perform(output);
        }
        wakeLater();
    }

    /// The engine lives in the world's time, the agent in its machine's.
    void wakeLater() {
        long dueUs = machine.clock.untilUs(Math.min(agent.deadline(), Long.MAX_VALUE / 4_000));
        long engineUs = Math.max(0, Math.min(machine.engine.next(), Long.MAX_VALUE / 4_000)
                - machine.world.ms()) * 1000;
        long at = machine.world.time.nowUs() + Math.max(50, Math.min(dueUs, engineUs));
        if (at < wakesAtUs && at < Long.MAX_VALUE / 8_000) {
            wakesAtUs = at;
            machine.later(at - machine.world.time.nowUs(), this::wake);
        }
    }

    private void wake() {
        wakesAtUs = Long.MAX_VALUE;
        for (AgentInput input : machine.engine.run(machine.world.ms())) {
            step(input);
        }
        if (agent.deadline() <= machine.clock.nowMs()) {
            step(new AgentInput.Tick());
        }
        wakeLater();
    }

    private void perform(AgentOutput output) {
        switch (output) {
            case AgentOutput.ToManager said -> newest.ifPresent(standing -> {
                Connection connection = standing.connection;
                connection.say(true, () -> connection.listener.manager().ifPresent(manager ->
                        manager.agents.hear(node, connection, said.message())));
            });
            case AgentOutput.Call call ->
                machine.engine.call(call.callId(), call.call(), machine.world.ms());
            case AgentOutput.Save save -> machine.tasks = save.state();
            case AgentOutput.Redial redial -> redial(redial.to());
            case AgentOutput.Belongs belongs -> {
                if (machine.manager().isEmpty() && !belongs.managers().isEmpty()) {
                    machine.book = belongs.managers().stream()
                            .map(addr -> new Machine.Known(0, addr)).toList();
                }
            }
            case AgentOutput.Event event -> machine.note(event.event());
        }
    }

    private void redial(Optional<String> to) {
        if (to.isPresent() && dials.containsValue(to)) {
            return;
        }
        lastNumber++;
        dials.put(lastNumber, to);
        if (dials.size() > DIALS_MAX) {
            dials.pollFirstEntry();
        }
        int others = to.isPresent() && newest.isPresent() ? 0 : managers().size();
        List<Optional<String>> turns = new ArrayList<>();
        to.ifPresent(addr -> turns.add(Optional.of(addr)));
        for (int i = 0; i < others; i++) {
            turns.add(Optional.empty());
        }
        dial(lastNumber, turns);
    }

    /// Its own manager first.
    private List<String> managers() {
        List<String> all = new ArrayList<>();
        machine.manager().ifPresent(_ -> all.add(machine.addr()));
        machine.book.stream().map(Machine.Known::addr).filter(addr -> !all.contains(addr))
                .forEach(all::add);
        return all;
    }

    private void dial(long number, List<Optional<String>> turns) {
        List<String> known = managers();
        if (turns.isEmpty() || !dials.containsKey(number) || known.isEmpty()) {
            dials.remove(number);
            return;
        }
        lastAddr = turns.getFirst().orElse(
                known.get((known.indexOf(lastAddr) + 1) % known.size()));
        machine.world.lines.dial(machine, lastAddr, Protocol.AGENT, CONNECT_MS,
                new Lines.Dialled() {
                    @Override public void connected(Connection connection) {
                        if (dials.containsKey(number)) {
                            dials.remove(number);
                            stand(number, connection);
                        } else {
                            connection.close(true);
                        }
                    }

                    @Override public void failed(boolean refused) {
                        dial(number, turns.subList(1, turns.size()));
                    }
                });
    }

    private void stand(long number, Connection connection) {
        if (newest.filter(each -> each.number > number).isPresent()) {
            connection.close(true);
            return;
        }
        Optional<Standing> older = newest;
        Standing mine = new Standing(number, connection);
        newest = Optional.of(mine);
        connection.endedAtDialler = () -> {
            if (newest.equals(Optional.of(mine))) {
                newest = Optional.empty();
                step(new AgentInput.LinkDown("the connection ended"));
            }
        };
        connection.listener.manager().orElseThrow().agents.enter(node, connection, message -> {
            if (newest.equals(Optional.of(mine))) {
                step(new AgentInput.FromManager(message));
            }
        });
        step(new AgentInput.LinkUp());
        older.ifPresent(standing -> standing.connection.close(true));
    }
}

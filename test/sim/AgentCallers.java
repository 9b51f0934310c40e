package sim;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import swarm.dispatcher.AgentMessage;
import swarm.manager.ManagerInput;
import swarm.model.NodeId;

/// The manager's end of all agents' connections: the newest of each node is spoken to, and only its
/// end is told.
final class AgentCallers {
    private final SimManager self;
    private final TreeMap<NodeId, Caller> callers = new TreeMap<>();

    AgentCallers(SimManager self) {
        this.self = self;
    }

    private record Caller(Connection connection, Consumer<AgentMessage.ToAgent> hear) { }

    /// An agent has dialled; `hear` is what happens at its end with what it is told.
    void enter(NodeId node, Connection connection, Consumer<AgentMessage.ToAgent> hear) {
        Caller caller = new Caller(connection, hear);
        callers.put(node, caller);
        connection.endedAtListener = () -> {
            if (callers.remove(node, caller)) {
                self.put(new ManagerInput.AgentGone(node));
            }
        };
    }

    void hear(NodeId node, Connection connection, AgentMessage.ToManager message) {
        self.put(new ManagerInput.FromAgent(node, connection.dialler.host(), message));
    }

    void tell(NodeId node, AgentMessage.ToAgent message) {
        Optional.ofNullable(callers.get(node)).ifPresent(caller ->
                caller.connection.say(false, () -> caller.hear.accept(message)));
    }
}

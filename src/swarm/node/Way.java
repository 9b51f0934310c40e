package swarm.node;

import java.io.IOException;
import java.util.function.Consumer;
import swarm.dispatcher.AgentMessage;

/// One way from an agent to a manager: a link, or straight to this node's own manager. What the
/// two say is the same, and so are the rules: nobody waits for the other end.
interface Way {
    /// On its way, or lost with the way itself.
    void say(AgentMessage.ToManager message);

    /// Hands on what the manager says until the way ends; called once.
    ///
    /// @throws IOException why it ended, when the manager did not say goodbye
    void carry(Consumer<AgentMessage.ToAgent> hear) throws IOException;

    /// Ends it, from any thread.
    void close();
}

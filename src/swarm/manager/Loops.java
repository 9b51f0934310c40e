package swarm.manager;

import java.util.List;
import swarm.dispatcher.Dispatcher;
import swarm.orchestrator.Enforcer;
import swarm.orchestrator.Global;
import swarm.orchestrator.Reaper;
import swarm.orchestrator.Replicated;
import swarm.orchestrator.Restarter;
import swarm.orchestrator.Updater;
import swarm.scheduler.Scheduler;
import swarm.store.Moment;
import swarm.store.View;

/// The control loops of a leader, in the order in which they are asked: what should run before
/// where it runs, and what is to be forgotten last.
final class Loops {
    private Loops() { }

    /// A new leader's loops, begun on the committed state.
    static Leadership begin(View view, Moment moment) {
        Restarter restarter = new Restarter();
        return new Leadership(view, List.of(new Enforcer(), new Replicated(restarter),
                new Global(restarter), new Updater(restarter), new Scheduler(), new Reaper()),
                new Dispatcher(), moment);
    }
}

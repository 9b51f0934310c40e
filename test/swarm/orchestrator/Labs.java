package swarm.orchestrator;

import java.util.List;
import swarm.scheduler.Lab;
import swarm.scheduler.Scheduler;

/// Labs with all control loops, in the order in which a leader asks them.
final class Labs {
    private Labs() { }

    static Lab all() {
        return new Lab(() -> {
            Restarter restarter = new Restarter();
            return List.of(new Enforcer(), new Replicated(restarter), new Global(restarter),
                    new Updater(restarter), new Scheduler(), new Reaper());
        });
    }

    /// The task template of a container with an image and a restart policy.
    static String template(String image, String restart) {
        return "'ContainerSpec':{'Image':'" + image + "'},'RestartPolicy':{" + restart + "}";
    }
}

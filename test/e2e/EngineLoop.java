package e2e;

import java.io.IOException;
import java.nio.file.Path;
import swarm.engine.EngineAnswer;
import swarm.engine.EngineCall;
import swarm.engine.ProcessEngine;

/// A process that makes, starts and removes tasks of the process engine without end, to be killed
/// at any moment. Its first argument is the engine's directory. It says on its standard output
/// which tasks it has started.
final class EngineLoop {
    private EngineLoop() { }

    public static void main(String[] args) throws IOException {
        ProcessEngine engine = ProcessEngine.open(Path.of(args[0]), System.getenv());
        for (int i = 0; ; i++) {
            EngineCall create = new EngineCall.Create(Specs.request("task" + i + "."
                    + ProcessHandle.current().pid(), "sh", "-c",
                    ": " + args[0] + "; while :; do sleep 1; done"));
            if (!(engine.perform(create) instanceof EngineAnswer.Created made)) {
                throw new IOException("no task is made");
            }
            if (engine.perform(new EngineCall.Start(made.containerId()))
                    instanceof EngineAnswer.Done) {
                System.out.println(made.containerId());
            }
            if (i % 3 == 2) {
                engine.perform(new EngineCall.Remove(made.containerId()));
            }
        }
    }
}

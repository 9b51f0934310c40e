package swarm.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import swarm.model.LogOptions;
import swarm.model.Node;
import swarm.model.Placement;
import swarm.model.Resources;

/// The engine of a pure manager: it runs nothing and says so.
public final class NoEngine implements Engine {
    private static final String NONE = "this node has no container engine (it runs with --engine "
            + "none)";

    @Override public EngineAnswer perform(EngineCall call) {
        return switch (call) {
            case EngineCall.Describe _ -> new EngineAnswer.Described(
                    new Placement.Platform("", ""), Resources.NONE,
                    new Node.Engine("none", new TreeMap<>(), List.of()));
            case EngineCall.ListContainers _ -> new EngineAnswer.Listed(List.of());
            case EngineCall.Inspect _, EngineCall.EnsureImage _, EngineCall.Create _,
                 EngineCall.Start _, EngineCall.Stop _, EngineCall.Remove _ ->
                new EngineAnswer.Failed(EngineAnswer.Cause.REFUSED, NONE);
        };
    }

    @Override public void watch(Consumer<EngineEvent> listener) {
        listener.accept(new EngineEvent.Gap());
    }

    @Override public void logs(String containerId, LogOptions request, OutputStream frames)
            throws IOException {
        throw new IOException(NONE);
    }

    @Override public void close() { }
}

package swarm.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import swarm.model.LogOptions;

/// A container engine, as an agent sees it: calls that each end in one answer, a stream of what
/// happens to containers behind our back, and a container's output. One implementation per kind
/// (Docker, child processes, none) and a simulated one in the tests. Only containers with our own
/// label are listed or reported; what a container means is not known here.
public interface Engine extends AutoCloseable {
    /// Carries a call out and waits for its end, on the caller's thread. An engine that does not
    /// answer, answers nonsense or refuses gives an answer too: [EngineAnswer.Failed].
    EngineAnswer perform(EngineCall call);

    /// Reports what happens to our containers until the engine is closed, on a thread of the
    /// engine's. After a gap (a lost connection, an engine restart) the first report is
    /// [EngineEvent.Gap]: things may have happened unseen, so all is to be inspected anew.
    void watch(Consumer<EngineEvent> listener);

    /// Copies a container's output to the stream as frames of Docker's multiplexed form (8 bytes:
    /// stream, 0, 0, 0, length), until its end or until the stream fails.
    ///
    /// @throws IOException when the engine or the stream fails
    void logs(String containerId, LogOptions request, OutputStream frames) throws IOException;

    /// Ends the watch and all connections; containers go on running.
    @Override void close();
}

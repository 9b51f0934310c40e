package swarm.engine;

import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Looks again and again at the tasks of the process engine and reports each whose state is not
/// what it was: nobody else tells a daemon of the end of a process that is not its child. It looks
/// at once when it is told that something has happened.
final class ProcessWatch {
    /// The end of a child is told at once; this is for those of former daemons, and for freezing.
    /// A look at a task reads four small files: ten tasks cost less than half a percent of a core.
    private static final long LOOK_MS = 500;
    private static final long LOOK_MS_PER_TASK = 5;

    private final Supplier<Collection<ProcessBox>> boxes;
    /// What was last seen, by id; the watch's thread alone uses it.
    private TreeMap<String, Container.State> seen = new TreeMap<>();
    /// Something may have happened since the last look; guarded by this.
    private boolean nudged;
    /// The watch is to end; guarded by this.
    private boolean closed;

    ProcessWatch(Supplier<Collection<ProcessBox>> boxes) {
        this.boxes = boxes;
    }

    /// Begins to report, on a thread of its own.
    void start(Consumer<EngineEvent> listener) {
        Thread.ofVirtual().name("process-watch").start(() -> {
            listener.accept(new EngineEvent.Gap());
            for (boolean open = true; open; open = pause()) {
                look(listener);
            }
        });
    }

    /// Something has happened to a task.
    synchronized void nudge() {
        nudged = true;
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void look(Consumer<EngineEvent> listener) {
        TreeMap<String, Container.State> now = new TreeMap<>();
        for (ProcessBox box : boxes.get()) {
            Container.State before = seen.getOrDefault(box.id(), Container.State.REMOVING);
            now.put(box.id(), before == Container.State.EXITED ? before : state(box));
            if (now.get(box.id()) != before) {
                listener.accept(new EngineEvent.Touched(box.id(), box.name()));
            }
        }
        for (String id : seen.keySet()) {
            if (!now.containsKey(id)) {
                listener.accept(new EngineEvent.Touched(id, ""));
            }
        }
        seen = now;
    }

    private static Container.State state(ProcessBox box) {
        try {
            return box.there() ? box.life().state() : Container.State.REMOVING;
        } catch (IOException unreadable) {
            return Container.State.DEAD;
        }
    }

    /// Waits for a nudge or for the time to look; false when it is over.
    private synchronized boolean pause() {
        try {
            if (!nudged && !closed) {
                wait(LOOK_MS + LOOK_MS_PER_TASK * seen.size());
            }
            nudged = false;
            return !closed;
        } catch (InterruptedException e) {
            return false;
        }
    }
}

package swarm.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import swarm.json.Json;

/// What the engine says to one question about itself. It is asked anew each time, on a thread of
/// its own and not twice at once; an engine that hangs costs one asker a second, and the others
/// nothing: they get what it said last.
final class EngineWord {
    private static final long PATIENCE_MS = 1_000;

    private final Supplier<Json.Obj> question;
    /// The question under way, or the last.
    private CompletableFuture<Json.Obj> asked = CompletableFuture.completedFuture(Json.obj());
    /// The last answer that said something.
    private volatile Json.Obj last = Json.obj();
    /// Whether the engine made the last asker wait in vain.
    private volatile boolean hangs;

    /// `question` gives an empty object when the engine does not answer.
    EngineWord(Supplier<Json.Obj> question) {
        this.question = question;
    }

    /// The engine's answer; what it said last if it hangs, nothing if it is not there.
    Json.Obj get() {
        try {
            return ask().get(hangs ? 0 : PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            hangs = true;
            return last;
        } catch (InterruptedException | ExecutionException e) {
            return last;
        }
    }

    private synchronized CompletableFuture<Json.Obj> ask() {
        if (asked.isDone()) {
            CompletableFuture<Json.Obj> next = new CompletableFuture<>();
            asked = next;
            Thread.ofVirtual().name("engine-word").start(() -> hear(next));
        }
        return asked;
    }

    private void hear(CompletableFuture<Json.Obj> asking) {
        Json.Obj said = Json.obj();
        try {
            long began = Time.now();
            said = question.get();
            hangs = Time.now() - began >= PATIENCE_MS;
            last = said.isEmpty() ? last : said;
        } finally {
            asking.complete(said);
        }
    }
}

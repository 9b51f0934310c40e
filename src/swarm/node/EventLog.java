package swarm.node;

import java.io.PrintStream;
import java.util.Map;
import swarm.json.Audience;
import swarm.json.Json;
import swarm.json.RecordCodec;

/// The daemon's log: events as one line each, `time event key=value …`. The core returns event
/// records and never prints; the simulator's timeline is made of the same records.
final class EventLog {
    private final PrintStream out;

    EventLog(PrintStream out) {
        this.out = out;
    }

    /// One event of a machine.
    void event(Record event) {
        StringBuilder line = new StringBuilder(event.getClass().getSimpleName());
        if (RecordCodec.toJson(event, Audience.LOG) instanceof Json.Obj fields) {
            for (Map.Entry<String, Json> field : fields.members().entrySet()) {
                line.append(' ').append(field.getKey()).append('=').append(field.getValue().text());
            }
        }
        say(line.toString());
    }

    /// One sentence of the shell's own.
    void say(String sentence) {
        out.println(Time.wall() + " " + sentence);
    }

    /// A sentence with the reason it came to.
    void trouble(String sentence, Throwable reason) {
        say(sentence + ": " + (reason.getMessage() == null ? reason.toString()
                : reason.getMessage()));
    }
}

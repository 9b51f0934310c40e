package swarm.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.Task;
import swarm.model.TaskStatus;

/// What an agent knew when it last saved: one line of JSON per task, the assignment and what was
/// observed. It serves a node that starts while no manager can be reached; a status saved a moment
/// too early does no harm, since every container is inspected before it is believed.
public record Restored(List<Saved> tasks) {
    /// Of a node that never had a task.
    public static final Restored NONE = new Restored(List.of());

    /// One task.
    public record Saved(Task task, TaskStatus status) { }

    /// Reads what [#toBytes] made.
    ///
    /// @throws JsonException when a line is no saved task
    public static Restored fromBytes(byte[] saved) throws JsonException {
        List<Saved> tasks = new ArrayList<>();
        for (String line : new String(saved, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isEmpty()) {
                tasks.add(RecordCodec.fromBytes(Saved.class,
                        line.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new Restored(tasks);
    }

    /// One task's line.
    static byte[] line(Task task, TaskStatus status) {
        byte[] json = RecordCodec.toBytes(new Saved(task, status), Audience.LOG);
        byte[] line = new byte[json.length + 1];
        System.arraycopy(json, 0, line, 0, json.length);
        line[json.length] = '\n';
        return line;
    }

    /// The lines as one.
    static byte[] toBytes(Collection<byte[]> lines) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        lines.forEach(all::writeBytes);
        return all.toByteArray();
    }
}

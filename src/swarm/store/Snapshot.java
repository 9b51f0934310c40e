package swarm.store;

import java.util.ArrayList;
import java.util.List;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;
import swarm.model.StoredObject;

/// A view as bytes and back: one part for each object and each kept answer, so that neither side
/// holds more than a part's text beside the view. Cut from an immutable view by a worker, never by
/// the machine's own thread.
public final class Snapshot {
    private Snapshot() { }

    /// One part of a snapshot.
    private sealed interface Part {
        /// The log index of the view; always the first part.
        record Head(long index, long format) implements Part {
            public Head {
                if (format != FORMAT) {
                    throw new IllegalArgumentException("snapshot format " + format
                            + " found, expected " + FORMAT
                            + ": it was written by another version of swarm");
                }
            }
        }

        /// An object as stored.
        record Stored(StoredObject object) implements Part { }

        /// A client's write that was answered.
        record Answered(Answers.Answer answer) implements Part { }
    }

    /// The form of a part's text.
    private static final long FORMAT = 1;

    private record Line(Part part) { }

    /// The parts of a view, in order.
    public static List<byte[]> write(View view) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(line(new Part.Head(view.index(), FORMAT)));
        view.cluster().ifPresent(cluster -> parts.add(line(new Part.Stored(cluster))));
        view.nodes().forEach(node -> parts.add(line(new Part.Stored(node))));
        view.services().forEach(service -> parts.add(line(new Part.Stored(service))));
        view.tasks().forEach(task -> parts.add(line(new Part.Stored(task))));
        view.answers().all().forEach(answer -> parts.add(line(new Part.Answered(answer))));
        return parts;
    }

    /// The view of a snapshot's parts.
    ///
    /// @throws JsonException when a part is not what [#write] makes
    public static View read(List<byte[]> parts) throws JsonException {
        View.Tables tables = new View.Tables();
        List<Answers.Answer> answers = new ArrayList<>();
        long index = 0;
        for (byte[] bytes : parts) {
            switch (RecordCodec.fromBytes(Line.class, bytes).part()) {
                case Part.Head head -> index = head.index();
                case Part.Stored stored -> tables.put(stored.object());
                case Part.Answered answered -> answers.add(answered.answer());
            }
        }
        return View.empty().after(index, tables, Answers.of(answers));
    }

    private static byte[] line(Part part) {
        return RecordCodec.toBytes(new Line(part), Audience.LOG);
    }
}

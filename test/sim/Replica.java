package sim;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import swarm.raft.Entry;

/// The state machine above raft: a few registers. A command writes its own id into one of them and
/// answers with the id that was there before, so that every answer tells the order of writes.
///
/// A client numbers its writes and sends one again until it is answered; the last answer of each
/// client is part of the state, and a write that comes again gets it without being done again.
final class Replica {
    /// A write: who, the how manieth, and into which register. Its id is unique.
    record Command(int client, int number, int key) {
        long id() {
            return client * 1_000_000L + number;
        }

        byte[] encode() {
            return ByteBuffer.allocate(12).putInt(client).putInt(number).putInt(key).array();
        }

        static Command decode(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return new Command(in.getInt(), in.getInt(), in.getInt());
        }
    }

    private record Answer(int number, long previous) {}

    private final TreeMap<Integer, Long> registers = new TreeMap<>();
    private final TreeMap<Integer, Answer> answers = new TreeMap<>();

    /// The last entry that is part of the state.
    private long applied;

    /// Whether the last command changed the state; false for a repeated one.
    private boolean changed;

    long applied() {
        return applied;
    }

    boolean changed() {
        return changed;
    }

    long read(int key) {
        return registers.getOrDefault(key, 0L);
    }

    /// The id that a command found; meaningless for other entries.
    long apply(Entry entry) {
        Violation.unless(entry.index() == applied + 1,
            "entry " + entry.index() + " is applied after " + applied);
        applied = entry.index();
        changed = false;
        if (entry.kind() != Entry.Kind.COMMAND) {
            return 0;
        }
        Command command = Command.decode(entry.data());
        Answer last = answers.getOrDefault(command.client, new Answer(0, 0));
        if (command.number <= last.number) {
            return last.previous;
        }
        changed = true;
        long previous = read(command.key);
        registers.put(command.key, command.id());
        answers.put(command.client, new Answer(command.number, previous));
        return previous;
    }

    byte[] snapshot() {
        ByteBuffer out = ByteBuffer.allocate(12 + 12 * registers.size() + 16 * answers.size());
        out.putLong(applied).putInt(registers.size());
        for (Map.Entry<Integer, Long> r : registers.entrySet()) {
            out.putInt(r.getKey()).putLong(r.getValue());
        }
        for (Map.Entry<Integer, Answer> a : answers.entrySet()) {
            out.putInt(a.getKey()).putInt(a.getValue().number).putLong(a.getValue().previous);
        }
        return out.array();
    }

    static Replica restore(byte[] bytes) {
        Replica replica = new Replica();
        if (bytes.length == 0) {
            return replica;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        replica.applied = in.getLong();
        for (int i = in.getInt(); i > 0; i--) {
            replica.registers.put(in.getInt(), in.getLong());
        }
        while (in.hasRemaining()) {
            replica.answers.put(in.getInt(), new Answer(in.getInt(), in.getLong()));
        }
        return replica;
    }
}

package swarm.store;

import java.time.Instant;
import java.util.List;
import swarm.json.Audience;
import swarm.json.JsonException;
import swarm.json.RecordCodec;

/// What one log entry carries: transactions in order, and the leader's wall clock when it proposed
/// them. Everything drawn (times, ids, chance) is in it: replicas draw nothing.
public record Command(Instant at, List<Transaction> transactions) {
    /// The entry's bytes.
    public byte[] toBytes() {
        return RecordCodec.toBytes(this, Audience.LOG);
    }

    /// The command of an entry.
    ///
    /// @throws JsonException when the bytes are no command, as of a newer format
    public static Command fromBytes(byte[] bytes) throws JsonException {
        return RecordCodec.fromBytes(Command.class, bytes);
    }
}

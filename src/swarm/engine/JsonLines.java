package swarm.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import swarm.json.Json;
import swarm.json.JsonException;

/// JSON objects one after the other on a stream that may never end, as Docker sends events and the
/// progress of a pull: one object per line.
final class JsonLines {
    /// An event is a few hundred bytes; a line without end is an engine gone mad.
    private static final int LINE_BYTES_MAX = 1 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 13];
    /// How much of the buffer is filled, and how much of that was used.
    private int filled;
    /// The first byte of the buffer that was not used yet.
    private int at;

    JsonLines(InputStream in) {
        this.in = in;
    }

    /// The next object, waiting for it; absent at the end.
    ///
    /// @throws IOException when the stream fails or carries something else
    Optional<Json.Obj> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (at == filled) {
                filled = Math.max(0, in.read(buffer));
                at = 0;
                if (filled == 0) {
                    return line.size() == 0 ? Optional.empty() : Optional.of(parse(line));
                }
            }
            byte b = buffer[at++];
            if (b != '\n' && b != '\r') {
                line.write(b);
            } else if (line.size() > 0) {
                return Optional.of(parse(line));
            }
            if (line.size() > LINE_BYTES_MAX) {
                throw new IOException("the engine sent a line longer than " + LINE_BYTES_MAX
                        + " bytes");
            }
        }
    }

    private static Json.Obj parse(ByteArrayOutputStream line) throws IOException {
        try {
            return Json.parse(line.toByteArray()).asObj();
        } catch (JsonException e) {
            throw new IOException("the engine sent no JSON: " + e.getMessage(), e);
        }
    }
}

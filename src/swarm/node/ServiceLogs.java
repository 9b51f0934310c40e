package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import swarm.engine.Engine;
import swarm.model.Task;

/// The output of several tasks as one stream of Docker's frames (8 bytes: stream, 0, 0, 0, length;
/// then one line). With details each line says first which node, service and task it is from. A
/// task's frames are written whole, so that tasks never mix within a line.
final class ServiceLogs {
    private static final int HEAD_BYTES = 8;
    private static final int LENGTH_AT = 4;
    /// Docker cuts lines at 16 KiB; more than this is no frame.
    private static final int FRAME_BYTES_MAX = 1 << 24;

    private final Engine engine;
    private final Engine.LogRequest request;
    private final OutputStream client;
    /// Whether each line has its frame; the output of terminals has none.
    private final boolean framed;
    /// The threads that copy, by task id; a task is copied once.
    private final TreeMap<String, Thread> copiers = new TreeMap<>();

    ServiceLogs(Engine engine, Engine.LogRequest request, OutputStream client,
            boolean framed) {
        this.engine = engine;
        this.framed = framed;
        this.request = request;
        this.client = client;
    }

    /// Starts to copy the output of those tasks that have a container and are not copied yet.
    void add(List<Task> tasks) {
        for (Task task : tasks) {
            task.status().containerStatus().ifPresent(container ->
                copiers.computeIfAbsent(task.key(), _ -> Thread.ofVirtual()
                        .name("logs-" + task.key())
                        .start(() -> copy(task, container.containerId()))));
        }
    }

    /// Waits until all of them have ended.
    void join() throws IOException {
        try {
            for (Thread copier : new ArrayList<>(copiers.values())) {
                copier.join();
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void copy(Task task, String containerId) {
        String details = "com.docker.swarm.node.id=" + task.nodeId().orElseThrow()
                + ",com.docker.swarm.service.id=" + task.serviceId()
                + ",com.docker.swarm.task.id=" + task.id() + " ";
        try {
            engine.logs(containerId, request, new Frames(request.details() ? details : ""));
        } catch (IOException gone) {
            sayOnce(task, gone);
        }
    }

    /// A container whose output cannot be read is named in the stream itself, so that what the
    /// others say is not taken for all there is.
    private void sayOnce(Task task, IOException reason) {
        String line = "logs of task " + task.id() + " cannot be read: " + reason.getMessage()
                + "\n";
        try {
            write((byte) 2, line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException clientGone) {
            copiers.remove(task.key());
        }
    }

    private synchronized void write(byte stream, byte[] line) throws IOException {
        if (!framed) {
            client.write(line);
            client.flush();
            return;
        }
        byte[] frame = new byte[HEAD_BYTES + line.length];
        frame[0] = stream;
        for (int i = 0; i < HEAD_BYTES - LENGTH_AT; i++) {
            frame[LENGTH_AT + i] = (byte) (line.length >>> 8 * (HEAD_BYTES - LENGTH_AT - 1 - i));
        }
        System.arraycopy(line, 0, frame, HEAD_BYTES, line.length);
        client.write(frame);
        client.flush();
    }

    /// Takes an engine's frames apart, puts the details into each, and writes them whole.
    private final class Frames extends OutputStream {
        private final byte[] details;
        /// The frame under way: its head, then as much of its body as has come.
        private byte[] frame = new byte[HEAD_BYTES];
        /// How many bytes of the frame have come.
        private int filled;

        Frames(String details) {
            this.details = details.getBytes(StandardCharsets.UTF_8);
        }

        @Override public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override public void write(byte[] bytes, int from, int count) throws IOException {
            int at = from;
            while (at < from + count) {
                int part = Math.min(frame.length - filled, from + count - at);
                System.arraycopy(bytes, at, frame, filled, part);
                filled += part;
                at += part;
                if (filled == frame.length) {
                    full();
                }
            }
        }

        private void full() throws IOException {
            int body = (frame[4] & 0xff) << 24 | (frame[5] & 0xff) << 16 | (frame[6] & 0xff) << 8
                    | frame[7] & 0xff;
            if (body < 0 || body > FRAME_BYTES_MAX) {
                throw new IOException("the engine sent a frame of " + body + " bytes");
            }
            if (frame.length == HEAD_BYTES && body > 0) {
                frame = Arrays.copyOf(frame, HEAD_BYTES + body);
                return;
            }
            byte[] text = Arrays.copyOfRange(frame, HEAD_BYTES, frame.length);
            ServiceLogs.this.write(frame[0], detailed(text));
            frame = new byte[HEAD_BYTES];
            filled = 0;
        }

        /// With timestamps the engine puts the time and a blank first; the details follow it.
        private byte[] detailed(byte[] text) {
            int at = 0;
            if (request.timestamps()) {
                while (at < text.length && text[at] != ' ') {
                    at++;
                }
                at = Math.min(text.length, at + 1);
            }
            byte[] whole = new byte[text.length + details.length];
            System.arraycopy(text, 0, whole, 0, at);
            System.arraycopy(details, 0, whole, at, details.length);
            System.arraycopy(text, at, whole, at + details.length, text.length - at);
            return whole;
        }
    }
}

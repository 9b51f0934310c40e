package swarm.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import swarm.model.LogOptions;

/// Copies what a task of the process engine has written, a file for each stream, and goes on while
/// it lives if it is to be followed.
///
/// Departs from Docker's logs: nobody notes when a line was written, so times cannot be asked for;
/// the two streams come one after the other, and each in whole lines; `tail` counts for each.
final class ProcessLogs {
    private static final long FOLLOW_MS = 100;
    private static final int READ_BYTES = 1 << 13;
    private static final String NO_TIMES = "the process engine does not note when a line was "
            + "written: leave timestamps, since and until out";

    private final ProcessBox box;
    private final LogOptions request;
    private final OutputStream frames;

    ProcessLogs(ProcessBox box, LogOptions request, OutputStream frames) {
        this.box = box;
        this.request = request;
        this.frames = frames;
    }

    /// Copies to the end, or until the stream fails.
    void copy() throws IOException {
        if (request.timestamps() || !unbounded(request.since()) || !unbounded(request.until())) {
            throw new IOException(NO_TIMES);
        }
        List<Source> sources = sources();
        try {
            while (request.follow() && box.there() && !ended()) {
                for (Source source : sources) {
                    source.copy();
                }
                Thread.sleep(FOLLOW_MS);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        for (Source source : sources) {
            source.copy();
            source.lines.end();
        }
    }

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        if (request.stdout()) {
            sources.add(new Source("out", LineFrames.STDOUT));
        }
        if (request.stderr()) {
            sources.add(new Source("err", LineFrames.STDERR));
        }
        return sources;
    }

    /// One that was not started yet is followed as well.
    private boolean ended() throws IOException {
        return box.life().state() == Container.State.EXITED;
    }

    /// How many lines are wanted of the end; what is no number means all, as in Docker.
    private static long lines(String tail) {
        try {
            return Math.max(-1, Long.parseLong(tail));
        } catch (NumberFormatException all) {
            return -1;
        }
    }

    private static boolean unbounded(String time) {
        return time.isEmpty() || time.equals("0");
    }

    /// One file, and how far it was read.
    private final class Source {
        private final String name;
        private final LineFrames lines;
        /// How many bytes were read or left out; -1 before the file was there.
        private long at = -1;

        Source(String name, int stream) {
            this.name = name;
            this.lines = new LineFrames(frames, stream);
        }

        void copy() throws IOException {
            if (!Files.exists(box.file(name))) {
                return;
            }
            try (FileChannel file = FileChannel.open(box.file(name), StandardOpenOption.READ)) {
                at = at < 0 ? tail(file) : at;
                ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
                for (int n = file.read(buffer, at); n > 0; n = file.read(buffer.clear(), at)) {
                    lines.write(buffer.array(), 0, n);
                    at += n;
                }
            }
        }

        /// Where the last lines that are wanted begin.
        private long tail(FileChannel file) throws IOException {
            long missing = lines(request.tail());
            if (missing == 0) {
                return file.size();
            }
            ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
            long end = file.size() - 1;
            for (long from = end; from > 0; from -= READ_BYTES) {
                long begin = Math.max(0, from - READ_BYTES);
                buffer.clear().limit((int) (from - begin));
                file.read(buffer, begin);
                for (int i = buffer.position() - 1; i >= 0; i--) {
                    if (buffer.get(i) == '\n' && --missing == 0) {
                        return begin + i + 1;
                    }
                }
            }
            return 0;
        }
    }
}

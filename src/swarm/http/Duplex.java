package swarm.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;

/// A connection as two byte streams, each of which can end alone, with a deadline. This is the one
/// class that touches a socket: TLS will be another constructor of the same streams.
///
/// One thread may read while another writes. Closing from any thread ends both with an IOException.
public final class Duplex implements Closeable {
    /// The JDK copies a heap buffer into a direct one of the same size and keeps that.
    private static final int SLICE = 64 << 10;

    private final SocketChannel channel;
    private final HttpReader in = new HttpReader(new Input());
    private final OutputStream out = new Output();
    /// In Watchdog.now ms, MAX_VALUE for none; guarded by this.
    private long deadline = Long.MAX_VALUE;
    /// Whether a missed deadline ends only the reading, so that the peer can still be told.
    private boolean readOnly;
    /// The watchdog knows this connection. Never unset.
    private volatile boolean watched;
    /// A deadline was missed. Set by the watchdog.
    private volatile boolean expired;
    /// A read or write failed. Never unset.
    private volatile boolean broken;
    /// Limit for each read, in ms; 0 for none. Set by the owner between reads.
    private volatile long readMs;

    public Duplex(SocketChannel channel) {
        this.channel = channel;
    }

    /// A failure to connect, and nothing else, is a ConnectException.
    static Duplex connect(Endpoint endpoint, long timeoutMs) throws IOException {
        SocketChannel channel = endpoint.unix()
                ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        Duplex duplex = new Duplex(channel);
        try {
            duplex.arm(timeoutMs, false);
            channel.connect(endpoint.address());
            duplex.arm(0, false);
            if (!endpoint.unix()) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            return duplex;
        } catch (IOException | UnresolvedAddressException e) {
            duplex.close();
            ConnectException failure = new ConnectException("cannot connect to " + endpoint.text()
                    + ": " + (duplex.expired ? "timed out" : reason(e)));
            failure.initCause(e);
            throw failure;
        }
    }

    /// What arrives, including what was buffered while heads were read.
    public InputStream in() {
        return in;
    }

    public OutputStream out() {
        return out;
    }

    HttpReader reader() {
        return in;
    }

    /// Ends our side: the peer reads the end of the stream and may go on sending.
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        if (watched) {
            Watchdog.forget(this);
        }
        channel.close();
    }

    /// From now on the connection has that long, in ms; 0 takes the deadline away.
    void arm(long timeoutMs, boolean onlyReading) {
        long at = timeoutMs == 0 ? Long.MAX_VALUE : Watchdog.now() + timeoutMs;
        synchronized (this) {
            deadline = at;
            readOnly = onlyReading;
        }
        if (timeoutMs != 0) {
            watched = true;
            Watchdog.watch(this, at);
        }
    }

    /// Each read from now on may take that long, in ms; 0 for without end.
    public void readTimeout(long timeoutMs) {
        readMs = timeoutMs;
    }

    /// Ends the connection when its time is over; the time of the next look.
    synchronized long expire(long now) {
        if (now < deadline) {
            return deadline;
        }
        deadline = Long.MAX_VALUE;
        expired = true;
        try {
            if (readOnly) {
                channel.shutdownInput();
            } else {
                close();
            }
        } catch (IOException e) {
            Watchdog.forget(this);
        }
        return Long.MAX_VALUE;
    }

    /// A read or write failed: the peer is gone, or we closed.
    boolean broken() {
        return broken;
    }

    boolean expired() {
        return expired;
    }

    /// Whether an idle connection can carry another request: nothing came and it has not ended.
    boolean fresh() {
        try {
            channel.configureBlocking(false);
            int count = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return count == 0 && in.available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private IOException explain(IOException e) {
        broken = !expired;
        if (expired) {
            return new SocketTimeoutException("timed out");
        }
        return e instanceof ClosedChannelException ? new IOException("connection closed", e) : e;
    }

    private static String reason(Exception e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : "unknown host";
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            long limit = readMs;
            try {
                if (limit > 0) {
                    arm(limit, false);
                }
                int count = channel.read(ByteBuffer.wrap(into, offset, Math.min(length, SLICE)));
                if (count < 0 && expired) {
                    throw new SocketTimeoutException("timed out");
                }
                if (limit > 0) {
                    arm(0, false);
                }
                return count;
            } catch (IOException e) {
                throw explain(e);
            }
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                for (int done = 0; done < length; ) {
                    int slice = Math.min(length - done, SLICE);
                    done += channel.write(ByteBuffer.wrap(bytes, offset + done, slice));
                }
            } catch (IOException e) {
                throw explain(e);
            }
        }
    }
}

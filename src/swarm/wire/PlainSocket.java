package swarm.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;

/// The TCP connection below TLS, which is what a link closes: to close the TLS socket would wait
/// behind a writer that is stuck.
///
/// Its reads share one moment at which they end, however many there are: a peer that sends a byte
/// at a time gains nothing. And its handshake computes only in turn, for virtual threads are not
/// time-sliced; while it waits for bytes, others have theirs.
final class PlainSocket extends Socket {
    static final long NEVER = Long.MAX_VALUE;
    /// A connection without traffic is asked whether it lives this often, and given up after so
    /// many questions without an answer.
    private static final int KEEP_ALIVE_S = 15;
    private static final int KEEP_ALIVES_MISSED_MAX = 3;
    /// How many handshakes compute at a time: one core is left to everything else.
    private static final Semaphore TURNS =
        new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));

    /// When reads end, in `now` ms, or NEVER. Set by whoever reads next.
    private volatile long readUntil = NEVER;
    /// The thread that reads is in a handshake and holds a turn. Set by that thread.
    private volatile boolean shaking;

    /// Monotonic, in ms.
    static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /// Small frames leave at once, and a machine that has vanished without a word ends the
    /// connection also where nothing is said: a stream of output may be silent for days.
    void tune() throws IOException {
        setTcpNoDelay(true);
        setKeepAlive(true);
        setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_S);
        setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_S);
        setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVES_MISSED_MAX);
    }

    void readUntil(long at) {
        readUntil = at;
    }

    /// Shakes hands over this connection.
    void shake(SSLSocket tls) throws IOException {
        TURNS.acquireUninterruptibly();
        shaking = true;
        try {
            tls.startHandshake();
        } finally {
            shaking = false;
            TURNS.release();
        }
    }

    @Override public InputStream getInputStream() throws IOException {
        return new Timed(super.getInputStream());
    }

    private void limitRead() throws IOException {
        long at = readUntil;
        long left = at == NEVER ? 0 : at - now();
        if (at != NEVER && left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
    }

    private final class Timed extends FilterInputStream {
        Timed(InputStream in) {
            super(in);
        }

        @Override public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override public int read(byte[] into, int offset, int length) throws IOException {
            limitRead();
            if (!shaking) {
                return super.read(into, offset, length);
            }
            TURNS.release();
            try {
                return super.read(into, offset, length);
            } finally {
                TURNS.acquireUninterruptibly();
            }
        }
    }
}

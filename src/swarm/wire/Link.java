package swarm.wire;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import swarm.ca.NodeName;
import swarm.ca.Tls;

/// One TLS connection of the swarm's port that carries frames; either end. Any thread may send, one
/// at a time receives, and close from any thread ends both with an IOException.
///
/// A frame is at most 64 KiB as long as one end is unknown, else 64 MiB; what the other end would
/// refuse to read is not sent. The empty frame is a goodbye: its sender ends the link on purpose.
public final class Link implements AutoCloseable {
    /// Far more than a piece of a snapshot or all assignments of a node, yet a bound.
    private static final int BYTES_MAX = 64 << 20;
    /// To join takes a token and a signing request; a stranger may cost no more memory than that.
    private static final int STRANGER_BYTES_MAX = 64 << 10;
    /// Small frames leave as one TLS record.
    private static final int BUFFER_BYTES = 16 << 10;
    private static final byte[] GOODBYE = {};

    private final PlainSocket plain;
    private final Protocol protocol;
    private final Optional<NodeName> peer;
    private final int bytesMax;
    private final FrameReader in;
    /// Written to by who holds its lock. The lock is never needed for closing.
    private final OutputStream out;
    /// When the last read ends, whatever the receiver asks for, in PlainSocket.now ms. Set by the
    /// port before the link is used.
    private volatile long endsAt = PlainSocket.NEVER;

    private Link(PlainSocket plain, SSLSocket tls, Protocol protocol) throws IOException {
        this.plain = plain;
        this.protocol = protocol;
        this.peer = Tls.peer(tls.getSession());
        boolean strange = peer.isEmpty() || tls.getSession().getLocalCertificates() == null;
        this.bytesMax = protocol == Protocol.JOIN || strange ? STRANGER_BYTES_MAX : BYTES_MAX;
        this.in = new FrameReader(tls.getInputStream(), bytesMax);
        this.out = new BufferedOutputStream(tls.getOutputStream(), BUFFER_BYTES);
    }

    /// Shakes hands; the socket has its parameters and time limit already.
    static Link shake(PlainSocket plain, SSLSocket tls) throws IOException {
        plain.shake(tls);
        Protocol protocol = Protocol.of(tls.getApplicationProtocol()).orElseThrow(
            () -> new SSLException("no protocol of the swarm was agreed on"));
        return new Link(plain, tls, protocol);
    }

    public Protocol protocol() {
        return protocol;
    }

    /// Who the other end has proved to be; empty when it showed no certificate.
    public Optional<NodeName> peer() {
        return peer;
    }

    /// The IP address of the other end.
    public String remoteAddress() {
        return plain.getInetAddress().getHostAddress();
    }

    public void send(byte[] frame) throws IOException {
        sendAll(List.of(frame));
    }

    /// Sends them in this order; all are on their way when it returns, or the link is closed.
    ///
    /// @throws IOException also when one is too large; then none is sent and the link stays good
    public void sendAll(List<byte[]> frames) throws IOException {
        for (byte[] frame : frames) {
            checkLength(frame);
        }
        synchronized (out) {
            try {
                for (byte[] frame : frames) {
                    out.write(ByteBuffer.allocate(FrameReader.HEAD_BYTES)
                        .putInt(frame.length).array());
                    out.write(frame);
                }
                out.flush();
            } catch (IOException e) {
                close();
                throw e;
            }
        }
    }

    private void checkLength(byte[] frame) throws IOException {
        if (frame.length > bytesMax) {
            throw new IOException("a frame of " + frame.length + " bytes for "
                + remoteAddress() + ", which reads at most " + bytesMax);
        }
    }

    /// Says that the link ends on purpose.
    public void goodbye() throws IOException {
        send(GOODBYE);
    }

    /// The next frame; empty for a goodbye.
    ///
    /// @throws java.io.EOFException when the other end has closed the connection
    public byte[] receive() throws IOException {
        return receiveUntil(endsAt);
    }

    /// The next frame, if it has come within that time. After a time-out the link is as good as
    /// before: what had come of the frame is kept.
    ///
    /// @throws java.net.SocketTimeoutException when it has not
    public byte[] receive(long timeoutMs) throws IOException {
        return receiveUntil(Math.min(endsAt, PlainSocket.now() + timeoutMs));
    }

    private byte[] receiveUntil(long at) throws IOException {
        plain.readUntil(at);
        return in.next();
    }

    /// The port's first frame, within the time limit of the handshake.
    byte[] greeting() throws IOException {
        return in.next();
    }

    /// From now on nothing is received later than that.
    void endAt(long at) {
        endsAt = at;
    }

    @Override public void close() {
        try {
            plain.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection does not close", e);
        }
    }
}

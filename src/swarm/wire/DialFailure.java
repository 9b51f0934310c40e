package swarm.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Why a dial failed, as one sentence that names the address. The JDK tells the causes apart by
/// their class where it can, and else only by the words looked for here.
final class DialFailure {
    private DialFailure() { }

    /// Before there was a connection.
    static IOException connecting(String addr, IOException e) {
        return switch (e) {
            case ConnectException refused when said(e, "refused") -> with(new ConnectException(
                "nothing listens at " + addr + " (connection refused)"), e);
            case SocketTimeoutException silent -> with(new SocketTimeoutException("no answer from "
                + addr + ": the machine is off, or a firewall drops the connection"), e);
            default -> new IOException("cannot connect to " + addr + ": " + e.getMessage(), e);
        };
    }

    /// After that, until the port had let us in.
    static IOException shaking(String addr, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return new SSLException("the node at " + addr + " cannot be believed: "
                    + cause.getMessage(), e);
            }
        }
        return switch (e) {
            case RefusedException said -> said;
            case SocketTimeoutException silent -> with(new SocketTimeoutException(addr + " accepts "
                + "connections but does not go on: it is overloaded, or not a swarm port"), e);
            case EOFException end -> ended(addr, e);
            case SocketException end -> ended(addr, e);
            case SSLException tls -> refused(addr, tls);
            default -> new IOException("the handshake with " + addr + " failed: " + e.getMessage(),
                e);
        };
    }

    private static IOException refused(String addr, SSLException e) {
        if (said(e, "terminated the handshake") || said(e, "shut down incorrectly")) {
            return ended(addr, e);
        }
        if (said(e, "unrecognized ssl") || said(e, "protocol")) {
            return new SSLException(addr + " is not a swarm port: something else answers there", e);
        }
        if (said(e, "certificate")) {
            return new SSLException("the node at " + addr + " does not believe this node's "
                + "certificate: it has expired, or one of the two clocks is wrong", e);
        }
        return new SSLException("the node at " + addr + " cannot be believed: " + e.getMessage(),
            e);
    }

    private static IOException ended(String addr, IOException e) {
        return new IOException(addr + " closed the connection within the handshake: it is "
            + "overloaded, stops, or is not a swarm port", e);
    }

    private static boolean said(IOException e, String words) {
        return ("" + e.getMessage()).toLowerCase(Locale.ROOT).contains(words);
    }

    private static IOException with(IOException sentence, IOException cause) {
        sentence.initCause(cause);
        return sentence;
    }
}

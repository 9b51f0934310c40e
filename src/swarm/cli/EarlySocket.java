package swarm.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;

/// Makes the JDK ready for unix sockets on a second core while the command line is still being
/// read. Of the 70 ms that a command takes more than an empty program, 50 are this: the first unix
/// socket loads the JDK's security providers, for a random number that we never use.
///
/// An edge.
final class EarlySocket extends Thread {
    EarlySocket() {
        super("early-socket");
        setDaemon(true);
        // Otherwise the JDK makes its channel provider through method handles, which costs 10 ms.
        System.setProperty("jdk.reflect.useNativeAccessorOnly", "true");
    }

    @Override
    public void run() {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException later) {
            // The command meets the same failure where it can be told.
            interrupt();
        }
    }
}

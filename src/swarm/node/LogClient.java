package swarm.node;

import java.io.IOException;
import java.io.OutputStream;
import swarm.api.ApiAnswer;
import swarm.node.Question.Reply;
import swarm.wire.Link;

/// Who is given output: a client of this daemon's socket, or another manager on behalf of one of
/// its own. Each write to what `begin` gives reaches it at once, and waits for it if it is slow.
interface LogClient {
    /// Says that there is output, and gives the way for it; called once.
    OutputStream begin() throws IOException;

    /// Runs that on another thread if the client goes before the end; called once, after `begin`.
    void whenItLeaves(Runnable task);

    /// All that there is has been written.
    void end() throws IOException;

    /// A manager that does not lead, at the other end of a link that serves for nothing else.
    record Remote(Link link) implements LogClient {
        @Override public OutputStream begin() throws IOException {
            link.send(Question.frame(new Reply.Answered(ApiAnswer.empty(200))));
            return new OutputStream() {
                @Override public void write(int b) throws IOException {
                    link.send(new byte[] {(byte) b});
                }

                @Override public void write(byte[] bytes) throws IOException {
                    link.send(bytes);
                }
            };
        }

        @Override public void whenItLeaves(Runnable task) {
            Thread.ofVirtual().name("logs-left").start(() -> {
                try {
                    link.receive();
                } catch (IOException left) {
                    link.close();
                } finally {
                    task.run();
                }
            });
        }

        @Override public void end() throws IOException {
            link.goodbye();
        }
    }
}

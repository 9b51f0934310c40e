package swarm.cli;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import swarm.json.Json;

/// Everything outside a command: the daemon, the user's terminal, files, the clock. `HostWorld` is
/// the real one; in tests it is a script of answers and a list of what was printed.
interface World {
    /// One answer of the daemon, with its whole body, and how old what it says may be; "" if not.
    record Answer(int status, byte[] body, String stale) {
    }

    /// Sends a request and reads the answer; a `Failure` if no daemon answers. `headers` are pairs
    /// of name and value; a `body` of `null` is JSON's, and then none is sent.
    Answer ask(String method, String target, Json body, List<String> headers) throws Failure;

    /// Begins a `GET` whose answer may have no end: status, and the body if it is an error.
    Answer follow(String target) throws Failure;

    /// The next bytes of what `follow` began, waiting for them; none at its end.
    byte[] more() throws Failure;

    /// Writes to standard output, or to standard error.
    void write(boolean error, byte[] bytes);

    /// Text is UTF-8 whatever the locale, as Docker's client has it.
    default void print(String text) {
        write(false, text.getBytes(StandardCharsets.UTF_8));
    }

    default void complain(String text) {
        write(true, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Whether standard output is a terminal.
    boolean terminal();

    /// One line of standard input, asked for with `prompt` if that is a terminal.
    String line(String prompt) throws Failure;

    byte[] file(String path) throws Failure;

    /// An environment variable; "" if it is not set.
    String variable(String name);

    Instant now();

    void pause(long ms);

    /// From now on an interrupt prints `farewell` and ends the process with status 0; with "" it is
    /// an ordinary interrupt again.
    void interruptedSay(String farewell);

    /// Runs the daemon in this process until it ends.
    void beDaemon();

    /// Starts a daemon in the background if none answers, and waits until it does.
    void startDaemon() throws Failure;

    /// Whether the user is root.
    boolean root();

    /// What to type to run this program again.
    String program();
}

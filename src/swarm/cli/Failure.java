package swarm.cli;

/// Why a command ends without having done its work: what to print on standard error, and with
/// which status to exit. Thrown where the reason is found and caught in `Cli` alone, but for the
/// commands that go on with their next argument.
///
/// Source: Docker's client exits with 125 for flags it cannot read and with 1 otherwise.
final class Failure extends Exception {
    private static final long serialVersionUID = 1;
    static final int BAD_FLAGS = 125;

    /// The exit status of the process.
    final int exit;
    /// The status of the HTTP answer that is the reason; 0 if it was none.
    final int answered;

    private Failure(String message, int exit, int answered) {
        super(message);
        this.exit = exit;
        this.answered = answered;
    }

    static Failure of(String message) {
        return new Failure(message, 1, 0);
    }

    static Failure badFlags(String message) {
        return new Failure(message, BAD_FLAGS, 0);
    }

    /// The daemon refused.
    static Failure answered(int status, String message) {
        return new Failure("Error response from daemon: " + message, 1, status);
    }

    Failure in(String place) {
        return new Failure(place + ": " + getMessage(), exit, answered);
    }
}

package sim;

/// One client's read or write of a register, from the moment it asked to the moment it knew. A
/// write leaves its id and finds the id that was there; a read finds only.
final class Operation {
    final int client;
    final int key;

    /// The id to be written, 0 for a read.
    final long written;
    final long invokedUs;

    /// When the answer came; Long.MAX_VALUE while, and if ever, unknown.
    long returnedUs = Long.MAX_VALUE;

    /// What was found there.
    long found;

    Operation(int client, int key, long written, long invokedUs) {
        this.client = client;
        this.key = key;
        this.written = written;
        this.invokedUs = invokedUs;
    }

    boolean isWrite() {
        return written != 0;
    }

    boolean known() {
        return returnedUs != Long.MAX_VALUE;
    }

    @Override public String toString() {
        String what = isWrite() ? "write " + written : "read";
        String end = known() ? returnedUs / 1000 + " found " + found : "?";
        return "client " + client + " key " + key + " " + what + " " + invokedUs / 1000 + " to "
            + end;
    }
}

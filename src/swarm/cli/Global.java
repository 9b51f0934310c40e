package swarm.cli;

import java.util.ArrayList;
import java.util.List;

/// The options of the whole program: which daemon to talk to and, for a daemon that is started,
/// what it is to be. The command line counts more than the environment, the environment more than
/// what `Cli` finds to be the place of root's or the user's own daemon.
final class Global {
    /// No flag; compared by identity.
    static final Flag NONE = new Flag("", "", "", "", "");
    static final String TABLE = """
        --data-dir string|Where the daemon keeps its state (SWARM_DATA_DIR)
        --engine string|What runs containers: "docker", "process" or "none" (SWARM_ENGINE)
        --group string|Group that may use the daemon's socket
        -H, --host string|The daemon's socket (SWARM_HOST)
        --hostname string|This node's name (SWARM_HOSTNAME)
        """;
    private final List<Flag> flags = Flag.table(TABLE);
    /// The values, in the order of `flags`; "" where none is known. Set while parsing.
    private final String[] values = {"", "", "", "", ""};

    Flag find(String name, boolean letter) {
        for (Flag flag : flags) {
            if (name.equals(letter ? flag.letter() : flag.name())) {
                return flag;
            }
        }
        return NONE;
    }

    /// Keeps the value if it is for one of these flags.
    boolean take(Flag flag, String value) {
        int at = index(flag);
        if (at >= 0) {
            values[at] = value;
        }
        return at >= 0;
    }

    /// Sets what nobody has set yet.
    void otherwise(String name, String value) {
        int at = index(find(name, false));
        if (values[at].isEmpty()) {
            values[at] = value;
        }
    }

    String text(String name) {
        return values[index(find(name, false))];
    }

    /// As flags for a daemon that is to be started.
    List<String> daemonFlags() {
        ArrayList<String> words = new ArrayList<>();
        for (int at = 0; at < values.length; at++) {
            if (!values[at].isEmpty()) {
                words.add("--" + flags.get(at).name());
                words.add(values[at]);
            }
        }
        return words;
    }

    private int index(Flag flag) {
        for (int at = 0; at < values.length; at++) {
            if (flags.get(at) == flag) {
                return at;
            }
        }
        return -1;
    }
}

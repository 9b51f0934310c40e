package swarm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The options of the whole program: which daemon to talk to and, for a daemon that is started,
/// what it is to be. The command line counts more than the environment, the environment more than
/// the places where root's or the user's own daemon is by default.
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
    /// What is known, by the flag's name; filled while parsing, then by `complete`.
    private final TreeMap<String, String> values = new TreeMap<>();

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
        boolean mine = flag == find(flag.name(), false);
        if (mine && !value.isEmpty()) {
            values.put(flag.name(), value);
        }
        return mine;
    }

    /// Fills in what was not given. Root's daemon lives where system services do, another user's
    /// where the XDG directories say.
    void complete(World world) {
        otherwise("host", world.variable("SWARM_HOST"));
        otherwise("data-dir", world.variable("SWARM_DATA_DIR"));
        otherwise("engine", world.variable("SWARM_ENGINE"));
        otherwise("hostname", world.variable("SWARM_HOSTNAME"));
        String runtime = world.variable("XDG_RUNTIME_DIR");
        String state = world.variable("XDG_STATE_HOME");
        otherwise("host", "unix://" + (world.root() || runtime.isEmpty() ? "/run" : runtime)
            + "/swarm.sock");
        otherwise("data-dir", world.root() ? "/var/lib/swarm"
            : (state.isEmpty() ? world.variable("HOME") + "/.local/state" : state) + "/swarm");
    }

    private void otherwise(String name, String value) {
        if (text(name).isEmpty() && !value.isEmpty()) {
            values.put(name, value);
        }
    }

    String text(String name) {
        return values.getOrDefault(name, "");
    }

    /// As flags for a daemon, in pairs; complete but for what it finds out itself.
    List<String> daemonFlags() {
        ArrayList<String> words = new ArrayList<>();
        for (String name : values.keySet()) {
            words.add("--" + name);
            words.add(values.get(name));
        }
        return words;
    }
}

package swarm.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import swarm.http.Endpoint;

/// What a daemon is started with. The command line fills in every default before it gets here.
record Settings(Path dataDir, Path socket, String engine, Optional<String> hostname,
        Optional<String> group) {

    /// The settings in `words`: flags and their values in turn.
    ///
    /// @throws IOException in one sentence, when a flag is unknown, lacks its value or makes no
    ///     sense for a daemon
    static Settings of(List<String> words) throws IOException {
        Path dataDir = Path.of("/var/lib/swarm");
        String host = "unix:///run/swarm.sock";
        String engine = "docker";
        Optional<String> hostname = Optional.empty();
        Optional<String> group = Optional.empty();
        for (int i = 0; i < words.size(); i += 2) {
            String flag = words.get(i);
            if (i + 1 == words.size()) {
                throw new IOException("flag needs an argument: " + flag);
            }
            String value = words.get(i + 1);
            switch (flag) {
                case "--data-dir" -> dataDir = Path.of(value).toAbsolutePath();
                case "--host" -> host = value;
                case "--engine" -> engine = value;
                case "--hostname" -> hostname = Optional.of(value);
                case "--group" -> group = Optional.of(value);
                default -> throw new IOException("unknown flag: " + flag);
            }
        }
        return new Settings(dataDir, socketOf(host), engine, hostname, group);
    }

    /// The endpoint as a user writes it.
    String host() {
        return "unix://" + socket;
    }

    private static Path socketOf(String host) throws IOException {
        String prefix = "unix://";
        if (!host.startsWith(prefix)) {
            throw new IOException("the daemon listens on a unix socket only: found \"" + host
                    + "\", expected unix:///path/to/socket");
        }
        Endpoint.parse(host);
        return Path.of(host.substring(prefix.length())).toAbsolutePath();
    }
}
